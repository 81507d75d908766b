#!/usr/bin/env bash
# Builds freebits and runs one int8 matrix multiplication at every ISA level on the RTL core, checked against the reference model.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/bootstrap.sh
cmake --preset release >/dev/null
cmake --build build/release -j "$(nproc)" --target freebits programs

freebits=build/release/freebits
"$freebits" exec --check build/release/sw/hello.elf

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
printf '\n%-24s %-10s %10s %14s %9s\n' program level cycles instructions speed-up
for run in matmul_int8.rv32imc:rv32imc matmul_int8.xpulpv2:xpulpv2 matmul_int4.xpulpnn:xpulpnn \
           matmul_8x4.mixed:mixed matmul_int8.flexv:flexv matmul_int4.flexv:flexv matmul_int2.flexv:flexv; do
  program=${run%%:*}
  level=${run##*:}
  "$freebits" exec --check --isa "$level" --json "$results/$program.json" "build/release/sw/$program.elf" 2>/dev/null >/dev/null
  python3 - "$results/$program.json" "$program" "$level" "$results/base" <<'PY'
import json, pathlib, sys
file, program, level, base = sys.argv[1:]
core = json.load(open(file))["cores"][0]
base = pathlib.Path(base)
if not base.exists():
    base.write_text(str(core["cycles"]))
print(f"{program:24} {level:10} {core['cycles']:10} {core['instructions']:14} {int(base.read_text()) / core['cycles']:8.1f}x")
PY
done
