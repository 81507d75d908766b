// SPDX-License-Identifier: Apache-2.0
// The marker of a method beside text, drawn as the plot draws it.
import { symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye, symbol } from "d3-shape";

import { svg } from "./dom.js";
import { methodOf } from "./model.js";

/// As Plot draws it.
const hexagon = {
  draw(context, size) {
    const width = Math.sqrt(size / Math.PI), height = (2 * width) / Math.sqrt(3);
    context.moveTo(0, height);
    for (const [x, y] of [[width, height / 2], [width, -height / 2], [0, -height], [-width, -height / 2], [-width, height / 2]]) context.lineTo(x, y);
    context.closePath();
  },
};
const shapes = { circle: symbolCircle, cross: symbolCross, diamond: symbolDiamond, square: symbolSquare, hexagon, star: symbolStar,
                 triangle: symbolTriangle, wye: symbolWye };

export function marker(method, hollow = false) {
  const { symbol: shape, color } = methodOf(method);
  return svg("svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" },
    svg("path", { d: symbol(shapes[shape], 62)(), fill: hollow ? "none" : color, stroke: color, "stroke-width": 1.5 }));
}
