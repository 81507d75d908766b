// SPDX-License-Identifier: Apache-2.0
// What the page says about a result: numbers derived once, and what is missing made explicit (null).

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const orNull = (value) => (isNumber(value) ? value : null);
const mean = (values) => (values.length ? values.reduce((a, b) => a + b, 0) / values.length : null);

// Markers and colours, in the order of the methods in the result.
const symbols = ["square", "triangle", "hexagon", "circle", "diamond", "star", "cross", "wye"];
const colors = 9;  // --m-1 … in style.css
const known = new Map();

/// Takes over which methods there are: name, description, and whether it is a baseline, of each.
function setMethods(methods) {
  known.clear();
  methods.forEach(({ name, description, baseline }, i) => known.set(String(name), {
    name: String(name), description: String(description), baseline: baseline === true,
    symbol: symbols[i % symbols.length], color: `var(--m-${(i % colors) + 1})`,
  }));
}

export const methodNames = () => [...known.keys()];

/// A method that the result does not describe is shown under its own name.
export const methodOf = (name) => known.get(name) ?? { name: String(name), description: String(name), baseline: false, symbol: "wye", color: "var(--m-other)" };

export const causes = [
  ["executing", "executing", "an instruction completed or progressed"],
  ["load_stall", "load stall", "waits for a value just loaded"],
  ["jump", "jump", "bubbles after a control transfer"],
  ["bank_conflict", "bank conflict", "another core had the memory bank"],
  ["icache_miss", "instruction miss", "no instruction arrived"],
  ["memory_wait", "memory wait", "a response came late"],
  ["barrier", "barrier", "waits for the other cores"],
  ["idle", "idle", "waits for an event, as for a transfer"],
].map(([key, name, meaning]) => ({ key, name, meaning, color: `var(--c-${key})` }));

/// 8-, 4- and 2-bit shares of a set of widths: [[8, 3], [4, 20]].
export function tally(widths) {
  const counts = new Map();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => b - a);
}

export const tallyText = (widths) => tally(widths).map(([width, of]) => `${of} × ${width} bit`).join(", ") || "–";

/// Cycles of a candidate by layer and cause: the cores' mean, scaled so that the causes of a layer add up to its cycles.
function causesByLayer(candidate, layerCount) {
  const { accounting, layer_cycles: cycles } = candidate;
  if (!Array.isArray(accounting) || !Array.isArray(cycles)) return null;
  const layers = [];
  for (let i = 0; i < layerCount; ++i) {
    const parts = causes.map(({ key }) => orNull(accounting[i]?.[key]) ?? 0);
    const sum = parts.reduce((a, b) => a + b, 0);
    layers.push(parts.map((part) => (sum > 0 ? (part / sum) * (cycles[i] ?? 0) : 0)));
  }
  return layers;
}

function candidateModel(raw, result, target) {
  const cycles = orNull(raw.cycles_measured) ?? orNull(raw.cycles_table);
  const accuracy = orNull(raw.accuracy_integer);
  const weights = Object.values(raw.bits?.weights ?? {});
  const activations = Object.values(raw.bits?.activations ?? {});
  const float = orNull(result.float_accuracy);
  return {
    ...raw,
    label: String(raw.label ?? raw.id),
    method: String(raw.method),
    cycles,
    measured: isNumber(raw.cycles_measured),
    accuracy,
    drop: accuracy !== null && float !== null ? float - accuracy : null,
    weights, activations,
    weightBits: mean(weights),
    activationBits: mean(activations),
    causes: causesByLayer(raw, result.layers.length),
    layerCycles: Array.isArray(raw.layer_cycles) ? raw.layer_cycles : null,
    onFront: (target.front ?? []).includes(raw.id),
    chosen: raw.id === target.chosen,
    plotted: cycles !== null && accuracy !== null,
  };
}

function targetModel(raw, result) {
  const candidates = (raw.candidates ?? []).map((candidate) => candidateModel(candidate, result, raw));
  const all8 = (c) => methodOf(c.method).baseline && c.weights.length > 0 && [...c.weights, ...c.activations].every((w) => w === 8);
  const baseline = candidates.find(all8) ?? null;
  for (const candidate of candidates) {
    const known = baseline !== null && baseline.cycles > 0 && candidate.cycles !== null;
    candidate.against8 = known ? candidate.cycles / baseline.cycles - 1 : null;
  }
  const chosen = candidates.find((c) => c.chosen) ?? null;
  return {
    name: String(raw.name), parameters: raw.target ?? {}, clock: orNull(raw.clock_mhz), candidates, baseline, chosen,
    front: candidates.filter((c) => c.onFront && c.plotted).sort((a, b) => a.cycles - b.cycles),
    reduction: orNull(raw.latency_reduction_vs_8bit) ?? (chosen?.against8 != null ? -chosen.against8 : null),
    drop: orNull(raw.accuracy_drop_vs_float) ?? chosen?.drop ?? null,
  };
}

export function resultModel(result) {
  setMethods(result.methods ?? []);
  return {
    raw: result,
    network: String(result.network), dataset: String(result.dataset),
    float: orNull(result.float_accuracy),
    maxDrop: orNull(result.max_drop),
    layers: result.layers,
    targets: result.targets.map((target) => targetModel(target, result)),
  };
}

/// Widths at one layer: of its inputs, its weights, its output; null where it has none.
export function widthsAt(candidate, layer) {
  const { weights = {}, activations = {} } = candidate.bits ?? {};
  const at = (map, name) => (Object.hasOwn(map, name) ? orNull(map[name]) : null);
  return {
    inputs: (layer.inputs ?? []).map((tensor) => at(activations, tensor)),
    weights: at(weights, layer.name),
    output: at(activations, layer.output),
  };
}
