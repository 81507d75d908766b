#!/usr/bin/env bash
# Builds freebits and does the main job on what is compiled in: trains MobileNetV1 0.25 on the synthetic images, measures every layer
# at every width on the RTL of three chips, searches bit-widths by all methods, fine-tunes what they propose, runs the winners end to
# end on the RTL, and ends with the front and a report. About six minutes on two cores after the build; run again, it continues.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/bootstrap.sh
cmake --preset release >/dev/null
cmake --build build/release -j "$(nproc)" --target freebits programs geometry_8_plain

exec build/release/freebits search mobilenet_v1:width=0.25,resolution=32 --dataset synthetic \
  --target xpulpv2 --target xpulpnn --target mixed --out results/demo \
  --epochs 12 --weight-decay 0.001 --gate-epochs 2 --fine-tuning-epochs 1 --price 0.003 0.01 --latency-price 1 --share 0.5 0.8 --refinements 1 \
  --max-drop 1
