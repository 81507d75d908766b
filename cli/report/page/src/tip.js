// SPDX-License-Identifier: Apache-2.0
// A box beside the point or column a pointer is at.
import { h } from "./dom.js";

export class Tip {
  constructor(figure) {
    this.figure = figure;
    this.box = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    figure.append(this.box);
  }

  /// x, y: client coordinates of what it speaks of.
  show(content, x, y) {
    this.box.replaceChildren(...[content].flat());
    this.box.hidden = false;
    const frame = this.figure.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const left = x - frame.left + 14 + width <= frame.width ? x - frame.left + 14 : x - frame.left - 14 - width;
    this.box.style.left = `${Math.max(0, Math.min(left, frame.width - width))}px`;
    this.box.style.top = `${y - frame.top - height - 12 >= -40 ? y - frame.top - height - 12 : y - frame.top + 16}px`;
  }

  hide() { this.box.hidden = true; }
}

/// From client coordinates to those of an SVG's own view, and back.
export function viewOf(svg) {
  const frame = svg.getBoundingClientRect();
  const scale = frame.width / svg.viewBox.baseVal.width || 1;
  return {
    toView: (event) => [(event.clientX - frame.left) / scale, (event.clientY - frame.top) / scale],
    toClient: (x, y) => [frame.left + x * scale, frame.top + y * scale],
  };
}
