// SPDX-License-Identifier: Apache-2.0
// A result of `freebits search` as it could be: MobileNetV1 0.25 at 32x32, three targets, 25 candidates each, made up from a seed.
// Run as a program it writes one: node fixture.mjs SEED FILE

import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/// Marsaglia's xorshift32, as a fraction of 1.
function generator(seed) {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/// `blocks` depthwise-separable blocks between a stem and a classifier.
export function network(blocks = 13) {
  const layers = [];
  let last = "input";
  const append = (name, kind, macs, weight_count) => {
    layers.push({ name, kind, macs, weight_count, inputs: [last], output: name });
    last = name;
  };
  let [channels, side] = [8, 32];
  append("stem", "conv", 27 * channels * side * side, 27 * channels);
  for (let block = 1; block <= blocks; ++block) {
    const wider = [1, 2, 4, 6, 12].includes(block);
    if ([2, 4, 6, 12].includes(block)) side /= 2;
    const out = wider ? 2 * channels : channels;
    append(`block${block}.depthwise`, "depthwise", 9 * channels * side * side, 9 * channels);
    append(`block${block}.pointwise`, "conv", channels * out * side * side, channels * out);
    channels = out;
  }
  append("pool", "average_pool", 0, 0);
  append("classifier", "fully_connected", 10 * channels, 10 * channels);
  return layers;
}

/// Cycles a MAC of a pointwise layer takes, by target, activation and weight width.
const speed = {
  xpulpv2: (input, weights) => 0.062 + 0.006 * ((weights < 8) + (input < 8)),
  xpulpnn: (input, weights) => 0.0075 * Math.max(input, weights) + (input === weights ? 0 : 0.018),
  mixed: (input, weights) => 0.0075 * Math.max(input, weights) + (input === weights ? 0 : 0.004),
};

const causes = ["executing", "load_stall", "jump", "bank_conflict", "icache_miss", "memory_wait", "barrier", "idle"];
const shares = [0.71, 0.07, 0.03, 0.05, 0.02, 0.03, 0.05, 0.04];

function layerCost(target, layer, bits, random) {
  const input = bits.activations[layer.inputs[0]] ?? 8;
  const weights = bits.weights[layer.name] ?? 8;
  const perMac = layer.kind === "depthwise" ? 0.19 + 0.01 * (weights < 8) : speed[target](input, weights);
  const cycles = Math.round(420 + layer.macs * perMac + layer.weight_count * weights * 0.05);
  const parts = shares.map((share) => share * (0.7 + 0.6 * random()));
  const sum = parts.reduce((a, b) => a + b);
  const accounting = Object.fromEntries(causes.map((cause, i) => [cause, Math.round((8 * cycles * parts[i]) / sum)]));
  return { cycles, accounting };
}

const weighted = (layers) => layers.filter((layer) => layer.weight_count > 0);

function candidate({ id, method, label, price, bits }, { target, layers, floatAccuracy, random, measured }) {
  const costs = layers.map((layer) => layerCost(target, layer, bits, random));
  const cycles = costs.reduce((sum, cost) => sum + cost.cycles, 0);
  const harm = { 8: 0, 4: 0.0045, 2: 0.11 };
  const tensors = Object.values(bits.activations);
  const harmOf = (widths) => widths.reduce((sum, width) => sum + harm[width], 0) / widths.length;
  const skill = { uniform: 1, sensitivity: 0.75, bop: 0.7, free_bits: 0.55, latency: 0.5, exact: 0.5 }[method];
  const loss = skill * (1.3 * harmOf(Object.values(bits.weights)) + harmOf(tensors)) + 0.0015 * (random() - 0.4);
  const accuracy = Math.round(1e4 * (floatAccuracy - loss)) / 1e4;
  const widthOf = (layer) => bits.weights[layer.name] ?? 8;
  return {
    id, method, label, price,
    accuracy_post_training: method === "uniform" ? Math.max(0.1, Math.round(1e4 * (accuracy - 3 * loss)) / 1e4) : null,
    accuracy_float_quantized: accuracy + (random() < 0.5 ? 1e-4 : 0),
    accuracy_integer: accuracy,
    cycles_table: cycles,
    cycles_measured: measured ? Math.round(cycles * (1 + 0.006 * (random() - 0.5))) : null,
    milliseconds: cycles / 250e3,
    bops: layers.reduce((sum, layer) => sum + layer.macs * widthOf(layer) * (bits.activations[layer.inputs[0]] ?? 8), 0),
    weight_bytes: Math.ceil(layers.reduce((sum, layer) => sum + layer.weight_count * widthOf(layer), 0) / 8),
    bits,
    layer_cycles: costs.map((cost) => cost.cycles),
    accounting: costs.map((cost) => cost.accounting),
    files: {
      bits: `${target}/${id}/bits.json`,
      checkpoint: `${target}/${id}/network.ckpt`,
      integer_network: `${target}/${id}/network.fbn`,
    },
  };
}

function uniformBits(layers, width) {
  return {
    weights: Object.fromEntries(weighted(layers).map((layer) => [layer.name, width])),
    activations: Object.fromEntries(["input", ...layers.slice(0, -1).map((layer) => layer.output)].map((t) => [t, width])),
  };
}

/// Narrower with the price, and more so for what comes late in the network.
function searchedBits(layers, price, random) {
  const bits = uniformBits(layers, 8);
  const draw = (position) => {
    const pull = price * (0.5 + position) * (0.55 + 0.9 * random());
    return pull > 1.5 ? 2 : pull > 0.3 ? 4 : 8;
  };
  const names = Object.keys(bits.weights);
  names.forEach((name, i) => (bits.weights[name] = draw(i / names.length)));
  const tensors = Object.keys(bits.activations).slice(1);
  tensors.forEach((tensor, i) => (bits.activations[tensor] = draw(0.7 * (i / tensors.length))));
  return bits;
}

/// What a hardware-aware method does: a width below its partner's is raised where the pair is no faster for it.
function raised(bits, layers, target) {
  for (const layer of weighted(layers)) {
    const input = bits.activations[layer.inputs[0]];
    if (layer.kind === "depthwise") bits.weights[layer.name] = 8;
    else if (target !== "xpulpv2") bits.weights[layer.name] = Math.max(4, Math.min(input, bits.weights[layer.name]));
    if (target === "xpulpv2") bits.activations[layer.inputs[0]] = 8;
  }
  return bits;
}

/// Not dominated: nothing else is as fast and at least as accurate.
function frontOf(candidates) {
  const cycles = (c) => c.cycles_measured ?? c.cycles_table;
  const front = [];
  let best = -1;
  for (const c of [...candidates].sort((a, b) => cycles(a) - cycles(b) || b.accuracy_integer - a.accuracy_integer)) {
    if (c.accuracy_integer > best) front.push(c.id);
    best = Math.max(best, c.accuracy_integer);
  }
  return front;
}

function targetResult(name, { layers, floatAccuracy, maxDrop, random }) {
  const settings = { target: name, layers, floatAccuracy, random };
  const candidates = [8, 4, 2].map((width) =>
    candidate({ id: `uniform-${width}`, method: "uniform", label: `${width} bit`, price: null, bits: uniformBits(layers, width) },
              { ...settings, measured: true }));
  const prices = { bop: [0.3, 0.5, 0.8, 1.2, 1.6], free_bits: [0.3, 0.5, 0.8, 1.2, 1.6], latency: [0.2, 0.4, 0.7, 1.1, 1.5],
                   exact: [0.4, 0.8, 1.2, 1.6], sensitivity: [0.4, 0.8, 1.3] };
  for (const [method, list] of Object.entries(prices)) {
    const aware = !["bop", "sensitivity"].includes(method);
    list.forEach((price, i) => {
      const searched = searchedBits(layers, price, random);
      const bits = aware ? raised(searched, layers, name) : searched;
      candidates.push(candidate({ id: `${method}-${price}`, method, label: `${method.replace("_", " ")} ${price}`, price, bits },
                                { ...settings, measured: i % 2 === 0 }));
    });
  }
  const cyclesOf = (c) => c.cycles_measured ?? c.cycles_table;
  const allowed = candidates.filter((c) => c.accuracy_integer >= floatAccuracy - maxDrop / 100);
  const chosen = allowed.sort((a, b) => cyclesOf(a) - cyclesOf(b))[0];
  return {
    name,
    target: { name, hash: "5f1d3c9a77e0b214", isa: name, cores: 8, banks: 16, l1_bytes: 131072, l2_bytes: 1572864, clock_mhz: 250 },
    clock_mhz: 250,
    candidates,
    front: frontOf(candidates),
    chosen: chosen.id,
    latency_reduction_vs_8bit: 1 - cyclesOf(chosen) / cyclesOf(candidates[0]),
    accuracy_drop_vs_float: floatAccuracy - chosen.accuracy_integer,
  };
}

/// As version 0.1 wrote it: without `methods`, with `free_bits` for freebits.
export function result(seed, { blocks = 13, targets = ["xpulpv2", "xpulpnn", "mixed"] } = {}) {
  const random = generator(seed);
  const layers = network(blocks);
  const [floatAccuracy, maxDrop] = [0.831, 0.5];
  return {
    schema: { name: "freebits.search", version: 1 },
    freebits: { version: "0.1.0", git: "8dfc45d01234" },
    rtl_hash: "0123456789abcdef", sw_hash: "fedcba9876543210", seed, wall_seconds: 512.4, date: "2026-11-26",
    command: "freebits search mobilenet_v1:width=0.25,resolution=32 --dataset synthetic " +
             targets.map((name) => `--target ${name}`).join(" ") + ` --seed ${seed} --out results/`,
    finished: true,
    network: "mobilenet_v1:width=0.25,resolution=32,channels=3,classes=10",
    dataset: "synthetic",
    macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
    max_drop: maxDrop,
    layers,
    float_accuracy: floatAccuracy,
    targets: targets.map((name) => targetResult(name, { layers, floatAccuracy, maxDrop, random })),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [seed, file] = process.argv.slice(2);
  writeFileSync(file, JSON.stringify(result(Number(seed)), null, 1));
}
