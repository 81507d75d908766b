// SPDX-License-Identifier: Apache-2.0
// What one reads first: what was searched, what came out, in words and in three large figures.
import { h } from "./dom.js";
import * as format from "./format.js";

export function title(result) {
  const { raw } = result;
  const [name, options] = result.network.split(/:(.*)/s);
  return h("header", {},
    h("p", { class: "eyebrow" }, "freebits search"),
    h("h1", {}, name.split("/").at(-1)),
    h("div", { class: "meta" },
      [options?.split(",").map((option) => option.replace("=", " ")).join(", "), `data set ${result.dataset}`, raw.date, `freebits ${raw.freebits?.version}`]
        .filter(Boolean).map((text) => h("span", {}, text))),
    raw.finished === false && h("p", { class: "banner", role: "status" },
      `Not finished${raw.stage ? `: stopped at ${raw.stage}` : ""}. What follows is what was done by then; the same command goes on from there.`));
}

const several = (candidates) => `${candidates.length} ${candidates.length === 1 ? "candidate" : "candidates"}`;

function sentence(result, target) {
  const { chosen, baseline, reduction, drop } = target;
  const on = ["On ", h("strong", {}, target.name), ": "];
  if (target.candidates.length === 0) return [on, "no candidate yet."];
  if (!chosen) {
    const none = result.maxDrop !== null && target.candidates.every((c) => c.drop !== null && c.drop > result.maxDrop / 100);
    return [on, none ? `none of ${several(target.candidates)} is within ${result.maxDrop} points of float; nothing chosen.`
      : `nothing chosen yet; ${several(target.candidates)} so far.`];
  }
  const name = h("strong", {}, chosen.label);
  const accuracy = drop === null ? `accuracy ${format.accuracy(chosen.accuracy, 1)}` : format.underFloat(drop);
  if (chosen === baseline) return [on, "nothing is faster than 8 bit at so small a drop; chosen: ", name, `, ${accuracy}, ${format.count(chosen.cycles)} cycles.`];
  if (reduction === null) return [on, `${format.count(chosen.cycles)} cycles, ${accuracy}; chosen: `, name, ". There is no 8-bit network to compare with."];
  return [on, h("strong", {}, `${format.fewerCycles(-reduction)} than 8 bit`), `, ${accuracy}; chosen: `, name, "."];
}

export const summary = (result) => h("ul", { class: "summary", "aria-label": "Summary" },
  result.targets.length === 0 ? h("li", {}, "No target has been searched yet.") : result.targets.map((target) => h("li", {}, sentence(result, target))));

function card(target) {
  const { chosen, reduction, drop } = target;
  const big = reduction !== null ? [format.change(-reduction), " ", h("small", {}, "cycles against 8 bit")]
    : chosen ? [format.short(chosen.cycles), " ", h("small", {}, "cycles")] : ["–"];
  const time = chosen && typeof chosen.milliseconds === "number" ? `, ${format.milliseconds(chosen.milliseconds)} an inference` : "";
  return [
    h("b", {}, target.name), h("span", { class: "big" }, big),
    h("span", { class: "line" }, chosen ? `${chosen.label}${time}` : `${several(target.candidates)}, none chosen`),
    chosen && h("span", { class: "line" }, drop !== null ? format.underFloat(drop) : `accuracy ${format.accuracy(chosen.accuracy, 1)}`),
  ];
}

/// Tabs, one a target. onpick(index).
export function cards(result, current, onpick) {
  const tabs = result.targets.map((target, i) => h("button", {
    type: "button", class: "card", role: "tab", id: `tab-${i}`, "aria-controls": `panel-${i}`, "aria-selected": String(i === current), tabindex: i === current ? "0" : "-1",
    onclick: () => onpick(i),
    onkeydown: (event) => {
      const to = { ArrowRight: i + 1, ArrowDown: i + 1, ArrowLeft: i - 1, ArrowUp: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = (to + tabs.length) % tabs.length;
      onpick(next);
      tabs[next].focus();
    },
  }, card(target)));
  return h("div", { class: "cards", role: "tablist", "aria-label": "Targets" }, tabs);
}
