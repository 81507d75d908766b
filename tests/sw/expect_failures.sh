#!/usr/bin/env bash
# Programs that go wrong end in a failing `freebits exec`: a level the program was not built for, a file that is no program.
set -euo pipefail
freebits=$1
programs=$2

expect() {  # expected exit code, text on either stream, arguments …
  local code=$1 text=$2 output actual=0
  shift 2
  output=$("$freebits" exec --check --max-cycles 5000000 "$@" 2>&1) || actual=$?
  if [[ $actual != "$code" || $output != *"$text"* ]]; then
    echo "freebits exec $*: exit code $actual (expected $code), output: $output" >&2
    exit 1
  fi
}

expect 1 "trap: illegal instruction (mcause 0x2)" --isa rv32imc "$programs/test_corev_alu_xpulpv2.elf"
expect 1 "trap: illegal instruction (mcause 0x2)" --isa mixed "$programs/hello_flexv.elf"
expect 2 "" "$programs/include/freebits/isa_numbers.h"

# A message, and the program's own exit code.
expect_end() {
  local code=$1 text=$2
  shift 2
  expect 1 "$text" "$@"
  expect 1 "program exited with code $code" "$@"
}

# The heap's and the stack's errors, on one core and on all.
for target in core cluster; do
  options=(--target core) prefix=misuse
  [[ $target == cluster ]] && options=(--cores 4) prefix=misuse_cluster
  expect_end 135 "out of L2: 100000000 bytes asked for, " "${options[@]}" "$programs/${prefix}_0.elf"
  expect_end 136 "heap: freed twice at 0x1c0" "${options[@]}" "$programs/${prefix}_1.elf"
  expect_end 136 "heap: freed what is no block at 0x1c0" "${options[@]}" "$programs/${prefix}_2.elf"
  expect_end 136 "heap: written past the end of the block at 0x1c0" "${options[@]}" "$programs/${prefix}_3.elf"
  expect_end 133 "stack overflow on core " "${options[@]}" "$programs/${prefix}_4.elf"
done
expect_end 135 "out of L1: 130000 bytes asked for, " --cores 4 "$programs/misuse_cluster_5.elf"
