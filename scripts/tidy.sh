#!/usr/bin/env bash
# clang-tidy (.clang-tidy) over host code: tidy.sh [--all | FILE.cpp …] [BUILD].
#
# Without files: the .cpp files that differ from the commit main was at before (the merge base with main, or on main itself the commit
# before), and those whose own header does. --all: all that BUILD (default build/release) compiles, about 7 processor seconds each.
set -euo pipefail
cd "$(dirname "$0")/.."

all= build=build/release files=()
for argument in "$@"; do
  case $argument in
    --all) all=yes ;;
    *.cpp) files+=("$argument") ;;
    *) build=$argument ;;
  esac
done
[[ -f $build/compile_commands.json ]] || { echo "tidy.sh: no $build/compile_commands.json; run cmake --preset release first" >&2; exit 2; }

changed() {
  local base
  base=$(git merge-base HEAD main 2>/dev/null || git merge-base HEAD origin/main 2>/dev/null || true)
  if [[ -z $base || $base == $(git rev-parse HEAD) ]]; then base=$(git rev-parse --verify --quiet HEAD~1 || git rev-parse HEAD); fi
  { git diff --name-only "$base" -- '*.cpp' '*.hpp'; git ls-files --others --exclude-standard -- '*.cpp' '*.hpp'; } |
    sed 's/\.hpp$/.cpp/' | sort -u
}
if [[ -n $all ]]; then
  mapfile -t files < <(git ls-files -- '*.cpp')
elif ((${#files[@]} == 0)); then
  mapfile -t files < <(changed)
fi

# Those that are compiled by themselves.
compiled=$(sed -n 's/^ *"file": "\(.*\)".*/\1/p' "$build/compile_commands.json" | sort -u)
chosen=()
for file in "${files[@]}"; do
  if grep -qxF "$PWD/$file" <<<"$compiled"; then chosen+=("$file"); fi
done
if ((${#chosen[@]} == 0)); then echo "tidy.sh: nothing to check"; exit 0; fi
echo "tidy.sh: ${#chosen[@]} files"
printf '%s\n' "${chosen[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p "$build" 2>/dev/null
