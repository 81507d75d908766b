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
