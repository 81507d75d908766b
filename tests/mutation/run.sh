#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh work-folder link-arguments-file command-line…
#
# Builds and runs every mutant of mutants.txt (one.sh), two at a time, and prints which ones were caught. Fails if one was missed or
# does not build, or if the unchanged RTL is "caught".
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1
mapfile -t titles < <("$here/apply.pl" list)
seq 0 "${#titles[@]}" | xargs -P "$(nproc)" -I N "$here/one.sh" N "$@" || true

failures=0
expect() {  # number, expected result, title
  local result
  result=$(cat "$work/$1/result")
  printf '%-7s %3d  %s\n' "$result" "$1" "$3"
  if [[ $result != "$2" ]]; then failures=$((failures + 1)); fi
}
expect 0 missed "the RTL as it is (must not be caught)"
for i in "${!titles[@]}"; do expect $((i + 1)) caught "${titles[$i]}"; done
echo "${#titles[@]} mutants, $failures unexpected results"
[[ $failures == 0 ]]
