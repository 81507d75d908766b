#!/usr/bin/env bash
# example.sh CMAKE SOURCE PREFIX FOLDER COMMAND …: configures and builds an example, outside the tree, against the installation; then
# runs COMMAND.
set -euo pipefail
cmake=$1 source=$2 prefix=$3 folder=$4
rm -rf "$folder"
mkdir -p "$folder"
cp -r "$source" "$folder/source"
"$cmake" -S "$folder/source" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" \
         -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >"$folder/log"
"$cmake" --build "$folder/build" >>"$folder/log" || { cat "$folder/log"; exit 1; }
exec "${@:5}"
