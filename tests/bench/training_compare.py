#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Both sides of the training benchmark, one after the other on one machine, and their ratios: training_compare.py FREEBITS [option …], options as
of training_torch.py (--rows, --threads, --repetitions, --rounds)."""
import json
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).parent


def results(command, folder, name):
    file = pathlib.Path(folder) / name
    status = subprocess.run([*command, "--json", str(file)]).returncode
    if status != 0:
        sys.exit(status)
    rows = json.loads(file.read_text())["results"]
    return {(row["row"], row["threads"]): row for row in rows}


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print("training_compare: expected the path of freebits, then options of training_torch.py", file=sys.stderr)
        sys.exit(2)
    program, options = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        ours = results([program, "bench", "training", *options], folder, "freebits.json")
        theirs = results([str(FOLDER / "training_torch.py"), *options], folder, "torch.json")
    print(f"{'row':4}{'threads':>8}{'freebits':>10}{'PyTorch':>10}{'ratio':>7}   {'inference':>10}{'PyTorch':>10}{'ratio':>7}   {'MiB':>7}{'PyTorch':>9}{'ratio':>7}")
    for key, mine in ours.items():
        other = theirs[key]
        line = f"{key[0]:4}{key[1]:8}"
        for name, unit, width in (("images_per_second", 1, 10), ("inference_images_per_second", 1, 10), ("peak_memory_bytes", 2**20, 7)):
            line += f"{mine[name] / unit:{width}.1f}{other[name] / unit:{max(width, 9)}.1f}{mine[name] / other[name]:7.2f}   "
        print(line.rstrip())


if __name__ == "__main__":
    main()
