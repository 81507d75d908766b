#!/usr/bin/env bash
# components.sh CMAKE PREFIX FOLDER: every component can be asked for alone; none that does not exist; and all headers that are
# installed compile, in both spellings.
set -euo pipefail
cmake=$1 prefix=$2 folder=$3
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

configure() {  # configure COMPONENT TARGET …
  cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(components LANGUAGES CXX)
find_package(freebits 0.2 REQUIRED COMPONENTS $1)
add_library(user STATIC user.cpp)
target_link_libraries(user PRIVATE $2)
END
  rm -f build/CMakeCache.txt  # what is known of the compiler stays
  "$cmake" -S . -B build -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >log 2>&1
}

echo >user.cpp
for component in base models autograd data train tb systemc deploy profiler methods pipeline; do
  configure "$component" "freebits::$component" || { echo "$component:" >&2; cat log >&2; exit 1; }
done
if configure autograph freebits::base; then echo "found the component autograph" >&2; exit 1; fi
grep -q "no component 'autograph'; one of base models" log || { cat log >&2; exit 1; }

# Both spellings of every header. Those of the cluster's engine include the Verilated model, those of the matrix product Eigen.
(cd "$prefix/include/freebits" && find . -name '*.hpp' | sort) | sed 's|^\./||' |
  grep -v -E '^tb/(geometry/cluster_(probe|restart|skip|state|trace)|core/.*engine.*)\.hpp$|^search/autograd/numeric/' >headers
sed 's|.*|#include <freebits/&>|' headers >user.cpp
sed 's|.*|#include "&"|' headers >>user.cpp
configure "pipeline profiler systemc" "freebits::pipeline freebits::profiler freebits::systemc"
"$cmake" --build build >log 2>&1 || { cat log >&2; exit 1; }
