#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py WORK JUDGES GEOMETRIES [KIND[:NUMBER] …]: builds and judges mutants of lists/*.txt, all or those named.

WORK is a folder of its own. JUDGES is the core's list of judges (CMakeLists.txt), GEOMETRIES the folder of built clusters to share.
Prints one line per mutant, and exits with 1 if one was missed or does not build, or if a judge fails without a mutant.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import mutants

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SECONDS = 600  # a judge that takes longer has noticed
CORE = "core"


class Tree:
    """A copy of the project, built once; a mutant is planted in it, the judges' targets are built again, and the file is put back."""

    def __init__(self, work, geometries, judges):
        self.root = work / "tree"
        self.build = self.root / "build/release"
        self.log = work / "tree.log"
        self.cache = work / "geometries"  # of mutants of the cluster
        self.copy()
        self.run(["cmake", "--preset", "release", f"-DFREEBITS_GEOMETRY_FOLDER={geometries}", "-DFREEBITS_VERILATED_OPTIMIZATION=-O1",
                  "-DFREEBITS_VERILATOR_WARNINGS=-Wno-fatal"])
        self.build_targets(dict.fromkeys(target for judge in judges for target in judge.once + judge.each))
        for judge in judges:
            if self.notices(judge):
                raise SystemExit(f"{judge.name} fails without a mutant; see {self.log}")

    def copy(self):
        """The files of the project as they are. Those that differ, for example by the mutant of an interrupted run, are written anew
        and are then newer than what was built of them; the others keep their times, so that little is built again."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                                capture_output=True, check=True).stdout.decode().split("\0")
        names = {name for name in listed if name and (ROOT / name).is_file()}
        for path in self.root.rglob("*") if self.root.exists() else ():
            name = path.relative_to(self.root)
            if path.is_file() and name.parts[0] != "build" and str(name) not in names:
                path.unlink()
        for name in names:
            source, target = ROOT / name, self.root / name
            if not target.is_file() or target.read_bytes() != source.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)

    def run(self, command, cwd=None, environment=None):
        """Exit code of a command, None if it takes too long; what it prints goes to the log."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"\n==== {' '.join(map(str, command))}\n")
            log.flush()
            with subprocess.Popen(command, cwd=cwd or self.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  env=environment, start_new_session=True) as process:
                try:
                    return process.wait(timeout=None if cwd is None else SECONDS)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, 9)
                    return None

    def build_targets(self, targets):
        if targets and self.run(["cmake", "--build", self.build, "-j", str(os.cpu_count()), "--target", *targets]) != 0:
            raise mutants.ListError(f"does not build; see {self.log}")

    def notices(self, judge):
        environment = {**os.environ, "FREEBITS_CACHE": str(self.cache)}
        self.cache.mkdir(mode=0o700, exist_ok=True)
        return self.run([self.build / judge.command[0], *judge.command[1:]], self.build, environment) != 0

    def verdict(self, mutant):
        path = self.root / mutant.path
        original = path.read_text(encoding="utf-8")
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"\n######## {mutant.name} {mutant.path}: {mutant.title}\n")
        try:
            path.write_text(mutant.planted_in(original), encoding="utf-8")
            for judge in mutant.judges:
                self.build_targets(judge.each)
                if self.notices(judge):
                    return f"caught by {judge.name}"
            return "missed"
        except mutants.ListError as error:
            return f"broken: {error}"
        finally:
            path.write_text(original, encoding="utf-8")
            shutil.rmtree(self.cache, ignore_errors=True)


def core_verdict(work, judges, number):
    subprocess.run([HERE / "one.sh", str(number), work, judges], check=False)
    return (work / str(number) / "result").read_text(encoding="utf-8").strip()


def chosen(names):
    """The mutants that the command line names."""
    kinds = mutants.read_all()
    if not names:
        return [m for kind in kinds.values() for m in kind]
    result = []
    for name in names:
        kind, _, number = name.partition(":")
        if kind not in kinds or number and not 0 < int(number) <= len(kinds[kind]):
            raise SystemExit(f"{name}: no such mutant; there are {', '.join(f'{k}:1 … {k}:{len(v)}' for k, v in kinds.items())}")
        result += [kinds[kind][int(number) - 1]] if number else kinds[kind]
    return result


def main():
    work, judges, geometries = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
    selected = chosen(sys.argv[4:])
    core = [m for m in selected if m.kind == CORE]
    others = [m for m in selected if m.kind != CORE]
    counts = {"caught": 0, "other": 0}

    def report(name, verdict, title, began, expected="caught"):
        good = verdict.startswith(expected)
        counts["caught" if good else "other"] += 1
        print(f"{name:12} {verdict:32} {time.monotonic() - began:4.0f} s  {title}{'' if good else '  <--'}", flush=True)

    if core:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            began = time.monotonic()
            report("core:0", core_verdict(work, judges, 0), "the RTL as it is", began, "missed")
            verdicts = pool.map(lambda m: core_verdict(work, judges, m.number), core)
            for mutant, verdict in zip(core, verdicts):
                report(mutant.name, verdict, f"{pathlib.Path(mutant.path).name}: {mutant.title}", began)
    if others:
        work.mkdir(parents=True, exist_ok=True)
        tree = Tree(work, geometries, list(dict.fromkeys(judge for m in others for judge in m.judges)))
        for mutant in others:
            began = time.monotonic()
            report(mutant.name, tree.verdict(mutant), f"{pathlib.Path(mutant.path).name}: {mutant.title}", began)
    print(f"{sum(counts.values())} judged, {counts['other']} not as expected")
    return 1 if counts["other"] else 0


if __name__ == "__main__":
    sys.exit(main())
