#!/usr/bin/env bash
# Builds everything, lints what has changed, and passes every test but the nightly ones; then the host code under AddressSanitizer and
# UBSan.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/bootstrap.sh
jobs=$(nproc)

cmake --preset release >/dev/null
cmake --build build/release -j "$jobs"
scripts/tidy.sh
ctest --test-dir build/release -LE nightly -j "$jobs" --output-on-failure --no-tests=error

cmake --preset asan >/dev/null
cmake --build build/asan -j "$jobs" --target host_tests
ctest --test-dir build/asan -L host -j "$jobs" --output-on-failure --no-tests=error
