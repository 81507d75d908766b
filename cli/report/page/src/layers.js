// SPDX-License-Identifier: Apache-2.0
// A candidate layer by layer: widths below, latency above, 8 bit behind.
import * as Plot from "@observablehq/plot";

import { h, table, terms } from "./dom.js";
import * as format from "./format.js";
import { causes, widthsAt } from "./model.js";
import { Tip, viewOf } from "./tip.js";

const margins = { marginLeft: 58, marginRight: 6 };
const leastBand = 3;  // px a layer: with more layers than fit, the figure scrolls

const narrowest = (widths) => widths.filter((w) => w !== null).reduce((a, b) => (a === null || b < a ? b : a), null);
const kindName = (kind) => String(kind).replaceAll("_", " ");

function rowsOf(result, candidate, baseline) {
  return result.layers.map((layer, i) => ({
    i, layer, name: String(layer.name), kind: kindName(layer.kind),
    ...widthsAt(candidate, layer),
    cycles: candidate.layerCycles?.[i] ?? null,
    cycles8: baseline?.layerCycles?.[i] ?? null,
    causes: candidate.causes?.[i] ?? null,
  }));
}

function bars(rows, { width, mode, x, band }) {
  const thin = band > 7 ? 0.22 * band : 0;
  const stacked = rows.flatMap((row) => causes.map((cause, k) => ({ i: row.i, value: row.causes?.[k] ?? 0, color: cause.color })));
  const marks = mode === "causes"
    ? [Plot.barY(stacked, { x: "i", y: "value", fill: "color" })]
    : [Plot.barY(rows.filter((row) => row.cycles8 !== null), { x: "i", y: "cycles8", fill: "var(--base)" }),
       Plot.barY(rows.filter((row) => row.cycles !== null), { x: "i", y: "cycles", fill: "var(--accent)", insetLeft: thin, insetRight: thin })];
  return Plot.plot({
    width, height: 190, ...margins, marginTop: 12, marginBottom: 4, style: { background: "none", fontSize: "12px", fontFamily: "inherit" },
    x, y: { grid: false, label: null }, color: { type: "identity" },
    marks: [Plot.gridY({ stroke: "var(--grid)", strokeOpacity: 1, ticks: 4 }),
            Plot.axisY({ ticks: 4, tickSize: 0, label: null, tickFormat: (value) => format.short(value) }), ...marks, Plot.ruleY([0], { stroke: "var(--rule)" })],
  });
}

function strips(rows, { width, x, band }) {
  const lines = ["input", "weights", "output"];
  const cells = rows.flatMap((row) => [narrowest(row.inputs), row.weights, row.output]
    .map((bits, k) => ({ i: row.i, line: lines[k], bits })).filter(({ bits }) => bits !== null));
  const named = band >= 20;
  const every = Math.ceil(24 / band);
  const ticks = rows.filter((row) => named || row.i === 0 || (row.i + 1) % every === 0).map((row) => row.i);
  const known = (bits) => [8, 4, 2].includes(bits);
  return Plot.plot({
    width, height: named ? 172 : 90, ...margins, marginTop: 4, marginBottom: named ? 106 : 24, style: { background: "none", fontSize: "12px", fontFamily: "inherit" },
    x, y: { type: "band", domain: lines, padding: 0.1, label: null }, color: { type: "identity" },
    marks: [
      Plot.axisY({ tickSize: 0, label: null }),
      Plot.axisX(ticks, { tickSize: named ? 3 : 0, label: null, tickRotate: named ? -55 : 0, fontSize: 11,
                          tickFormat: (i) => (named ? format.cut(rows[i].name, 20) : String(i + 1)) }),
      Plot.cell(cells, { x: "i", y: "line", fill: (d) => (known(d.bits) ? `var(--b${d.bits})` : "var(--rule)"), rx: band > 10 ? 2 : 0 }),
      band < 9 ? null : Plot.text(cells, { x: "i", y: "line", text: (d) => String(d.bits), fontSize: band >= 14 ? 11 : 9,
                                      fill: (d) => (known(d.bits) ? `var(--b${d.bits}-ink)` : "var(--ink)") }),
    ],
  });
}

const bitsText = (bits) => (bits === null ? "–" : `${bits} bit`);

function tipContent(row, label) {
  return [
    h("b", {}, row.name), h("div", { class: "note" }, `layer ${row.i + 1}, ${row.kind}, ${format.short(row.layer.macs)} MAC`),
    terms("", [
      ["input", row.inputs.map(bitsText).join(" and ") || "–"],
      ["weights", bitsText(row.weights)],
      ["output", bitsText(row.output)],
      ["cycles at 8 bit", row.cycles8 === null ? null : format.count(row.cycles8)],
      [`cycles, ${format.cut(label, 24)}`, row.cycles === null ? null : format.count(row.cycles)],
      ["against 8 bit", row.cycles8 > 0 && row.cycles !== null ? format.change(row.cycles / row.cycles8 - 1) : null],
    ]),
  ];
}

function hover(figure, plots, rows, label) {
  const tip = new Tip(figure);
  for (const plot of plots) {
    plot.setAttribute("aria-hidden", "true");
    const scale = plot.scale("x");
    const step = scale.step ?? scale.bandwidth;
    const tell = (event) => {
      const [x] = viewOf(plot).toView(event);
      const i = Math.floor((x - scale.apply(0) + (step - scale.bandwidth) / 2) / step);
      if (rows[i]) tip.show(tipContent(rows[i], label), event.clientX, event.clientY);
      else tip.hide();
    };
    plot.addEventListener("pointermove", tell);
    plot.addEventListener("click", tell);
    plot.addEventListener("pointerleave", () => tip.hide());
  }
}

/// The figure. mode: "against" (8 bit behind) or "causes".
export function layerFigure(result, candidate, baseline, { width, mode }) {
  const rows = rowsOf(result, candidate, baseline);
  const figure = h("figure", { class: "layers" });
  if (rows.length === 0) return figure;
  const full = Math.max(width, margins.marginLeft + margins.marginRight + rows.length * leastBand);
  const x = { type: "band", domain: rows.map((row) => row.i), padding: rows.length > 80 ? 0 : 0.14, axis: null, label: null, round: false };
  const band = (full - margins.marginLeft - margins.marginRight) / rows.length;
  const plots = [...(candidate.layerCycles ? [bars(rows, { width: full, mode, x, band })] : []), strips(rows, { width: full, x, band })];
  const swatch = (color, text) => h("li", {}, h("span", { class: "swatch", style: `background:${color}` }), text);
  const items = mode === "causes" ? causes.map((cause) => swatch(cause.color, cause.name))
    : [baseline?.layerCycles && candidate !== baseline && swatch("var(--base)", "cycles, 8 bit"), candidate.layerCycles && swatch("var(--accent)", `cycles, ${format.cut(candidate.label, 40)}`)];
  const holder = full > width ? h("div", { class: "scroll wide", tabindex: "0", role: "region", "aria-label": "Layers, scrolls sideways" }, plots) : plots;
  figure.append(h("ul", { class: "legend", "aria-hidden": "true" }, items, h("li", {}, "widths:"), [8, 4, 2].map((bits) => swatch(`var(--b${bits})`, `${bits} bit`))), ...[holder].flat());
  hover(figure, plots, rows, candidate.label);
  return figure;
}

/// The same in numbers.
export function layerTable(result, candidate, baseline) {
  const rows = rowsOf(result, candidate, baseline);
  const most = Math.max(1, ...rows.flatMap((row) => [row.cycles ?? 0, row.cycles8 ?? 0]));
  const chip = (bits) => (bits === null ? "–" : h("span", { class: "bits", "data-bits": String(bits) }, String(bits)));
  const chips = (widths) => (widths.length ? widths.flatMap((bits, i) => [i > 0 && " ", chip(bits)]) : "–");
  const bar = (cycles) => h("i", { style: `width:${((100 * (cycles ?? 0)) / most).toFixed(2)}%` });
  return table({
    caption: `Layers of ${candidate.label}: widths, and cycles against 8 bit`,
    className: "layer-table",
    columns: [{ title: "layer" }, { title: "kind", text: true }, { title: "MAC" }, { title: "input" }, { title: "weights" }, { title: "output" },
              { title: "cycles, 8 bit" }, { title: "cycles" }, { title: "change" }, { title: h("span", { class: "unseen" }, "bars"), text: true }],
    rows: rows.map((row) => [row.name, row.kind, format.count(row.layer.macs), chips(row.inputs), chip(row.weights), chip(row.output),
                             format.count(row.cycles8), format.count(row.cycles),
                             row.cycles8 > 0 && row.cycles !== null ? format.change(row.cycles / row.cycles8 - 1) : "–",
                             h("span", { class: "bar", "aria-hidden": "true" }, bar(row.cycles8), bar(row.cycles))]),
  });
}
