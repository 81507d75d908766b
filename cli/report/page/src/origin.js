// SPDX-License-Identifier: Apache-2.0
// Where the numbers come from and how to get them again.
import { h, terms } from "./dom.js";
import * as format from "./format.js";

/// Puts the text on the clipboard; where that is not allowed, selects it.
async function copy(text, element, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(element);
    button.textContent = "Selected";
  }
}

const code = (text) => (text === undefined || text === null ? null : h("code", {}, String(text)));

/// Nested objects of parameters as pairs "l2.bytes", value.
function flat(object, prefix = "") {
  return Object.entries(object).flatMap(([name, value]) =>
    value !== null && typeof value === "object" ? flat(value, `${prefix}${name}.`) : [[prefix + name.replaceAll("_", " "), String(value)]]);
}

export function origin(result) {
  const { raw } = result;
  const command = h("pre", { class: "command", tabindex: "0", "aria-label": "Command" }, String(raw.command ?? ""));
  const button = h("button", { type: "button", class: "plain", onclick: () => copy(command.textContent, command, button) }, "Copy");
  return h("section", { class: "block", "aria-labelledby": "origin" },
    h("div", { class: "heading" }, h("h2", { id: "origin" }, "Reproduce"), raw.command && button),
    h("p", { class: "note" }, "The same command, version, seed and number of threads give the same numbers, on the same kind of machine bit for bit."),
    raw.command && command,
    h("div", { class: "origin" },
      terms("facts", [
        ["freebits", raw.freebits?.version], ["git", code(raw.freebits?.git)], ["RTL", code(raw.rtl_hash)], ["kernels", code(raw.sw_hash)],
        ["seed", raw.seed === undefined ? null : String(raw.seed)], ["ran for", format.seconds(raw.wall_seconds)],
        ["schema", `${raw.schema.name} ${raw.schema.version}`],
      ]),
      terms("facts", [
        ["network", result.network], ["data set", result.dataset], ["layers", String(result.layers.length)], ["multiply-accumulates", format.count(raw.macs)],
        ["float accuracy", format.accuracy(result.float)], ["allowed drop", result.maxDrop === null ? null : `${result.maxDrop} points`],
        ...result.targets.map((target) => [`target ${target.name}`, code(target.parameters.hash)]),
      ])));
}

export const parameters = (target) => {
  const pairs = flat(target.parameters);
  return pairs.length > 0 && h("details", {}, h("summary", {}, `Parameters of ${target.name}`), h("div", { class: "origin" }, terms("facts", pairs)));
};

export const files = (candidate) => {
  const pairs = Object.entries(candidate.files ?? {}).map(([name, file]) => [name.replaceAll("_", " "), code(file)]);
  return pairs.length > 0 && h("details", {}, h("summary", {}, `Files of ${candidate.label}`), h("div", { class: "origin" }, terms("facts", pairs)));
};
