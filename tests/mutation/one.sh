#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# one.sh N work-folder link-arguments-file command-line…
#
# Plants mutant N (0: none) in a copy of rtl/, Verilates it, links it in front of the program whose objects and libraries stand in
# link-arguments-file, and runs the program with the rest of the command line. Leaves one word in work-folder/N/result: caught,
# missed, or broken when the mutant does not build.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
number=$1 work=$(realpath -m "$2/$1") link=$(realpath "$3")
shift 3
include=$(verilator --getenv VERILATOR_ROOT)/include

rm -rf "$work"
mkdir -p "$work"
cp -r "$root/rtl" "$work/rtl"
echo broken > "$work/result"
{
  if [[ $number != 0 ]]; then "$here/apply.pl" "$number" "$work/rtl"; fi
  mapfile -t sources < <(sed "s|^|$work/rtl/|" "$work/rtl/rtl.f")
  verilator --cc -O3 --x-assign fast --x-initial fast --noassert -Wno-lint -Wno-style --top-module fb_core \
            --prefix Vfb_core --Mdir "$work/model" "${sources[@]}"
  cd "$work/model"
  for file in Vfb_core*.cpp; do echo "#include \"$file\""; done > all.cc
  g++ -std=c++20 -O1 -w -I. -I"$include" -I"$include/vltstd" -c all.cc -o all.o
  mapfile -t arguments < "$link"
  g++ all.o "${arguments[@]}" -o program
} > "$work/build.log" 2>&1

status=0
timeout 300 ./program "$@" > "$work/run.log" 2>&1 || status=$?
if [[ $status == 0 ]]; then echo missed; else echo caught; fi > "$work/result"
rm -rf "$work/rtl" "$work/model"
