#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A run killed with -9 again and again ends as one that was left alone. train_kill.sh FREEBITS
set -euo pipefail
freebits=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# 800 and 100 grey images of 16x16 pixels, noise with a mean that tells the class.
python3 - <<'END'
import random, struct
random.seed(1)
for name, count in (("train", 800), ("t10k", 100)):
    labels = bytes(i % 4 for i in range(count))
    pixels = bytes(random.randrange(100) + 50 * label for label in labels for _ in range(256))
    open(f"{name}-images-idx3-ubyte", "wb").write(struct.pack(">IIII", 0x803, count, 16, 16) + pixels)
    open(f"{name}-labels-idx1-ubyte", "wb").write(struct.pack(">II", 0x801, count) + labels)
END
run=(train mobilenet_v1:width=0.25 --threads 1)
fresh=("${run[@]}" --dataset "idx:$folder" --epochs 10 --batch 32)
"$freebits" "${fresh[@]}" --out whole.ckpt --json whole.json >/dev/null

# Killed a little into the epoch after the first, the third and the sixth.
options=("${fresh[@]}")
touch log
for epochs in 1 3 6; do
  "$freebits" "${options[@]}" --out parts.ckpt --log log >/dev/null 2>&1 &
  pid=$!
  until (($(grep -c '"event":"epoch"' log || true) >= epochs)); do
    kill -0 $pid || { echo "the run ended before it was killed" >&2; exit 1; }
    sleep 0.02
  done
  sleep 0.05
  kill -9 $pid
  status=0
  wait $pid || status=$?
  [[ $status == 137 ]] || { echo "exit code $status, expected to be killed (137)" >&2; exit 1; }
  options=("${run[@]}" --resume)
done
"$freebits" "${options[@]}" --out parts.ckpt --json parts.json >/dev/null
python3 - <<'END'
import json
whole, parts = (json.load(open(name))["epochs"] for name in ("whole.json", "parts.json"))
assert len(whole) == 10 and len(parts) == 10, (whole, parts)
for a, b in zip(whole, parts):
    for key in ("epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        assert a[key] == b[key], (key, a, b)
END
