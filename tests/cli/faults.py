#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults from outside, at random moments: faults.py {kill,signal,disk} FREEBITS [--rounds N] [--seed S] [--only WORD]

kill    kill -9, again and again, until the command has come to its end: it ends as one that was left alone
signal  SIGINT or SIGTERM: exit code 3, within the bound below
disk    full disk, read-only folder: one line, exit code 2, what was there before still is

Prints the table of docs/reliability.md. Seed and moment of every fault are in the message of what goes wrong."""
import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

LATEST = 5.0  # seconds from a signal to the end: a machine that is busy with other things counts, too
SKIPPED = 77  # exit code: nothing of it can be done on this machine

# What is tried when there is less than a minute.
SHORT = {"train --quantize", "run --checkpoint", "train", "run, calibrating", "run, simulating", "bench kernels",
         "exec --check", "train --out", "run --json", "profile --store", "search --out", "--version",
         "run --json -"}

NETWORK = "mobilenet_v1:width=0.1,resolution=16,classes=5"


def write_images(folder):
    """Grey images of 16x16, noise with a mean that tells the class, one of 4."""
    draw = random.Random(1)
    for name, count in (("train", 640), ("t10k", 96)):
        labels = bytes(i % 4 for i in range(count))
        pixels = bytes(draw.randrange(100) + 50 * label for label in labels for _ in range(256))
        with open(f"{folder}/{name}-images-idx3-ubyte", "wb") as file:
            file.write(struct.pack(">IIII", 0x803, count, 16, 16) + pixels)
        with open(f"{folder}/{name}-labels-idx1-ubyte", "wb") as file:
            file.write(struct.pack(">II", 0x801, count) + labels)


def is_wanted(arguments, name):
    return arguments.only in name and (arguments.length == "nightly" or name in SHORT)


class Program:
    def __init__(self, path, folder):
        self.path, self.folder = path, folder

    def start(self, words, **more):
        return subprocess.Popen([self.path, *words], cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                                stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, **more)

    def run(self, words, **more):
        process = self.start(words, **more)
        out, err = process.communicate()
        return process.returncode, out, err

    def good(self, words):
        code, out, err = self.run(words)
        if code != 0:
            raise SystemExit(f"{' '.join(words)}: exit code {code}\n{err}")
        return out

    def at(self, name):
        return os.path.join(self.folder, name)

    def json(self, name):
        with open(self.at(name)) as file:
            return json.load(file)


# ---------------------------------------------------------------------------------------------------------------------
# What is killed, and what has to be the same in the end.

class Train:
    name = "train"

    def words(self, program, out):
        network = ["train", "mobilenet_v1:width=0.25", "--threads", "1", "--out", out + ".ckpt", "--json", out + ".json"]
        if os.path.exists(program.at(out + ".ckpt")):
            return [*network, "--resume"]
        return [*network, "--dataset", "idx:" + program.folder, "--batch", "32", "--epochs", "12", "--ema", "0.9"]

    def result(self, program, out):
        """Every loss to its last bit, and the best values as they are in integers."""
        document = program.json(out + ".json")
        for epoch in document["epochs"]:
            del epoch["images_per_second"]
        evaluated = program.good(["train", out + ".ckpt", "--evaluate-only", "--threads", "1", "--json", "-"])
        return document["epochs"], document["best_test_accuracy"], json.loads(evaluated)["best_test_accuracy"]


class FineTune(Train):
    name = "train --quantize"

    def prepare(self, program):
        program.good(["train", "mobilenet_v1:width=0.25", "--threads", "1", "--dataset", "idx:" + program.folder,
                      "--batch", "32", "--epochs", "2", "--out", "start.ckpt"])

    def words(self, program, out):
        network = ["train", "start.ckpt", "--threads", "1", "--out", out + ".ckpt", "--json", out + ".json"]
        if os.path.exists(program.at(out + ".ckpt")):
            return [*network, "--resume"]
        return [*network, "--quantize", "w4a4", "--epochs", "6"]

    def result(self, program, out):
        network = out + ".fb"
        program.good(["train", out + ".ckpt", "--evaluate-only", "--threads", "1", "--integer", network])
        with open(program.at(network), "rb") as file:
            return (*super().result(program, out), file.read())


class Profile:
    name = "profile"

    def words(self, program, out):
        return ["profile", NETWORK, "--bits", "4", "--jobs", "2", "--store", out + ".db", "--json", out + ".json"]

    def result(self, program, out):
        document = program.json(out + ".json")
        for layer in document["layers"]:
            for entry in layer["entries"]:
                del entry["simulated"]
        return document["layers"], document["total_cycles"]


class ProfileAll(Profile):
    name = "profile, all widths"

    def words(self, program, out):
        return [word if word != "4" else "all" for word in super().words(program, out)]


class Search:
    name = "search"

    def prepare(self, program):
        """With the table there, the moments of the kills fall into all other stages."""
        program.good(self.words(program, "first"))

    def words(self, program, out):
        return ["search", "mobilenet_v1:width=0.1", "--dataset", "idx:" + program.folder, "--batch", "32", "--threads",
                "1", "--epochs", "8", "--learning-rate", "0.05", "--gate-epochs", "1", "--fine-tuning-epochs", "1",
                "--sensitivity-images", "64", "--price", "0.03", "--latency-price", "1", "--share", "0.5",
                "--refinements", "1", "--max-drop", "50", "--target", "mixed", "--store", "search.db", "--out", out]

    def result(self, program, out):
        document = program.json(out + "/result.json")
        return document["finished"], document["float_accuracy"], document["targets"]


class Run:
    name = "run --checkpoint"

    def words(self, program, out):
        return ["run", "mobilenet_v1:width=0.25,resolution=64,classes=10", "--checkpoint", out + ".state", "--json",
                out + ".json"]

    def result(self, program, out):
        document = program.json(out + ".json")
        return [document[key] for key in ("bit_exact", "layers", "total_cycles", "output")]


class Report:
    name = "report"

    def prepare(self, program):
        program.good(Search().words(program, "reported"))

    def words(self, program, out):
        return ["report", "reported", "--out", out + ".html"]

    def result(self, program, out):
        with open(program.at(out + ".html"), "rb") as file:
            return file.read()


def prepare(program, arguments):
    FineTune().prepare(program)
    if arguments.length == "nightly":
        Report().prepare(program)


KILLED = [Train(), FineTune(), Profile(), ProfileAll(), Search(), Run(), Report()]


def kill_until_finished(program, what, out, seconds, draw, most):
    """Number of kills. The last time it is left alone."""
    kills = 0
    for _ in range(most):
        process = program.start(what.words(program, out))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=draw.uniform(0, seconds))
        process.kill()
        process.communicate()
        if process.returncode == 0:
            return kills
        if process.returncode != -signal.SIGKILL:
            raise SystemExit(f"{what.name}, after {kills} kills: exit code {process.returncode}")
        kills += 1
    code, _, err = program.run(what.words(program, out))
    if code != 0:
        raise SystemExit(f"{what.name}, after {kills} kills: exit code {code}\n{err}")
    return kills


def leftovers(folder):
    return [name for _, _, names in os.walk(folder) for name in names if name.endswith(".part")]


def kill(program, arguments, draw):
    print(f"{'command':<20}{'rounds':>8}{'kills':>8}{'seconds':>9}  the end")
    for what in KILLED:
        if not is_wanted(arguments, what.name):
            continue
        if hasattr(what, "prepare"):
            what.prepare(program)
        start = time.monotonic()
        name = re.sub(r"\W+", "-", what.name)
        program.good(what.words(program, name))
        seconds = time.monotonic() - start
        expected = what.result(program, name)
        kills = 0
        for i in range(arguments.rounds):
            out = f"{name}-{i}"
            kills += kill_until_finished(program, what, out, seconds, draw, arguments.kills)
            if what.result(program, out) != expected:
                raise SystemExit(f"{what.name}, seed {arguments.seed}, round {i}: another result than without a kill")
            if left := leftovers(program.folder):
                raise SystemExit(f"{what.name}, seed {arguments.seed}, round {i}: left behind: {left}")
        print(f"{what.name:<20}{arguments.rounds:>8}{kills:>8}{seconds:>9.1f}  the same bits", flush=True)


# ---------------------------------------------------------------------------------------------------------------------
# Signals.

def stoppable(program, sw):
    """Name, words, and the latest moment for a signal, in seconds from the start; 0: the command's own time."""
    images = ["--dataset", "idx:" + program.folder, "--threads", "1"]
    train = ["train", "mobilenet_v1:width=0.25", *images, "--out", "s.ckpt", "--overwrite"]
    large = ["train", "mobilenet_v1:width=1", "--dataset", "idx:" + program.folder, "--pad-to", "224", "--batch", "128",
             "--overwrite", "--out", "s.ckpt"]
    all_stages = [{"search.db": "s.db", "mobilenet_v1:width=0.1": "mobilenet_v1:width=0.25"}.get(word, word)
                  for word in Search().words(program, "s")]
    return [
        ("train", [*train, "--epochs", "1000", "--batch", "32"], 4),
        ("train, 224 pixels, batch 128", large, 12),
        ("train --quantize", ["train", "start.ckpt", "--threads", "1", "--quantize", "w4a4", "--epochs", "1000", "--out",
                              "s.ckpt", "--overwrite"], 3),
        ("train --evaluate-only", ["train", "start.ckpt", "--evaluate-only", "--threads", "1", "--integer", "s.fb"], 0),
        ("profile", ["profile", "mobilenet_v1:width=0.25,resolution=96", "--store", "s.db"], 5),
        ("search, all stages", all_stages, 40),
        ("search --dry-run", ["search", "mobilenet_v1", "--dry-run", "--out", "d", "--store", "s.db"], 5),
        ("run, calibrating", ["run", "mobilenet_v1:width=0.75,resolution=224"], 8),
        ("run, simulating", ["run", "mobilenet_v1:width=0.25,resolution=224"], 15),
        ("run, one core", ["run", "mobilenet_v1:width=0.25,resolution=128", "--cores", "1", "--isa", "rv32imc"], 12),
        ("run --checkpoint", ["run", "mobilenet_v1:width=0.25,resolution=224", "--checkpoint", "s.state"], 15),
        ("report", ["report", "reported", "--out", "s.html"], 0),
        ("bench kernels", ["bench", "kernels", "--levels", "rv32imc"], 5),
        ("bench simulation", ["bench", "simulation", "--seconds", "20"], 5),
        ("bench training", ["bench", "training", "--rows", "b", "--threads", "2"], 8),
        ("bench training --pointwise", ["bench", "training", "--rows", "a", "--threads", "1", "--pointwise"], 12),
        ("exec --check", ["exec", f"{sw}/bench_compute_flexv.elf", "--check"], 0),
        ("exec --gdb", ["exec", f"{sw}/parallel_hello_xpulpv2.elf", "--gdb", "0"], 2),
        ("targets", ["targets"], 0),
    ]


def send(program, words, number, moment):
    """Exit code, seconds from the signal to the end (nothing where it had ended before), standard error."""
    process = program.start(words, stdout=subprocess.DEVNULL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=moment)
        return process.returncode, None, ""
    process.send_signal(number)
    start = time.monotonic()
    try:
        _, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None, 60, ""
    return process.returncode, time.monotonic() - start, err


def signals(program, arguments, draw):
    prepare(program, arguments)
    print(f"{'command':<30}{'signals':>8}{'exit 3':>8}{'ended':>8}{'forced':>8}{'longest s':>11}", flush=True)
    bad = []
    for name, words, latest in stoppable(program, arguments.sw):
        if not is_wanted(arguments, name):
            continue
        if latest == 0:
            start = time.monotonic()
            program.run(words)
            latest = time.monotonic() - start
        stopped = ended = forced = 0
        longest = 0.0
        for i in range(arguments.rounds):
            number = draw.choice([signal.SIGINT, signal.SIGTERM])
            moment = draw.uniform(0, latest)
            code, seconds, err = send(program, words, number, moment)
            what = f"{name}, seed {arguments.seed}, round {i}, {number.name} after {moment:.3f} s: "
            if seconds is None or code == 0:
                ended += 1
                if code != 0:
                    bad.append(f"{name}: exit code {code} without a signal")
                continue
            if code == -number and moment < 0.3:
                ended += 1  # it had not begun
                continue
            stopped += 1
            forced += "does not stop by itself" in err
            longest = max(longest, seconds)
            if code != 3:
                bad.append(f"{what}exit code {code}\n{err}")
            if seconds > LATEST:
                bad.append(f"{what}{seconds:.1f} s")
        print(f"{name:<30}{stopped + ended:>8}{stopped:>8}{ended:>8}{forced:>8}{longest:>11.2f}", flush=True)
    if bad:
        raise SystemExit("\n".join(bad))


# ---------------------------------------------------------------------------------------------------------------------
# Disks.

def outputs(program, sw):
    """Name, words, and the option whose file cannot be written; {} stands for it."""
    images = ["--dataset", "idx:" + program.folder, "--threads", "1", "--batch", "32", "--epochs", "1"]
    tiny = Search().words(program, "{}/r")
    run, elf = ["run", NETWORK], f"{sw}/parallel_hello_xpulpv2.elf"
    return [
        ("train --out", ["train", "mobilenet_v1:width=0.25", *images, "--overwrite", "--out", "{}/x.ckpt"], "x.ckpt"),
        ("train --json", ["train", "mobilenet_v1:width=0.25", *images, "--overwrite", "--out", "x.ckpt", "--json",
                          "{}/x.json"], "x.json"),
        ("train --log", ["train", "mobilenet_v1:width=0.25", *images, "--overwrite", "--out", "x.ckpt", "--log",
                         "{}/x.log"], None),
        ("train --integer", ["train", "start.ckpt", "--threads", "1", "--quantize", "w8a8", "--evaluate-only",
                             "--integer", "{}/x.fb"], "x.fb"),
        ("profile --store", ["profile", NETWORK, "--bits", "8", "--store", "{}/x.db"], None),
        ("profile --json", ["profile", NETWORK, "--bits", "8", "--store", "x.db", "--json", "{}/x.json"], "x.json"),
        ("search --out", tiny, None),
        ("search --store", [word.replace("search.db", "{}/x.db") for word in Search().words(program, "full")], None),
        ("run --checkpoint", [*run, "--checkpoint", "{}/x.state"], None),
        ("run --json", [*run, "--json", "{}/x.json"], "x.json"),
        ("run --dump", [*run, "--dump", "{}"], None),
        ("report --out", ["report", "reported", "--out", "{}/x.html"], "x.html"),
        ("exec --json", ["exec", elf, "--json", "{}/x.json"], "x.json"),
        ("exec --instructions", ["exec", elf, "--instructions", "{}/x.txt"], None),
        ("exec --trace", ["exec", elf, "--trace", "{}/x.fst"], None),
        ("exec --timeline", ["exec", elf, "--timeline", "{}/x.pftrace"], None),
        ("bench kernels --json", ["bench", "kernels", "--levels", "flexv", "--kernels", "add", "--json", "{}/x.json"],
         "x.json"),
    ]


def printing(sw):
    """What is printed on standard output."""
    elf = f"{sw}/parallel_hello_xpulpv2.elf"
    return [
        ("--version", ["--version"]),
        ("--help", ["--help"]),
        ("targets", ["targets"]),
        ("run --json -", ["run", NETWORK, "--json", "-"]),
        ("report --out -", ["report", "reported", "--out", "-"]),
        ("report", ["report", "reported", "--out", "x.html"]),
        ("train --evaluate-only", ["train", "start.ckpt", "--evaluate-only", "--threads", "1"]),
        ("search --dry-run", ["search", "mobilenet_v1:width=0.25", "--dry-run", "--out", "d", "--store", "x.db"]),
        ("exec", ["exec", elf]),
    ]


def judge(what, code, err):
    """Nothing, or what is wrong: exit code 2, and one line that says why."""
    lines = [line for line in err.splitlines() if line.startswith("freebits: ")]
    if code != 2:
        return f"{what}: exit code {code}\n{err}"
    if len(lines) != 1:
        return f"{what}: {len(lines)} lines say why\n{err}"
    return None


def mounted(folder, *options):
    os.makedirs(folder, exist_ok=True)
    return subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", folder], capture_output=True).returncode == 0


@contextlib.contextmanager
def broken_folder(program, kind, keep):
    """A folder on a full disk, or one that is read-only, that holds a file of this name."""
    folder = program.at("broken")
    if not mounted(folder, "-o", "size=64k"):
        yield None
        return
    try:
        if keep:
            with open(f"{folder}/{keep}", "w") as file:
                file.write("as before")
        if kind == "full disk":
            with contextlib.suppress(OSError), open(f"{folder}/fill", "wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
        else:
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def disk(program, arguments, draw):
    del draw
    prepare(program, arguments)
    bad, skipped = [], 0
    print(f"{'output':<26}{'fault':<18}result")
    for name, words, keep in outputs(program, arguments.sw):
        if not is_wanted(arguments, name):
            continue
        for kind in ("full disk", "read-only folder"):
            with broken_folder(program, kind, keep) as folder:
                if folder is None:
                    print(f"{name:<26}{kind:<18}skipped: nothing can be mounted here")
                    skipped += 1
                    continue
                code, _, err = program.run([word.replace("{}", folder) for word in words])
                wrong = judge(f"{name}, {kind}", code, err)
                if keep and open(f"{folder}/{keep}").read() != "as before":
                    wrong = f"{name}, {kind}: the file of before is lost"
                left = leftovers(folder)
            if left:
                wrong = f"{name}, {kind}: left behind: {left}"
            if wrong:
                bad.append(wrong)
            line = next((line for line in err.splitlines() if line.startswith("freebits: ")), "")
            print(f"{name:<26}{kind:<18}{code}: {line.replace(program.folder + '/', '')}", flush=True)
    for name, words in printing(arguments.sw):
        if not is_wanted(arguments, name):
            continue
        for kind in ("/dev/full", "closed"):
            with open("/dev/full", "w") as full:
                more = {"stdout": full} if kind == "/dev/full" else {"stdout": None, "preexec_fn": lambda: os.close(1)}
                code, _, err = program.run(words, **more)
            if wrong := judge(f"{name}, standard output {kind}", code, err):
                bad.append(wrong)
            line = next((line for line in err.splitlines() if line.startswith("freebits: ")), "")
            print(f"{name:<26}{'stdout ' + kind:<18}{code}: {line}", flush=True)
    if bad:
        raise SystemExit("\n".join(bad))
    return SKIPPED if skipped else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("campaign", choices=["kill", "signal", "disk"])
    parser.add_argument("freebits")
    parser.add_argument("sw", help="folder of the programs that ship")
    parser.add_argument("--length", choices=["short", "nightly"], default="nightly")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--kills", type=int, default=4, help="at most so many a round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="commands that have this in their name")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="freebits-faults-")
    try:
        write_images(folder)
        program = Program(os.path.abspath(arguments.freebits), folder)
        arguments.sw = os.path.abspath(arguments.sw)
        draw = random.Random(arguments.seed)
        return {"kill": kill, "signal": signals, "disk": disk}[arguments.campaign](program, arguments, draw) or 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
