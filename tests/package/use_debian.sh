# Installs the packages into a root of their own, where dpkg knows the packages of this machine, so that it checks what they depend
# on; runs the program; removes them. Run by hidden.sh with the packages as arguments.
root=$SCRATCH/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
cp /var/lib/dpkg/status "$root/var/lib/dpkg/status"
install() { dpkg --root="$root" --log=/dev/null --no-triggers "$@" >dpkg.log 2>&1; }

install --install "$@" || { cat dpkg.log >&2; exit 1; }
"$root/usr/bin/freebits" targets | grep -q '^flexv '
"$root/usr/bin/freebits" exec "$root/usr/lib/freebits/sw/parallel_hello_flexv.elf" >exec 2>exec.err
grep -q "8 cores: sum 499500" exec
[[ ! -s exec.err ]] || { cat exec.err >&2; exit 1; }
for file in share/man/man1/freebits-run.1 share/bash-completion/completions/freebits share/zsh/vendor-completions/_freebits \
            share/fish/vendor_completions.d/freebits.fish share/doc/freebits/LICENSE lib/libfreebits_tb_cluster.a \
            include/freebits/tb/cluster/cluster.hpp lib/cmake/freebits/freebitsConfig.cmake; do
  [[ -f $root/usr/$file ]] || { echo "$file: not in the packages" >&2; exit 1; }
done
install --remove libfreebits-dev freebits
[[ ! -e $root/usr/bin/freebits && ! -e $root/usr/lib/freebits ]] || { echo "files stayed" >&2; exit 1; }

# A machine without the linker is refused.
sed '/^Package: lld-19$/,/^$/d' /var/lib/dpkg/status >"$root/var/lib/dpkg/status"
if install --install "$1"; then echo "was installed without lld-19" >&2; exit 1; fi
grep -q "depends on lld-19" dpkg.log
