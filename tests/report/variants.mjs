// SPDX-License-Identifier: Apache-2.0
// Results that lack something, are unfinished, or have what is hard to show. Each from a seed.
import { result } from "./fixture.mjs";

export const variants = {
  "nothing measured": (seed) => {
    const document = result(seed);
    for (const target of document.targets) for (const c of target.candidates) c.cycles_measured = null;
    return document;
  },
  "one target": (seed) => result(seed, { targets: ["mixed"] }),
  "no 8-bit baseline": (seed) => {
    const document = result(seed);
    for (const target of document.targets) {
      target.candidates.shift();
      target.front = target.front.filter((id) => id !== "uniform-8");
      target.latency_reduction_vs_8bit = null;
      if (target.chosen === "uniform-8") target.chosen = null;
    }
    return document;
  },
  "an interrupted search": (seed) => {
    const document = result(seed);
    Object.assign(document, { finished: false, stage: "fine-tuning of latency-0.4 on xpulpnn" });
    const [first, second, third] = document.targets;
    first.candidates.forEach((c, i) => i > 3 && Object.assign(c, { accuracy_integer: null, accounting: null, layer_cycles: null }));
    first.front = [first.candidates[0].id];
    for (const target of [first, second, third]) Object.assign(target, { chosen: null, latency_reduction_vs_8bit: null, accuracy_drop_vs_float: null });
    second.candidates = second.candidates.slice(0, 1);
    second.front = [];
    Object.assign(third, { candidates: [], front: [] });
    return document;
  },
  "nothing yet": (seed) => Object.assign(result(seed), { finished: false, stage: "float training", float_accuracy: null, targets: [] }),
  "301 layers": (seed) => result(seed, { blocks: 149, targets: ["xpulpnn"] }),
  "odd characters": (seed) => {
    const odd = "</script><img src=x onerror=\"window.broken=1\"> & <b>ü\u2028\"'`\\ ${x} 层".repeat(2);
    const document = result(seed, { targets: ["xpulpnn"] });
    Object.assign(document, { network: `${odd}.onnx`, dataset: odd, command: `freebits search '${odd}'`, finished: false, stage: odd });
    const rename = new Map(document.layers.map((layer) => [layer.name, `${layer.name} ${odd}`]));
    const renamed = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [rename.get(name) ?? name, value]));
    for (const layer of document.layers) {
      layer.inputs = layer.inputs.map((name) => rename.get(name) ?? name);
      layer.name = layer.output = rename.get(layer.name);
    }
    const [target] = document.targets;
    target.name = target.target.name = odd;
    for (const c of target.candidates) {
      c.bits = { weights: renamed(c.bits.weights), activations: renamed(c.bits.activations) };
      c.label += odd;
      c.id += odd;
    }
    target.front = target.front.map((id) => id + odd);
    target.chosen += odd;
    target.candidates[4].method = "<i>new</i>";
    target.candidates[5].method = "constructor";
    return document;
  },
};
