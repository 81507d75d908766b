#!/usr/bin/env bash
# completion.sh PREFIX: the installed completion, asked by the shells themselves. A shell that is not here is left out.
set -euo pipefail
prefix=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
touch program.elf "with blank.elf"
export PATH=$prefix/bin:$PATH

# check ASK "command line|expected|…": ASK prints what a shell offers for the line.
check() {
  local ask=$1 line=${2%%|*} expected
  "$ask" "$line" >offered
  while IFS= read -r expected; do
    grep -qxF -- "$expected" offered || { echo "$ask: '$line' does not offer '$expected' but:" >&2; cat offered >&2; exit 1; }
  done < <(tr '|' '\n' <<<"${2#*|}")
}
check_all() {
  check "$1" "freebits |exec|bench|run|search|targets"
  check "$1" "freebits se|search"
  check "$1" "freebits bench |kernels|simulation|training"
  check "$1" "freebits run --ta|--target"
  check "$1" "freebits run mobilenet_v1 --target |rv32imc|xpulpv2|xpulpnn|mixed|flexv"
  check "$1" "freebits run mobilenet_v1 --target flexv --isa xpulpn|xpulpnn"
  check "$1" "freebits run mob|mobilenet_v1|mobilenet_v2"
  check "$1" "freebits exec prog|program.elf"
  check "$1" "freebits completion |bash|fish|zsh"
  "$1" "freebits bench kernels --" >offered
  if grep -x -e --epochs offered; then echo "$1: offers an option of another command" >&2; exit 1; fi
}

in_bash() {
  bash --norc --noprofile -c '
    source "$0"
    COMP_LINE=$1
    read -ra COMP_WORDS <<<"$1"
    if [[ $1 == *" " ]]; then COMP_WORDS+=(""); fi
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _freebits
    if ((${#COMPREPLY[@]})); then printf "%s\n" "${COMPREPLY[@]}"; fi' \
    "$prefix/share/bash-completion/completions/freebits" "$1"
}
check_all in_bash
check in_bash "freebits exec wi|with blank.elf"

# Tab in an interactive zsh; what it lists is read from its terminal.
in_zsh() {
  zsh -f -c '
    zmodload zsh/zpty
    zpty shell zsh -f -i
    send() { zpty -w shell "$1" }
    send "PS1= PROMPT2= RPS1=; unsetopt zle_bracketed_paste; stty columns 400 rows 200 -echo"
    send "fpath=($2 \$fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=10000; zstyle \":completion:*\" verbose no; zstyle \":completion:*\" list-separator \"\"; zstyle \":completion:*:descriptions\" format \"\"; setopt list_rows_first"
    send "compadd() { builtin compadd -O found -D found \"\$@\" 2>/dev/null; local -a all; builtin compadd -A all \"\$@\"; print -l -- \$all >>offers; builtin compadd \"\$@\" }"
    send "show() { print -l -- READY }; show"
    zpty -r -m shell text "*READY*"
    zpty -w -n shell "$1"$'"'\\t'"'
    sleep 0
    zpty -w -n shell $'"'\\C-u'"'
    zpty -w shell "print -l -- DONE"
    zpty -r -m shell text "*DONE*"
    zpty -d shell' - "$1" "$prefix/share/zsh/site-functions" >/dev/null 2>&1
  cat offers 2>/dev/null || true
  rm -f offers
}
if command -v zsh >/dev/null; then check_all in_zsh; else echo "no zsh here"; fi

in_fish() {
  HOME=$scratch XDG_DATA_HOME=$scratch fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
    "$prefix/share/fish/vendor_completions.d/freebits.fish" "$1" | cut -f1
}
if command -v fish >/dev/null; then check_all in_fish; else echo "no fish here"; fi
