#!/usr/bin/env bash
# install.sh CMAKE BUILD FOLDER: installs into FOLDER/first and moves that to FOLDER/prefix, where the other tests find it.
set -euo pipefail
cmake=$1 build=$2 folder=$3

rm -rf "$folder"
mkdir -p "$folder"
"$cmake" --install "$build" --prefix "$folder/first" >"$folder/install.log"
mv "$folder/first" "$folder/prefix"

# Nothing says where it was installed first, and what is read as text says nothing of the build either.
cd "$folder/prefix"
if grep -rl -e "$folder/first" .; then echo "name the folder they were installed to first" >&2; exit 1; fi
if grep -rIl -e "$build" .; then echo "name the folder they were built in" >&2; exit 1; fi
