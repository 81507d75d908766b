// SPDX-License-Identifier: Apache-2.0
// One candidate in figures.
import { h, terms } from "./dom.js";
import * as format from "./format.js";
import { marker } from "./marker.js";
import { methodOf, tally } from "./model.js";

/// "223,767 (−35 %)": a value and how it compares with that of 8 bit.
function compared(text, value, base) {
  return typeof value === "number" && base > 0 ? `${text} (${format.change(value / base - 1)})` : text;
}

/// How many of each width, as chips.
const widths = (of) => h("span", { class: "tally" }, tally(of).map(([bits, times]) =>
  h("span", {}, `${times} × `, h("span", { class: "bits", "data-bits": String(bits) }, String(bits)))));

export function detail(result, target, c) {
  const base = target.baseline === c ? null : target.baseline;
  return h("section", { class: "side", "aria-label": "Selected candidate" },
    h("h3", {}, h("span", { class: "mark" }, marker(c.method, !c.measured)), c.label),
    h("div", { class: "badges" },
      c.chosen && h("span", { class: "badge chosen" }, "chosen"), c.onFront && h("span", { class: "badge" }, "on the front"),
      h("span", { class: "badge" }, methodOf(c.method).name), typeof c.price === "number" && h("span", { class: "badge" }, `strength ${c.price}`)),
    terms("facts", [
      ["method", methodOf(c.method).description],
      ["accuracy", format.accuracy(c.accuracy)],
      ["under float", c.drop === null ? null : `${format.points(c.drop)} points`],
      ["before fine-tuning", typeof c.accuracy_post_training === "number" ? format.accuracy(c.accuracy_post_training) : null],
      ["fake-quantized", format.accuracy(c.accuracy_float_quantized)],
      [c.measured ? "cycles, measured" : "cycles, by table", compared(format.count(c.cycles), c.cycles, base?.cycles)],
      ["cycles, by table", c.measured ? format.count(c.cycles_table) : null],
      ["time", format.milliseconds(c.milliseconds)],
      ["weight memory", compared(format.bytes(c.weight_bytes), c.weight_bytes, base?.weight_bytes)],
      ["bit operations", compared(format.short(c.bops), c.bops, base?.bops)],
      ["bits of weights", c.weights.length > 0 ? widths(c.weights) : null],
      ["bits of activations", c.activations.length > 0 ? widths(c.activations) : null],
    ]));
}
