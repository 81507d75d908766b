#!/usr/bin/env bash
# format.sh SOURCE: every C and C++ file is laid out as .clang-format says.
set -euo pipefail
cd "$1"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo "no git: what belongs to the project is not known" >&2; exit 77; }
mapfile -t files < <(git ls-files '*.cpp' '*.hpp' '*.c' '*.h' | while read -r file; do if [[ -f $file ]]; then echo "$file"; fi; done)
((${#files[@]} > 100)) || { echo "only ${#files[@]} files found" >&2; exit 1; }
printf '%s\n' "${files[@]}" | xargs clang-format --dry-run --Werror ||
  { echo "run clang-format -i on these files" >&2; exit 1; }

# A file that is not is noticed.
if printf 'int  x ;\n' | clang-format --dry-run --Werror --assume-filename=base/x.cpp 2>/dev/null; then
  echo "clang-format accepts anything" >&2; exit 1
fi
