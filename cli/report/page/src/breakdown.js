// SPDX-License-Identifier: Apache-2.0
// Where the cycles go: causes stacked, 8 bit above the candidate, and the table that is also the legend.
import * as Plot from "@observablehq/plot";

import { h, table } from "./dom.js";
import * as format from "./format.js";
import { causes } from "./model.js";

const totals = (candidate) => causes.map((_, k) => candidate.causes.reduce((sum, layer) => sum + layer[k], 0));

function stacked(bars, width) {
  const parts = bars.flatMap(({ values, key }) => values.map((value, k) => ({ key, value, color: causes[k].color })));
  const plot = Plot.plot({
    width, height: 30 + 38 * bars.length, marginLeft: 62, marginRight: 12, marginTop: 4, marginBottom: 26,
    style: { background: "none", fontSize: "12px", fontFamily: "inherit" },
    x: { label: null }, y: { type: "band", domain: bars.map((bar) => bar.key), padding: 0.28, label: null }, color: { type: "identity" },
    marks: [
      Plot.gridX({ stroke: "var(--grid)", strokeOpacity: 1, ticks: Math.max(3, width / 120) }),
      Plot.axisX({ ticks: Math.max(3, width / 120), tickSize: 0, label: null, tickFormat: (value) => format.short(value) }),
      Plot.axisY({ tickSize: 0, label: null }),
      Plot.barX(parts, { x: "value", y: "key", fill: "color", insetRight: 0.7 }),
    ],
  });
  plot.setAttribute("aria-hidden", "true");
  return plot;
}

/// The figure, or a line that says what is missing.
export function breakdown(candidate, baseline, width) {
  const figure = h("figure", { class: "breakdown" });
  if (!candidate.causes) {
    figure.append(h("p", { class: "note" }, `There is no accounting of ${candidate.label} by layer in this result.`));
    return figure;
  }
  const with8 = baseline?.causes && baseline !== candidate ? baseline : null;
  const bars = [...(with8 ? [{ key: "8 bit", values: totals(with8) }] : []), { key: with8 ? "this one" : "cycles", values: totals(candidate) }];
  const own = bars.at(-1).values;
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const share = (value, values) => (sum(values) > 0 ? format.percent(value / sum(values)) : "–");
  const before = with8 ? bars[0].values : null;
  const name = (cause) => h("span", { class: "mark" }, h("span", { class: "swatch", style: `background:${cause.color}` }), cause.name);
  const row = (head, meaning, k) => {
    const pick = (values) => (k === null ? sum(values) : values[k]);
    return [head, meaning, ...(before ? [format.count(pick(before)), share(pick(before), before)] : []), format.count(pick(own)), share(pick(own), own),
            ...(before ? [format.change((pick(own) - pick(before)) / sum(before))] : [])];
  };
  figure.append(stacked(bars, width), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Causes in numbers" }, table({
    caption: `Cycles of ${candidate.label} by cause`,
    columns: [{ title: "cause" }, { title: "means", text: true, minor: true }, ...(before ? [{ title: "8 bit" }, { title: "share" }] : []),
              { title: before ? "this one" : "cycles" }, { title: "share" }, ...(before ? [{ title: "change, of all" }] : [])],
    rows: [...causes.map((cause, k) => row(name(cause), cause.meaning, k)), row("all", "", null)],
  })), h("figcaption", {}, "Mean of the cores, from the latency table: the causes of a layer add up to its cycles."));
  return figure;
}
