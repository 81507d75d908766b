// SPDX-License-Identifier: Apache-2.0
// Elements out of data. Text becomes text nodes, so no name in a result is ever read as markup.

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/// Terms and what they are: pairs [term, text or element]; pairs of nothing are left out.
export const terms = (className, pairs) =>
  h("dl", { class: className }, pairs.filter(([, value]) => value !== null && value !== undefined)
    .map(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]));

/// Of a column: text is left-aligned, minor left out where there is little room.
export const classOf = ({ text, minor }) => [text && "text", minor && "minor"].filter(Boolean).join(" ") || null;

/// A table. columns: {title, text, minor}; rows: arrays of texts or elements, the first heads the row.
export function table({ caption, columns, rows, className }) {
  const cell = (value, i) => (i === 0 ? h("th", { scope: "row" }, value) : h("td", { class: classOf(columns[i]) }, value));
  return h("table", { class: className },
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col", class: classOf(column) }, column.title)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell)))));
}

/// Buttons of which one is pressed. choices: pairs [value, text].
export const choice = (label, choices, value, onchange) =>
  h("span", { class: "switch", role: "group", "aria-label": label }, choices.map(([of, text]) =>
    h("button", { type: "button", "aria-pressed": String(of === value), onclick: () => onchange(of) }, text)));
