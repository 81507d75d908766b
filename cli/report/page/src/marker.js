// SPDX-License-Identifier: Apache-2.0
// The marker of a method beside text, drawn as the plot draws it.
import { symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye, symbol } from "d3-shape";

import { svg } from "./dom.js";
import { methodOf } from "./model.js";

const shapes = { circle: symbolCircle, cross: symbolCross, diamond: symbolDiamond, square: symbolSquare, star: symbolStar,
                 triangle: symbolTriangle, wye: symbolWye };

export function marker(method, hollow = false) {
  const { symbol: shape, color } = methodOf(method);
  return svg("svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" },
    svg("path", { d: symbol(shapes[shape], 62)(), fill: hollow ? "none" : color, stroke: color, "stroke-width": 1.5 }));
}
