#!/usr/bin/env bash
# Builds freebits and runs one layer of a quantized network on the RTL core, at every ISA level and every operand width it has
# instructions for, in lock step with the reference model; the last column is the speed-up over the level without SIMD. Then a
# program on all eight cores of the cluster, and where their cycles went.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/bootstrap.sh
cmake --preset release >/dev/null
cmake --build build/release -j "$(nproc)" --target freebits programs geometry_8_observed

for level in rv32imc xpulpv2 xpulpnn mixed flexv; do
  build/release/freebits exec --target core --check --isa "$level" "build/release/sw/hello_$level.elf" 2>&1
done | awk '
  match($0, / [0-9]+ cycles, .*MAC\/cycle/) {
    cycles = substr($0, RSTART + 1) + 0
    if (!scalar) scalar = cycles
    $0 = sprintf("%s, %4.1fx", $0, scalar / cycles)
  }
  { print; fflush() }'

echo
build/release/freebits exec --profile build/release/sw/parallel_hello_flexv.elf 2>&1
