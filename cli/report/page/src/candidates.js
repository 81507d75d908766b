// SPDX-License-Identifier: Apache-2.0
// All candidates of a target: a table that sorts by any column and selects by row.
import { classOf, h } from "./dom.js";
import * as format from "./format.js";
import { marker } from "./marker.js";
import { methodOf } from "./model.js";

const bits = (value) => format.decimal(value, 1);

/// minor: not in print. key: what it sorts by; missing values (null) come last either way.
const columns = [
  { title: "candidate", key: (c) => c.label },
  { title: "accuracy", key: (c) => c.accuracy, show: (c) => format.accuracy(c.accuracy), falling: true },
  { title: "under float", key: (c) => c.drop, show: (c) => format.points(c.drop) },
  { title: "cycles", key: (c) => c.cycles, show: (c) => format.count(c.cycles) },
  { title: "vs 8 bit", hint: "cycles against those of 8 bit", key: (c) => c.against8, show: (c) => format.change(c.against8) },
  { title: "front", text: true, key: (c) => -Number(c.chosen) - Number(c.onFront), show: (c) => (c.chosen ? "chosen" : c.onFront ? "front" : "") },
  { title: "time", key: (c) => c.milliseconds ?? null, show: (c) => format.milliseconds(c.milliseconds) },
  { title: "weights", key: (c) => c.weight_bytes ?? null, show: (c) => format.bytes(c.weight_bytes) },
  { title: "BOPs", key: (c) => c.bops ?? null, show: (c) => format.short(c.bops) },
  { title: "bits w", key: (c) => c.weightBits, show: (c) => bits(c.weightBits), hint: "mean width of weights" },
  { title: "bits a", key: (c) => c.activationBits, show: (c) => bits(c.activationBits), hint: "mean width of activations" },
  { title: "measured", key: (c) => c.cycles_measured ?? null, show: (c) => format.count(c.cycles_measured) },
  { title: "by table", minor: true, key: (c) => c.cycles_table ?? null, show: (c) => format.count(c.cycles_table) },
  { title: "fake q.", minor: true, hint: "accuracy of the fake-quantized network", key: (c) => c.accuracy_float_quantized ?? null, show: (c) => format.accuracy(c.accuracy_float_quantized), falling: true },
];
export const initialSort = { column: 3, falling: false };

function compare(a, b, falling) {
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
  return falling ? -order : order;
}

/// sort: {column, falling}; onsort(sort), onselect(id).
export function candidateTable(target, { selected, sort, onsort, onselect }) {
  const { key } = columns[sort.column];
  const sorted = [...target.candidates].sort((a, b) => compare(key(a), key(b), sort.falling));
  const head = columns.map((column, i) => {
    const current = i === sort.column;
    const next = { column: i, falling: current ? !sort.falling : Boolean(column.falling) };
    return h("th", { scope: "col", class: classOf(column), "aria-sort": current && (sort.falling ? "descending" : "ascending") },
      h("button", { type: "button", title: column.hint, onclick: () => onsort(next) }, column.title));
  });
  const row = (c) => h("tr", { "data-id": c.id, "data-selected": c.id === selected, onclick: () => onselect(c.id) },
    h("th", { scope: "row" }, h("span", { class: "mark" }, marker(c.method, !c.measured),
      h("button", { type: "button", class: "pick", title: c.label, "aria-pressed": String(c.id === selected) }, c.label),
      h("span", { class: "unseen" }, methodOf(c.method).description))),
    columns.slice(1).map((column) => h("td", { class: classOf(column) }, column.show(c))));
  return h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": `Candidates on ${target.name}` },
    h("table", { class: "candidates" }, h("caption", { class: "unseen" }, `Candidates on ${target.name}`),
      h("thead", {}, h("tr", {}, head)), h("tbody", {}, sorted.map(row))));
}
