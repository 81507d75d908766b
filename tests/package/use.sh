# The installed program at work, with the trees that it was built from gone; run by hidden.sh. Optional argument: a folder with
# programs, where the software of PREFIX is checked already.
expect() {  # expect TEXT FILE
  grep -qF -- "$1" "$2" || { echo "expected '$1' in:" >&2; cat "$2" >&2; exit 1; }
}
freebits=$PREFIX/bin/freebits
software=$PREFIX/lib/freebits/sw

"$freebits" --version >version
expect "freebits 0." version
"$freebits" targets >targets
for target in rv32imc xpulpv2 xpulpnn mixed flexv; do expect "$target" targets; done

# A network: links a program, uses the geometry that was installed.
"$freebits" run mobilenet_v1:width=0.25,resolution=32 --bits 8 --target xpulpnn >run 2>run.err
expect "333,792" run
[[ ! -s run.err ]] || { echo "expected no message:" >&2; cat run.err >&2; exit 1; }
[[ ! -e $XDG_CACHE_HOME/freebits/geometries ]] || { echo "a geometry was built that is installed" >&2; exit 1; }

# A program; and layers by themselves.
"$freebits" exec "$software/parallel_hello_xpulpv2.elf" --target xpulpv2 >exec
expect "sum" exec

# A chip of the user's own: its geometry is built, once, from what is installed.
"$freebits" targets rv32imc | sed -e 's/^cores = .*/cores = 1/' -e 's/^l1 = .*/l1 = "64 KiB"/' >small.toml
"$freebits" exec "$software/parallel_hello_rv32imc.elf" --target small.toml >small 2>small.err
expect "geometry built in" small.err
"$freebits" exec "$software/parallel_hello_rv32imc.elf" --target small.toml >again 2>again.err
if grep -F "building" again.err; then echo "built twice" >&2; exit 1; fi
cmp small again
