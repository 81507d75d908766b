#!/usr/bin/env bash
# Installs what freebits needs on a Debian bookworm machine: idempotent, quiet when nothing is missing.
# bootstrap.sh --build: only what a build and its Debian packages need, without the tools of tests.
set -euo pipefail

packages=(
  cmake ninja-build g++ make git ccache pkg-config
  verilator yosys
  clang-19 lld-19 llvm-19 qemu-user
  libsystemc-dev libboost-dev libeigen3-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  libcli11-dev nlohmann-json3-dev libtomlplusplus-dev libspdlog-dev libfmt-dev libelf-dev libdw-dev
  zlib1g-dev libsqlitecpp-dev libsqlite3-dev libjpeg62-turbo-dev libpng-dev coinor-libcbc-dev
  python3  # makes the kernels' inner loops
  dpkg-dev file  # dpkg-shlibdeps and what CPack asks
)
test_packages=(
  clang-format clang-tidy gdb-multiarch
  python3-pil  # judges how pictures are decoded
  chromium fonts-dejavu-core  # the tests of the report page
  doxygen mkdocs mkdocs-material  # the site of the documents
  groff-base mandoc zsh fish  # judge manual pages and completion
)
if [[ ${1-} != --build ]]; then packages+=("${test_packages[@]}"); fi
# Bundles the report page. A machine may have a node of its own, 18 or later.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

missing=()
for package in "${packages[@]}"; do
  if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
    missing+=("$package")
  fi
done
if ((${#missing[@]} == 0)); then exit 0; fi

sudo=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || { echo "bootstrap: run as root or install sudo" >&2; exit 2; }
  sudo=(sudo)
fi
echo "bootstrap: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
