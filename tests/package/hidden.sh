#!/usr/bin/env bash
# hidden.sh PREFIX FOLDER … -- SCRIPT ARGUMENT …: runs SCRIPT in a copy of the file system in which every FOLDER is empty, and in
# which PREFIX lies at $PREFIX; $SCRATCH is an empty folder. 77: the system does not permit that.
set -euo pipefail
if [[ ${1-} != --inside ]]; then
  unshare --map-root-user --mount true 2>/dev/null || { echo "unshare is not permitted here" >&2; exit 77; }
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  SCRATCH=$scratch unshare --map-root-user --mount "$0" --inside "$@"
  exit
fi
shift
mkdir "$SCRATCH/prefix" "$SCRATCH/work"
mount --bind "$1" "$SCRATCH/prefix"
export PREFIX=$SCRATCH/prefix
shift
hide=()
while [[ $1 != -- ]]; do hide+=("$1"); shift; done
shift
# Read before it is hidden itself.
script=$(<"$1")
shift
for folder in "${hide[@]}"; do
  if [[ -d $folder ]]; then mount -t tmpfs none "$folder"; fi
  [[ -z $(ls -A "$folder" 2>/dev/null) ]] || { echo "$folder: not hidden" >&2; exit 1; }
done
export SCRATCH=$SCRATCH/work HOME=$SCRATCH/work XDG_CACHE_HOME=$SCRATCH/work/cache
unset FREEBITS_CACHE
cd "$SCRATCH"
exec bash -euo pipefail -c "$script" package "$@"
