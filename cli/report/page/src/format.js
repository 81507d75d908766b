// SPDX-License-Identifier: Apache-2.0
// Numbers in words: one place decides digits, units and signs. Missing ones are a dash.

const dash = "–";
const gap = "\u202f";  // narrow, does not break
const known = (value) => typeof value === "number" && Number.isFinite(value);
const signed = (text) => text.replace("-", "−");
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export const count = (value) => (known(value) ? signed(grouped.format(value)) : dash);

/// 1234567 -> 1.23 M
export function short(value, digits = 3) {
  if (!known(value)) return dash;
  const units = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
  const [size, unit] = units.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
  const text = Number((value / size).toPrecision(digits)).toString();
  return unit ? `${text}${gap}${unit}` : text;
}

export const accuracy = (value, digits = 2) => (known(value) ? `${(100 * value).toFixed(digits)}${gap}%` : dash);

/// Of a part: 0.346 -> 35 %, 0.0346 -> 3.5 %
export function percent(value) {
  if (!known(value)) return dash;
  const digits = Math.abs(value) < 0.0995 ? 1 : 0;
  return `${signed((100 * value).toFixed(digits))}${gap}%`;
}

/// With its sign: -0.346 -> −35 %
export const change = (value) => (!known(value) ? dash : Math.abs(value) < 5e-4 ? `0${gap}%` : (value > 0 ? "+" : "") + percent(value));

/// The same for a tick: -0.07 -> −7 %
export const tick = (value) => `${value > 0 ? "+" : ""}${signed(String(Number((100 * value).toFixed(1))))}${gap}%`;

export const points = (value, digits = 2) => {
  if (!known(value)) return dash;
  const text = (100 * value).toFixed(digits);
  return signed(Number(text) === 0 ? text.replace("-", "") : text);
};

const three = (value) => (Math.abs(value) < 999.5 ? value.toPrecision(3) : grouped.format(value));

export const milliseconds = (value) => (known(value) ? `${three(value)}${gap}ms` : dash);

export function bytes(value) {
  if (!known(value)) return dash;
  if (value < 1024) return `${value}${gap}B`;
  const [size, unit] = value < 1024 * 1024 ? [1024, "KiB"] : [1024 * 1024, "MiB"];
  return `${three(value / size)}${gap}${unit}`;
}

export const seconds = (value) => {
  if (!known(value)) return null;
  if (value < 120) return `${Number(value.toPrecision(3))}${gap}s`;
  const minutes = Math.round(value / 60);
  return minutes < 120 ? `${minutes}${gap}min` : `${Math.floor(minutes / 60)}${gap}h ${minutes % 60}${gap}min`;
};

export const decimal = (value, digits = 1) => (known(value) ? value.toFixed(digits) : dash);

/// "35 % fewer cycles", "2.0 % more cycles", of a change relative to something.
export function fewerCycles(value) {
  if (Math.abs(value) < 5e-4) return "as many cycles";
  return `${percent(Math.abs(value))} ${value < 0 ? "fewer" : "more"} cycles`;
}

/// "0.4 points under float", of a drop.
export function underFloat(drop) {
  const text = points(Math.abs(drop), 1);
  if (text === "0.0") return "as accurate as float";
  return `${text} ${text === "1.0" ? "point" : "points"} ${drop > 0 ? "under" : "over"} float`;
}

/// Text of at most `length` characters.
export const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
