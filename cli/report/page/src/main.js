// SPDX-License-Identifier: Apache-2.0
// The page: reads the result that stands in it, lays out one panel a target, redraws what a choice or the width changes.
import { breakdown } from "./breakdown.js";
import { candidateTable, initialSort } from "./candidates.js";
import { detail } from "./detail.js";
import { choice, h } from "./dom.js";
import { cards, summary, title } from "./head.js";
import { layerFigure, layerTable } from "./layers.js";
import { resultModel } from "./model.js";
import { files, origin, parameters } from "./origin.js";
import { closeFloor, describe, pareto } from "./pareto.js";

const printWidth = 690;  // px: A4 between its margins
const leastWidth = 240;  // px: narrower, charts shrink as pictures
const sideWidth = 320, sideGap = 32, oneColumn = 860;  // as in style.css

/// One target: what is looked at (state) and the parts that show it.
class Panel {
  constructor(result, target, index) {
    Object.assign(this, { result, target });
    const first = target.chosen ?? target.front[0] ?? target.candidates[0] ?? null;
    this.floor = closeFloor(result, target);
    this.state = { selected: first?.id, close: this.floor !== null, mode: "against", sort: initialSort };
    this.announcer = h("p", { class: "unseen", role: "status" });
    this.body = h("div", {});
    this.element = h("section", { class: "panel", role: "tabpanel", id: `panel-${index}`, "aria-labelledby": `tab-${index}` }, this.announcer, this.body);
  }

  get selected() { return this.target.candidates.find((c) => c.id === this.state.selected); }

  change(state, focus) {
    Object.assign(this.state, state);
    const scrolled = [...this.body.querySelectorAll(".scroll")].map((element) => [element.scrollLeft, element.scrollTop]);
    const opened = [...this.body.querySelectorAll("details")].map((element) => element.open);
    this.draw(this.width);
    this.body.querySelectorAll("details").forEach((element, i) => (element.open = opened[i] ?? false));
    this.body.querySelectorAll(".scroll").forEach((element, i) => element.scrollTo(...(scrolled[i] ?? [0, 0])));
    if (focus) this.body.querySelector(focus)?.focus({ preventScroll: true });
  }

  select(id, from) {
    this.change({ selected: id }, `${from}[data-id="${CSS.escape(id)}"]${from === "tr" ? " button" : ""}`);
    this.announcer.textContent = `Selected ${describe(this.selected)}`;
  }

  draw(width) {
    this.width = width;
    const { target } = this;
    const heading = h("h2", {}, target.name);
    if (target.candidates.length === 0) {
      this.body.replaceChildren(heading, h("p", { class: "note" }, "No candidate yet."), ...[parameters(target)].filter(Boolean));
      return;
    }
    this.body.replaceChildren(this.overview(heading), this.table(), ...this.candidate(), ...[parameters(target)].filter(Boolean));
  }

  overview(heading) {
    const { result, target, state, width } = this;
    const plotWidth = width > oneColumn - 48 ? width - sideWidth - sideGap : width;
    return h("div", {},
      h("div", { class: "heading" }, heading,
        this.floor !== null && choice("Range of accuracy", [[true, "near float"], [false, "all"]], state.close, (close) => this.change({ close }, '.heading [aria-pressed="true"]'))),
      h("div", { class: "two" },
        pareto(result, target, { width: plotWidth, selected: state.selected, floor: state.close ? this.floor : null, onselect: (id) => this.select(id, ".point") }),
        detail(result, target, this.selected)));
  }

  table() {
    const { target, state } = this;
    return h("div", { class: "block" }, h("h3", {}, "All candidates"),
      candidateTable(target, { selected: state.selected, sort: state.sort, onselect: (id) => this.select(id, "tr"),
                               onsort: (sort) => this.change({ sort }, "th[aria-sort] button") }));
  }

  candidate() {
    const { result, target, state, selected, width } = this;
    const { baseline } = target;
    const against = baseline && baseline !== selected ? ", against 8 bit" : "";
    const modes = [["against", against ? "against 8 bit" : "cycles"], ["causes", "where they go"]];
    return [
      h("div", { class: "block" },
        h("div", { class: "heading" }, h("h3", {}, `${selected.label} layer by layer`),
          selected.causes && choice("Bars show", modes, state.mode, (mode) => this.change({ mode }, '.block .heading [aria-pressed="true"]'))),
        layerFigure(result, selected, baseline, { width, mode: selected.causes ? state.mode : "against" }),
        h("details", {}, h("summary", {}, `All ${result.layers.length} layers in numbers`),
          h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Layers in numbers" }, layerTable(result, selected, baseline)))),
      h("div", { class: "block" }, h("h3", {}, `Where the cycles of ${selected.label} go${against}`), breakdown(selected, baseline, width)),
      ...[files(selected)].filter(Boolean),
    ];
  }
}

function start() {
  const result = resultModel(JSON.parse(document.getElementById("result").textContent));
  const page = document.getElementById("page");
  document.title = `${result.network}, ${result.dataset}: freebits report`;
  const panels = result.targets.map((target, i) => new Panel(result, target, i));
  const tabs = h("div", {});
  const show = (current) => {
    tabs.replaceChildren(...(panels.length > 0 ? [cards(result, current, pick)] : []));
    panels.forEach((panel, i) => (panel.element.hidden = i !== current));
  };
  const pick = (i) => {
    show(i);
    document.getElementById(`tab-${i}`).focus();
  };
  show(0);
  page.replaceChildren(title(result), h("main", {}, summary(result), tabs, panels.map((panel) => panel.element), origin(result)),
    h("footer", {}, `Written by freebits ${result.raw.freebits?.version ?? ""}. Charts: Observable Plot (ISC licence). This page loads nothing from any network.`));

  const inner = () => {
    const style = getComputedStyle(page);
    return Math.max(leastWidth, page.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
  };
  const draw = (width) => panels.forEach((panel) => (panel.width === undefined ? panel.draw(width) : ((panel.width = width), panel.change({}))));
  let drawn = inner();
  draw(drawn);
  let printing = false;
  new ResizeObserver(() => {
    if (printing || inner() === drawn) return;
    drawn = inner();
    draw(drawn);
  }).observe(page);

  let closed = [];
  addEventListener("beforeprint", () => {
    printing = true;
    draw(printWidth);
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const element of closed) element.open = true;
  });
  addEventListener("afterprint", () => {
    for (const element of closed) element.open = false;
    printing = false;
    draw(drawn);
  });
}

start();
