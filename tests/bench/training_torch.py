#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch's side of the training benchmark: images/s of a whole training step and of inference, and peak memory, for each row and number of
threads (README.md beside this file). It shows PyTorch at its best: each row runs once for each memory format and allocator setting, every time
in a process of its own, and the best of them counts, column by column."""
import argparse
import importlib.util
import itertools
import json
import os
import pathlib
import subprocess
import sys

ROWS = {
    "a": {"network": "v1", "width": 0.25, "side": 32, "classes": 10, "batch": 128, "quantizer": "float"},
    "b": {"network": "v1", "width": 0.75, "side": 224, "classes": 1000, "batch": 16, "quantizer": "float"},
    "c1": {"network": "v2", "width": 1.0, "side": 224, "classes": 1000, "batch": 16, "quantizer": "float"},
    "c2": {"network": "v2", "width": 1.0, "side": 32, "classes": 10, "batch": 128, "quantizer": "float"},
}
ROWS["d"] = ROWS["a"] | {"quantizer": "fake"}
ROWS["e"] = ROWS["a"] | {"quantizer": "gated"}

FORMATS = ("nchw", "channels_last")
# glibc gives large blocks back to the kernel at every free and pays in page faults when it needs them again: keeping them makes row b 1.5x faster,
# and not keeping them takes less memory.
ALLOCATORS = (
    {},
    {
        "MALLOC_MMAP_MAX_": "0",
        "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
        "MALLOC_TOP_PAD_": str(1 << 26),
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    },
)
# Some virtual machines need these to get right results from OpenBLAS, others are only slowed down by them: first without; with them where the
# worker then finds PyTorch's float32 results wrong.
OPENBLAS_OVERRIDES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
INCORRECT = 3  # the worker's exit status for wrong results

WORKER = pathlib.Path(__file__).with_name("training_torch_worker.py")


def fail(message):
    print(f"training_torch: {message}", file=sys.stderr)
    sys.exit(2)


def run_worker(request, environment):
    return subprocess.run([sys.executable, str(WORKER), json.dumps(request)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def measure(row, threads, memory_format, allocator, repetitions):
    request = ROWS[row] | {"threads": threads, "format": memory_format, "repetitions": repetitions}
    environment = os.environ | allocator | {"OMP_NUM_THREADS": str(threads), "PYTHONDONTWRITEBYTECODE": "1"}
    plain = {name: value for name, value in environment.items() if name not in OPENBLAS_OVERRIDES}
    result = run_worker(request, plain)
    if result.returncode == INCORRECT and plain != environment:
        result = run_worker(request, environment)
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines()
        fail(f"row {row}, {threads} thread(s), {memory_format}: {lines[-1] if lines else f'ended with status {result.returncode}'}")
    return json.loads(result.stdout)


def best(row, threads, results):
    return {
        "row": row,
        "threads": threads,
        "images_per_second": max(r["images_per_second"] for r in results),
        "inference_images_per_second": max(r["inference_images_per_second"] for r in results),
        "peak_memory_bytes": min(r["peak_memory_bytes"] for r in results),
        "batch": ROWS[row]["batch"],
        "macs": results[0]["macs"],
    }


def parse_arguments():
    parser = argparse.ArgumentParser(description="Training benchmark, PyTorch's side.")
    parser.add_argument("--rows", default=",".join(ROWS), help=f"some of {','.join(ROWS)}")
    parser.add_argument("--threads", default="1,2", help="numbers of threads (default: 1,2)")
    parser.add_argument("--repetitions", type=int, default=5, help="timed steps of a process, whose median counts (default: 5)")
    parser.add_argument("--rounds", type=int, default=1, help="processes of each kind, of which the best counts (default: 1)")
    parser.add_argument("--json", type=pathlib.Path, help="file to write")
    arguments = parser.parse_args()
    arguments.rows = arguments.rows.split(",")
    for row in arguments.rows:
        if row not in ROWS:
            parser.error(f"--rows: there is no row '{row}', should be some of {','.join(ROWS)}")
    try:
        arguments.threads = [int(n) for n in arguments.threads.split(",")]
    except ValueError:
        parser.error(f"--threads: '{arguments.threads}' should be numbers separated by commas")
    if min(arguments.threads + [arguments.repetitions, arguments.rounds]) < 1:
        parser.error("--threads, --repetitions and --rounds should be at least 1")
    return arguments


def main():
    arguments = parse_arguments()
    if importlib.util.find_spec("torch") is None:
        fail("python3-torch is missing: apt-get install --no-install-recommends python3-torch libopenblas0-openmp")
    measured = {(row, threads): [] for row in arguments.rows for threads in arguments.threads}
    for _ in range(arguments.rounds):
        for (row, threads), memory_format, allocator in itertools.product(measured, FORMATS, ALLOCATORS):
            measured[row, threads].append(measure(row, threads, memory_format, allocator, arguments.repetitions))
            print(f"row {row}, {threads} thread(s), {memory_format}: {measured[row, threads][-1]['images_per_second']:.1f} img/s", file=sys.stderr)

    print("row  threads  batch  MMAC/image  training img/s  inference img/s  peak MiB  format         processor share")
    results = []
    for (row, threads), candidates in measured.items():
        results.append(best(row, threads, candidates))
        r, fastest = results[-1], max(candidates, key=lambda c: c["images_per_second"])
        print(
            f"{row:3}  {threads:7}  {r['batch']:5}  {r['macs'] / 1e6:10.2f}  {r['images_per_second']:14.1f}"
            f"  {r['inference_images_per_second']:15.1f}  {r['peak_memory_bytes'] / 2**20:8.0f}"
            f"  {fastest['format']:13}  {fastest['processor_share']:15.0%}"
        )
    if arguments.json:
        document = {"schema": {"name": "freebits.bench.training_torch", "version": 1}, "results": results}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
