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
  "$ask" "$line" >offered 2>messages
  [[ ! -s messages ]] || { echo "$ask: '$line' says:" >&2; cat messages >&2; exit 1; }
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

# Tab in an interactive zsh, on a terminal of its own; compadd is asked what it was given that fits.
cat >rc.zsh <<END
PS1= PROMPT2= RPS1=
unsetopt zle_bracketed_paste
LISTMAX=10000
fpath=($prefix/share/zsh/site-functions \$fpath)
autoload -Uz compinit
compinit -u -D
compadd() {
  if [[ -z \${@[(r)-[OAD]]} ]]; then
    local -a fits
    builtin compadd -O fits "\$@"
    print -rl -- \$fits >>offers
  fi
  builtin compadd "\$@"
}
complete-and-tell() { zle complete-word; print FINI""SHED; }
zle -N complete-and-tell
bindkey '^I' complete-and-tell
END
cat >tab.zsh <<'END'
zmodload zsh/zpty
zpty shell 'zsh -f -i'
zpty -w shell 'source ./rc.zsh; print REA""DY'
zpty -r -m shell text '*READY*'
zpty -w -n shell "$1"$'\t'
zpty -r -m shell text '*FINISHED*'
zpty -d shell
END
in_zsh() {
  rm -f offers
  timeout 60 zsh -f tab.zsh "$1" >/dev/null
  cat offers
}
if command -v zsh >/dev/null; then check_all in_zsh; else echo "no zsh here"; fi

in_fish() {
  HOME=$scratch XDG_DATA_HOME=$scratch fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
    "$prefix/share/fish/vendor_completions.d/freebits.fish" "$1" | cut -f1
}
if command -v fish >/dev/null; then check_all in_fish; else echo "no fish here"; fi
