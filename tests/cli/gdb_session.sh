#!/usr/bin/env bash
# gdb-multiarch on all cores of a run: gdb_session.sh FREEBITS PROGRAM.elf (sw/examples/parallel_hello.c)
set -euo pipefail
freebits=$1
program=$2
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

start() {  # a run that waits for gdb at any free port; sets $port
  : >"$work/log"  # of the run before: its port is gone
  "$freebits" exec --cores 4 --gdb 0 "$program" >"$work/console" 2>"$work/log" &
  server=$!
  for _ in $(seq 300); do
    port=$(sed -n "s/.*target remote :\([0-9]*\)'.*/\1/p" "$work/log")
    [[ -z $port ]] || return 0
    sleep 0.1
  done
  echo "no line about the port:" >&2
  cat "$work/log" >&2
  exit 1
}

session() {  # name; commands on standard input
  local commands=$work/commands
  { echo "set pagination off"; echo "set confirm off"; echo "target remote 127.0.0.1:$port"; cat; } >"$commands"
  timeout 60 gdb-multiarch -nx -batch -x "$commands" "$program" >"$work/$1" 2>&1 || true
}

expect() {  # name of the session, lines that must be there in this order
  local name=$1 at=0 line
  shift
  for line in "$@"; do
    local found
    found=$(tail -n +"$((at + 1))" "$work/$name" | grep -n -m1 -E -- "$line" | cut -d: -f1) || true
    if [[ -z $found ]]; then
      echo "session $name: no line '$line' after line $at of:" >&2
      cat "$work/$name" >&2
      exit 1
    fi
    at=$((at + found))
  done
}

finish() {  # expected exit code of the run
  local code=0
  wait "$server" || code=$?
  server=
  if [[ $code != "$1" ]]; then
    echo "freebits exec ended with $code, expected $1:" >&2
    cat "$work/log" >&2
    exit 1
  fi
}

start
session look <<'GDB'
info threads
break add
continue
bt
print *(unsigned *)count
stepi
next
watch parts[2]
continue
print parts[2] == 125000
delete
set scheduler-locking step
thread 4
print $sp != 0
finish
monitor cores
detach
GDB
expect look "Thread 1 .*_start" "Thread 4" "hit Breakpoint 1, add" "#0  add" "#3 .* in main" '^\$1 = 1000' \
  "Hardware watchpoint 2: parts\[2\]" "Thread 3 hit Hardware watchpoint 2" "^Old value = 0" '^\$2 = 1' \
  "Switching to thread 4" '^\$3 = 1' "core 3: pc 0x" "detached"
finish 0
grep -q "4 cores: sum 499500" "$work/console"

# What gdb writes is what the cores read; a watchpoint on a read.
start
session write <<'GDB'
break parallel_hello.c:18
rwatch parts[1]
continue
continue
print parts
set var parts[2] = parts[2] + 1
x/2i $pc
delete
continue
GDB
expect write "Hardware read watchpoint 2" "hit Breakpoint 1, main" "hit Hardware read watchpoint 2" "=> 0x1c" "exited with code 01"
finish 1
grep -q "4 cores: sum 499501" "$work/console"

# A second one has to wait its turn; killing the program ends the run.
start
other=0
"$freebits" exec --gdb "$port" "$program" >/dev/null 2>"$work/busy" || other=$?
if [[ $other != 2 ]] || ! grep -q "$port" "$work/busy"; then
  echo "a port in use: exit code $other, said:" >&2
  cat "$work/busy" >&2
  exit 1
fi
session kill <<'GDB'
break main
continue
kill
GDB
expect kill "hit Breakpoint 1, main"
finish 1
grep -q "killed by gdb in cycle" "$work/log" || { cat "$work/log" >&2; exit 1; }

# Registers: what gdb writes is what the next instruction reads; the other cores do not notice.
start
session registers <<'GDB'
break add
continue
set $count = $a0
print $t3 = 77
stepi
print $t3
set var $a0 = 0
set var $pc = &add
set var $a0 = $count
print $pc == &add
print *(unsigned *)$count
delete
set scheduler-locking on
call add((void *)$count)
set scheduler-locking off
print $pc == &add
continue
GDB
expect registers "hit Breakpoint 1, add" '^\$1 = 77' '^\$2 = 77' '^\$3 = 1' '^\$4 = 1000' '^\$5 = 1' "exited normally"
finish 0
grep -q "4 cores: sum 499500" "$work/console"

# After disconnect the cores stand until the next gdb comes, after detach they run on.
start
session first <<'GDB'
break add
continue
disconnect
GDB
expect first "hit Breakpoint 1, add"
session second <<'GDB'
bt
print $pc == &add
tbreak parallel_hello.c:18
continue
detach
GDB
expect second "add \(count=" ".* in main" '^\$1 = 1' "Temporary breakpoint 1, main" "detached"
finish 0
grep -q "gdb has gone; the cores wait for it at port $port" "$work/log" || { cat "$work/log" >&2; exit 1; }
grep -q "4 cores: sum 499500" "$work/console"
