#!/usr/bin/env bash
# manual.sh PREFIX: there is a page for every command that --help names, with every option of its; groff and mandoc find no fault.
set -euo pipefail
prefix=$1
man=$prefix/share/man/man1
freebits=$prefix/bin/freebits
command -v groff >/dev/null || { echo "no groff" >&2; exit 77; }

commands() { "$freebits" "$@" --help | sed -n '/^Subcommands:/,$ s/^  \([a-z]*\) .*/\1/p'; }
pages=1
check() {  # check WORD …: the page of the command, and those below it
  local page name option below
  name=$(IFS=-; echo "freebits${*:+-$*}")
  page=$man/$name.1
  [[ -f $page ]] || { echo "$name: no page" >&2; exit 1; }
  local faults
  faults=$(groff -man -Tutf8 -ww -z "$page" 2>&1)
  if command -v mandoc >/dev/null; then faults+=$(mandoc -T lint -W warning "$page" 2>&1) || true; fi
  [[ -z $faults ]] || { echo "$faults" >&2; exit 1; }
  groff -man -Tascii -P-cbou "$page" >text
  for option in $("$freebits" "$@" --help | grep -oE '^  (-[a-z],)?--[a-z0-9-]+' | sed 's/.*--/--/'); do
    grep -qE -- "$option([^a-z-]|$)" text || { echo "$name: nothing of $option" >&2; exit 1; }
  done
  for below in $(commands "$@"); do
    pages=$((pages + 1))
    check "$@" "$below"
  done
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
check
((pages > 10)) || { echo "only $pages commands found" >&2; exit 1; }
[[ $(find "$man" -name 'freebits*.1' | wc -l) == "$pages" ]] || { echo "pages of no command" >&2; ls "$man" >&2; exit 1; }
