#!/usr/bin/env bash
# debian.sh CPACK BUILD FOLDER SOURCE HIDING …: makes the Debian packages, compares what they depend on with what bootstrap.sh
# installs, and installs them in a root of their own, with the machine's list of packages, by the command HIDING (hidden.sh).
set -euo pipefail
cpack=$1 build=$2 folder=$3 source=$4
here=$(dirname "$0")
command -v dpkg-shlibdeps >/dev/null || { echo "no dpkg-shlibdeps (dpkg-dev)" >&2; exit 77; }
rm -rf "$folder"
mkdir -p "$folder"
(cd "$build" && "$cpack" -G DEB -B "$folder/made") >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
packages=("$folder"/made/freebits_*.deb "$folder"/made/libfreebits-dev_*.deb)

# Each dependency is installed by bootstrap.sh, or is a library that what it installs brings along.
known=" $(sed -n '/^packages=(/,/^)/p; /^test_packages=(/,/^)/p' "$source/scripts/bootstrap.sh" | sed 's/#.*//' | tr '\n' ' ') freebits "
for package in "${packages[@]}"; do
  dpkg-deb -f "$package" Depends | tr ',' '\n' | sed -e 's/([^)]*)//' -e 's/|.*//' -e 's/ //g' | while read -r name; do
    [[ $known == *" $name "* || $name =~ ^(coinor-)?lib && $name != *-dev || $name == zlib1g ]] ||
      { echo "$(basename "$package") depends on $name, which bootstrap.sh does not install" >&2; exit 1; }
  done
done
for name in verilator lld-19 clang-19 g++ libfmt9 coinor-libcbc3 libdw1; do
  dpkg-deb -f "${packages[0]}" Depends | grep -qE "(^|[ ,])$name( |,|$)" || { echo "freebits does not depend on $name" >&2; exit 1; }
done

exec "${@:5}" "$here/use_debian.sh" "${packages[@]}"
