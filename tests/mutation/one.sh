#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# one.sh N work-folder judges-file
#
# Plants mutant core:N (0: none) in a copy of rtl/, Verilates it, links it in front of every judge's objects and libraries, and runs the
# judges until one fails. judges-file has three lines per judge: its name, its link arguments, its arguments. Leaves one line in
# work-folder/N/result: "caught by <judge>", "missed", or "broken" when the mutant does not build.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
number=$1 work=$(realpath -m "$2/$1") judges=$(realpath "$3")
include=$(verilator --getenv VERILATOR_ROOT)/include

build_model() {
  if [[ $number != 0 ]]; then "$here/plant.py" "core:$number" . || return 1; fi
  mapfile -t sources < <(sed "s|^|rtl/|" rtl/rtl.f)
  verilator --cc -O3 --x-assign fast --x-initial fast --noassert -Wno-lint -Wno-style --top-module fb_core_harness \
            --prefix Vcore --Mdir model "${sources[@]}" "$root/tb/core/fb_core_harness.sv"
  for file in model/Vcore*.cpp; do echo "#include \"$(basename "$file")\""; done > model/all.cc
  g++ -std=c++20 -O1 -w -Imodel -I"$include" -I"$include/vltstd" -c model/all.cc -o model.o
}

rm -rf "$work"
mkdir -p "$work"
cd "$work"
cp -r "$root/rtl" rtl
echo broken > result
build_model > build.log 2>&1 || exit 1

verdict=missed
while read -r name && read -ra link && read -ra arguments; do
  g++ model.o "${link[@]}" -o program >> build.log 2>&1 || exit 1
  if ! timeout 300 ./program "${arguments[@]}" > "run_$name.log" 2>&1 < /dev/null; then
    verdict="caught by $name"
    break
  fi
done < "$judges"
echo "$verdict" > result
rm -rf rtl model model.o program
