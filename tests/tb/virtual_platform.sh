#!/usr/bin/env bash
# The example platform takes exactly the cycles of `freebits exec`, whatever the program does outside:
# virtual_platform.sh PLATFORM FREEBITS FOLDER-OF-PROGRAMS
set -euo pipefail
platform=$1
freebits=$2
programs=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for run in "8 parallel_hello_xpulpv2" "8 bench_dma_xpulpv2" "4 bench_idle_xpulpv2" "8 cluster_timing_xpulpv2" \
           "2 cluster_timing_xpulpv2" "8 test_cluster_sharing_flexv"; do
  read -r cores name <<<"$run"
  "$freebits" exec --cores "$cores" --json "$work/json" "$programs/$name.elf" >"$work/expected" 2>/dev/null
  "$platform" --cores "$cores" "$programs/$name.elf" >"$work/console" 2>"$work/log"
  cycles=$(sed -n 's/^  "cycles": \([0-9]*\),$/\1/p' "$work/json")
  if ! grep -q "^$cycles cycles, " "$work/log" || ! cmp "$work/expected" "$work/console"; then
    echo "$name on $cores cores: $cycles cycles expected" >&2
    cat "$work/log" >&2
    exit 1
  fi
done

refuse() {  # text, arguments …
  local text=$1 code=0
  shift
  "$platform" "$@" >/dev/null 2>"$work/log" || code=$?
  if [[ $code != 2 ]] || ! grep -q -- "$text" "$work/log"; then
    echo "virtual_platform $*: exit code $code, said:" >&2
    cat "$work/log" >&2
    exit 1
  fi
}
refuse "No such file" "$work/nothing.elf"
refuse "nonsense" --target nonsense "$programs/parallel_hello_xpulpv2.elf"
refuse "cores" --cores 3 "$programs/parallel_hello_xpulpv2.elf"
