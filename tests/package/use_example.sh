# The example that runs an ELF gives what the program gives; run by hidden.sh with the example as argument.
elf=$PREFIX/lib/freebits/sw/parallel_hello_xpulpv2.elf
"$1" "$elf" xpulpv2 >example
"$PREFIX/bin/freebits" exec "$elf" --target xpulpv2 --json exec.json >exec
head -1 example | cmp - <(head -1 exec)
cycles=$(sed -n 's/^8 cores, \([0-9]*\) cycles, exit code 0$/\1/p' example)
grep -E "\"cycles\": $cycles,?$" exec.json >/dev/null || { echo "other cycles:" >&2; cat example exec.json >&2; exit 1; }

# Bad input: one line.
status=0
"$1" nowhere.elf 2>error || status=$?
[[ $status == 2 && $(wc -l <error) == 1 ]] || { cat error >&2; exit 1; }
