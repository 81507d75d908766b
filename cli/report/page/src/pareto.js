// SPDX-License-Identifier: Apache-2.0
// Accuracy against cycles: every candidate a point, the front a line, float and 8 bit for reference.
import * as Plot from "@observablehq/plot";

import { h, terms } from "./dom.js";
import * as format from "./format.js";
import { marker } from "./marker.js";
import { methodNames, methodOf, tallyText } from "./model.js";
import { Tip, viewOf } from "./tip.js";

const reach = 28;  // px from a point at which a pointer means it

/// Accuracy below which points are drawn at the lower edge when one looks closely; null: there is nothing to gain from it.
export function closeFloor(result, target) {
  const values = target.candidates.filter((c) => c.plotted).map((c) => c.accuracy);
  if (values.length < 4) return null;
  const top = Math.max(...values, result.float ?? 0);
  const near = values.filter((value) => value >= top - Math.max(0.03, (6 * (result.maxDrop ?? 0.5)) / 100));
  const lowest = Math.min(...near);
  return near.length >= 3 && top - Math.min(...values) > 2.5 * (top - lowest) ? lowest - 0.08 * (top - lowest) : null;
}

const sayCycles = (c) => `${format.count(c.cycles)} ${c.measured ? "measured" : "by table"}`;

export const describe = (c) =>
  [`${c.label}: ${format.count(c.cycles)} cycles`, c.against8 !== null && `${format.fewerCycles(c.against8)} than 8 bit`,
   `accuracy ${format.accuracy(c.accuracy)}`, c.chosen && "chosen", c.onFront && "on the front"].filter(Boolean).join(", ");

function tipContent(c) {
  return [
    h("b", { class: "mark" }, marker(c.method, !c.measured), c.label),
    h("div", { class: "note" }, methodOf(c.method).description + (c.chosen ? ", chosen" : c.onFront ? ", on the front" : "")),
    terms("", [
      ["accuracy", format.accuracy(c.accuracy)],
      ["under float", c.drop === null ? null : `${format.points(c.drop)} points`],
      ["cycles", sayCycles(c)],
      ["by table", c.measured ? format.count(c.cycles_table) : null],
      ["against 8 bit", c.against8 === null ? null : format.change(c.against8)],
      ["weights", tallyText(c.weights)],
      ["activations", tallyText(c.activations)],
    ]),
  ];
}

/// Ticks of the upper axis: cycles at round shares of those of 8 bit.
function relativeTicks([least, most], base, width) {
  const span = (most - least) / base;
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10].find((size) => span / size <= width / 84) ?? span;
  const ticks = [];
  for (let i = Math.ceil((least / base - 1) / step); (1 + i * step) * base <= most; ++i) ticks.push((1 + i * step) * base);
  return ticks;
}

function padded(values, share) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const pad = share * (most - least) || 0.02 * Math.abs(most) || 1;
  return [least - pad, most + pad];
}

/// Lines across at float and at 8 bit; their labels stand on the outer sides, so that they never meet, at the end with fewer points.
function references(result, target, domain) {
  const lines = [];
  if (result.float !== null) lines.push({ y: 100 * result.float, text: `float ${format.accuracy(result.float, 1)}`, dash: "6 4" });
  const baseline = target.baseline;
  if (baseline?.plotted) lines.push({ y: 100 * baseline.accuracy, text: `8 bit ${format.accuracy(baseline.accuracy, 1)}`, dash: "1.5 3" });
  lines.sort((a, b) => b.y - a.y);
  const [left, right] = domain;
  const inWay = (edge) => target.candidates.filter((c) => c.plotted && Math.abs(c.cycles - edge) < 0.28 * (right - left) &&
                                                           lines.some(({ y }) => Math.abs(100 * c.accuracy - y) < 0.25)).length;
  const atRight = inWay(right) < inWay(left);
  return [
    ...lines.map((line) => Plot.ruleY([line], { y: "y", stroke: "var(--soft)", strokeDasharray: line.dash })),
    ...lines.map((line, i) => Plot.text([line], {
      x: () => (atRight ? right : left), y: "y", text: "text", textAnchor: atRight ? "end" : "start", dx: atRight ? -4 : 4, lineAnchor: i === 0 ? "bottom" : "top", dy: i === 0 ? -4 : 5,
      fill: "var(--soft)", stroke: "var(--paper)", strokeWidth: 4, fontSize: 12 })),
  ];
}

/// Names above points, kept inside the frame.
function names(of, y, [least, most]) {
  const text = (c) => (c.chosen && !methodOf(c.method).baseline ? "chosen" : format.cut(c.label, 22) + (c.chosen ? ", chosen" : ""));
  const anchor = (c) => { const at = (c.cycles - least) / (most - least); return at < 0.15 ? "start" : at > 0.85 ? "end" : "middle"; };
  return ["start", "middle", "end"].map((textAnchor) => Plot.text(of.filter((c) => anchor(c) === textAnchor), {
    x: "cycles", y, text, textAnchor, dy: -15, dx: { start: -8, middle: 0, end: 8 }[textAnchor],
    fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 4, fontSize: 12, fontWeight: 600 }));
}

function marksOf(result, target, { selected, floor, xDomain, yDomain, width }) {
  const plotted = target.candidates.filter((c) => c.plotted).sort((a, b) => (a.id === selected) - (b.id === selected));  // drawn last, on top
  const y = (c) => 100 * Math.max(c.accuracy, floor ?? 0);
  const methodDot = { x: "cycles", y, symbol: "method", stroke: (c) => methodOf(c.method).color, strokeWidth: 1.8, r: 5.5,
                      fill: (c) => (c.measured ? methodOf(c.method).color : "var(--paper)") };
  const ring = (of, options) => Plot.dot(of, { x: "cycles", y, r: 11, fill: "none", ...options });
  const named = plotted.filter((c) => c.chosen || methodOf(c.method).baseline);
  const marks = [
    Plot.gridY({ ticks: 6, stroke: "var(--grid)", strokeOpacity: 1 }),
    Plot.axisY({ ticks: 6, tickSize: 0, label: null, tickFormat: (value) => String(Number(value.toFixed(2))) }),
    Plot.axisX({ ticks: Math.max(3, Math.floor(width / 105)), tickSize: 4, label: null, tickFormat: (value) => format.short(value) }),
  ];
  if (result.float !== null && result.maxDrop !== null) {
    const band = { y1: Math.max(100 * result.float - result.maxDrop, yDomain[0]), y2: 100 * result.float };
    if (band.y1 < band.y2) marks.push(Plot.rect([band], { y1: "y1", y2: "y2", fill: "var(--accent-soft)" }));
  }
  if (target.baseline?.plotted) {
    marks.push(Plot.ruleX([target.baseline.cycles], { stroke: "var(--soft)", strokeDasharray: "1.5 3" }));
    marks.push(Plot.axisX(relativeTicks(xDomain, target.baseline.cycles, width), {
      anchor: "top", label: null, tickSize: 4,
      tickFormat: (value) => (Math.abs(value / target.baseline.cycles - 1) < 1e-9 ? "8 bit" : format.tick(value / target.baseline.cycles - 1)) }));
  }
  marks.push(...references(result, target, xDomain));
  marks.push(Plot.line(target.front, { x: "cycles", y, curve: "step-after", stroke: "var(--ink)", strokeWidth: 1.4, strokeOpacity: 0.55 }));
  marks.push(ring(plotted.filter((c) => c.id === selected), { stroke: "var(--accent)", strokeWidth: 2.4 }));
  marks.push(Plot.dot(plotted, { ...methodDot, className: "points", render: tagged(plotted) }));
  if (floor !== null) {
    marks.push(Plot.text(plotted.filter((c) => c.accuracy < floor), { x: "cycles", y, text: () => "↓", dy: 13, fill: "var(--soft)" }));
  }
  marks.push(...names(named, y, xDomain));
  return marks;
}

/// Says on each point's element which candidate it is.
const tagged = (plotted) => (index, scales, values, dimensions, context, next) => {
  const group = next(index, scales, values, dimensions, context);
  group.dataset.points = "";
  [...group.children].forEach((element, i) => {
    const c = plotted[index[i]];
    element.classList.add("point");
    for (const [name, value] of [["role", "button"], ["aria-label", describe(c)], ["data-id", c.id], ["tabindex", "-1"]]) element.setAttribute(name, value);
    element.position = [values.x[index[i]], values.y[index[i]]];
    element.candidate = c;
  });
  return group;
};

function legend(target) {
  const used = [...methodNames(), ...target.candidates.map((c) => c.method)];
  const present = [...new Set(used)].filter((method) => target.candidates.some((c) => c.method === method));
  return h("ul", { class: "legend", "aria-label": "Methods" },
    present.map((method) => h("li", { title: methodOf(method).description }, marker(method), methodOf(method).name)));
}

function captionText(result, target, floor) {
  const parts = ["Up is better, left is faster. Accuracy (%) of the integer network on the test set, cycles of one inference on RTL."];
  if (target.candidates.some((c) => c.plotted && !c.measured)) {
    parts.push("Filled markers: measured end to end; hollow ones: the sum of the latency table.");
  }
  if (result.maxDrop !== null && result.float !== null) parts.push(`Shaded: at most ${result.maxDrop} points under float.`);
  if (floor !== null) parts.push("Points at the lower edge with an arrow lie below it.");
  const missing = target.candidates.filter((c) => !c.plotted).length;
  if (missing > 0) parts.push(`${missing} of ${target.candidates.length} candidates have no accuracy or cycles yet and are in the table only.`);
  return parts.join(" ");
}

/// Pointer and keys: hover and focus tell, click and Enter select, arrows go along by cycles.
function interact(figure, plot, onselect) {
  const points = [...plot.querySelectorAll(".point")].sort((a, b) => a.candidate.cycles - b.candidate.cycles);
  const tip = new Tip(figure);
  const tell = (point) => tip.show(tipContent(point.candidate), ...viewOf(plot).toClient(...point.position));
  const nearest = (event) => {
    const [x, y] = viewOf(plot).toView(event);
    const away = (point) => Math.hypot(point.position[0] - x, point.position[1] - y);
    const best = points.reduce((a, b) => (a && away(a) <= away(b) ? a : b), null);
    return best && away(best) <= reach ? best : null;
  };
  plot.addEventListener("pointermove", (event) => {
    const point = nearest(event);
    plot.style.cursor = point ? "pointer" : "";
    if (point) tell(point);
    else tip.hide();
  });
  plot.addEventListener("pointerleave", () => tip.hide());
  plot.addEventListener("click", (event) => {
    const point = event.detail === 0 ? event.target.closest(".point") : nearest(event);
    if (point) onselect(point.candidate.id);
  });
  points.forEach((point, i) => {
    point.addEventListener("focus", () => tell(point));
    point.addEventListener("blur", () => tip.hide());
    point.addEventListener("keydown", (event) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: points.length - 1 }[event.key];
      if (event.key === "Enter" || event.key === " ") onselect(point.candidate.id);
      else if (points[to]) points[to].focus();
      else return;
      event.preventDefault();
    });
  });
  return { points, tip };
}

/// The figure. selected: a candidate's id; floor: see closeFloor; onselect(id).
export function pareto(result, target, { width, selected, floor, onselect }) {
  const plotted = target.candidates.filter((c) => c.plotted);
  const figure = h("figure", { class: "pareto" });
  if (plotted.length === 0) {
    figure.append(h("p", { class: "note" }, "No candidate has both an accuracy and cycles yet."));
    return figure;
  }
  const shown = plotted.map((c) => Math.max(c.accuracy, floor ?? 0));
  const references = [result.float, result.float !== null ? result.float - (result.maxDrop ?? 0) / 100 : null].filter((v) => v !== null);
  const yDomain = padded([...shown, ...references].map((value) => 100 * value), 0.09);
  const xDomain = padded(plotted.map((c) => c.cycles), 0.06);
  const used = [...new Set(plotted.map((c) => c.method))];
  const plot = Plot.plot({
    width, height: Math.round(Math.min(460, Math.max(320, width * 0.58))), marginLeft: 44, marginRight: 14, marginTop: 30, marginBottom: 30,
    style: { background: "none", fontSize: "12px", fontFamily: "inherit" },
    x: { domain: xDomain }, y: { domain: yDomain },
    symbol: { domain: used, range: used.map((method) => methodOf(method).symbol) },
    color: { type: "identity" },
    marks: marksOf(result, target, { selected, floor, xDomain, yDomain, width }),
  });
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", `Accuracy against cycles on ${target.name}; arrow keys go from candidate to candidate. The table below has the same numbers.`);
  for (const child of plot.children) if (!child.matches("[data-points]")) child.setAttribute("aria-hidden", "true");
  plot.querySelector("[data-points]")?.setAttribute("aria-label", "Candidates");
  figure.append(legend(target), plot, h("figcaption", {}, captionText(result, target, floor)));
  const { points } = interact(figure, plot, onselect);
  for (const point of points) point.setAttribute("aria-pressed", String(point.candidate.id === selected));
  (points.find((point) => point.candidate.id === selected) ?? points[0]).setAttribute("tabindex", "0");
  return figure;
}
