#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh work-folder judges-file [number …]
#
# Builds and judges the mutants of mutants.txt, all or the numbered ones, as many at a time as there are processors (one.sh), and
# prints who caught which. Fails if one was missed or does not build, or if the unchanged RTL (number 0) is "caught".
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1 judges=$2
shift 2
mapfile -t titles < <("$here/apply.pl" list)
if [[ $# == 0 ]]; then mapfile -t numbers < <(seq 0 "${#titles[@]}"); else numbers=("$@"); fi
printf '%s\n' "${numbers[@]}" | xargs -P "$(nproc)" -I N bash -c '"$0" N "$1" "$2" || true' "$here/one.sh" "$work" "$judges"

failures=0
for number in "${numbers[@]}"; do
  result=$(cat "$work/$number/result")
  title="the RTL as it is"
  if [[ $number != 0 ]]; then title=${titles[$((number - 1))]}; fi
  if [[ $number == 0 && $result != missed || $number != 0 && $result != caught* ]]; then
    failures=$((failures + 1))
    result="$result  <--"
  fi
  printf '%3d  %-28s  %s\n' "$number" "$result" "$title"
done
echo "${#numbers[@]} judged, $failures not as expected"
[[ $failures == 0 ]]
