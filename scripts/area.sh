#!/usr/bin/env bash
# Gate equivalents of fb_core at every ISA level, with yosys: area.sh [FILE.json]
# Flattened, strap tied to the level, without the RVFI port, every enable as a multiplexer (a flow with clock gating needs less).
set -euo pipefail
cd "$(dirname "$0")/.."

json=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t sources < <(sed 's|^|rtl/|' rtl/rtl.f)

synthesize() {  # level number
  yosys -q -p "
    read_verilog -sv ${sources[*]} rtl/synth/fb_core_area.sv
    chparam -set IsaLevel 3'd$1 fb_core_area
    hierarchy -check -top fb_core_area
    synth -flatten -top fb_core_area
    check -assert
    select -assert-none t:\$_DLATCH* t:\$dlatch*
    dfflegalize -cell \$_DFF_PN0_ 01 -cell \$_DFF_PN1_ 01 -cell \$_DFF_P_ 01
    opt_expr
    opt_merge
    opt_clean
    abc -liberty rtl/synth/gates.lib
    opt_clean
    tee -q -o $work/$1.stat stat -liberty rtl/synth/gates.lib" >"$work/$1.log" 2>&1 || { grep -m1 ERROR "$work/$1.log" >&2 || tail -1 "$work/$1.log" >&2; return 1; }
}

# Two at a time: the runs are independent.
for pair in "0 1" "2 3" "4"; do
  pids=()
  for number in $pair; do
    synthesize "$number" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
done

python3 - "$work" "$json" <<'PY'
import json, re, sys

work, out = sys.argv[1:]
flip_flop = {"$_DFF_P_": 5.67, "$_DFF_PN0_": 6.67, "$_DFF_PN1_": 6.67}  # GE
rows, below = [], None
print(f"{'level':10}{'GE':>10}{'of that':>12}{'over the level below':>24}")
print(f"{'':10}{'':>10}{'flip-flops':>12}{'':>24}")
for number, level in enumerate(["rv32imc", "xpulpv2", "xpulpnn", "mixed", "flexv"]):
    text = open(f"{work}/{number}.stat").read()
    gates = float(re.findall(r"Chip area for (?:top )?module.*?:\s*([\d.]+)", text)[-1])
    flops = {name: int(count) for name, count in re.findall(r"^\s+(\$_DFF\w+)\s+(\d+)", text, re.M)}
    registers = sum(flip_flop[name] * count for name, count in flops.items())
    total = gates + registers
    step = "" if below is None else f"{total - below:+10.0f} GE {100 * (total / below - 1):+6.1f} %"
    print(f"{level:10}{total:10.0f}{sum(flops.values()):12}{step:>24}")
    rows.append({"level": level, "gate_equivalents": round(total), "flip_flops": sum(flops.values()),
                 "increment": None if below is None else round(total - below)})
    below = total
if out:
    json.dump({"schema": {"name": "freebits.area", "version": 1}, "top": "fb_core", "levels": rows}, open(out, "w"), indent=2)
PY
