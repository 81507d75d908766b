#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A run killed with -9 again and again, wherever it is, ends as one that was left alone.
# train_kill.sh FREEBITS
set -euo pipefail
freebits=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
run=(mobilenet_v1:width=0.1 --threads 1 --no-augment)
fresh=("${run[@]}" --epochs 3 --batch 256 --warmup 0.5)

"$freebits" train "${fresh[@]}" --out whole.ckpt --json whole.json >/dev/null

kills=0
options=("${fresh[@]}")
for seconds in 1.3 0.9 1.7 1.1; do
  status=0
  timeout -s KILL "$seconds" "$freebits" train "${options[@]}" --out parts.ckpt >/dev/null 2>&1 || status=$?
  if [[ $status == 137 ]]; then kills=$((kills + 1)); fi
  if [[ -e parts.ckpt ]]; then options=("${run[@]:0:3}" --resume); fi
done
if ((kills == 0)); then echo "no run was killed" >&2; exit 1; fi
"$freebits" train "${options[@]}" --out parts.ckpt --json parts.json >/dev/null
# What a killed run was writing may lie beside; the checkpoint itself is always whole.
python3 - <<'END'
import json
whole, parts = (json.load(open(name))["epochs"] for name in ("whole.json", "parts.json"))
assert len(whole) == 3 and len(parts) == 3, (whole, parts)
for a, b in zip(whole, parts):
    for key in ("epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        assert a[key] == b[key], (key, a, b)
END
echo "$kills kills, the same end"
