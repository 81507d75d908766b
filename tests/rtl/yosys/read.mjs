// SPDX-License-Identifier: Apache-2.0
// Yosys of npm reads RTL: node read.mjs LIST TOP [NAME=VALUE …]
//
// LIST has one source file a line, relative to its folder; NAME=VALUE are parameters of TOP; the environment's PACKAGES is the folder
// that has node_modules. Exit code 1, with what Yosys says, at the first warning or error (arrays that it turns into registers are
// neither), a latch besides the one of the clock gate, a combinational loop, or a net that nothing or two things drive. 2: wrong call.
import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [list, top, ...parameters] = process.argv.slice(2);
if (!list || !top || !process.env.PACKAGES) {
  console.error("read.mjs: expected LIST TOP [NAME=VALUE …] and PACKAGES in the environment");
  process.exit(2);
}
const { runYosys } = await import(pathToFileURL(join(process.env.PACKAGES, "node_modules/@yowasp/yosys/gen/bundle.js")));

const sources = readFileSync(list, "utf8").split("\n").filter((line) => line.endsWith(".sv"));
const files = {};
for (const source of sources) files[basename(source)] = readFileSync(resolve(dirname(list), source));

const values = parameters.map((parameter) => ` -chparam ${parameter.replace("=", " ")}`).join("");
const script = [
  `read_verilog -sv ${Object.keys(files).join(" ")}`,
  `hierarchy -check -top ${top}${values}`,
  "proc",
  "select -assert-none */t:$dlatch fb_clock_gate/* %d",
  "check -assert",
].join("; ");

const log = [];
const printLine = (line) => log.push(line);
let failed = false;
try {
  await runYosys(["-w", "Replacing memory", "-e", ".", "-p", script], files, { printLine });
} catch {
  failed = true;
}
const version = log.find((line) => line.includes("Yosys 0"))?.trim() ?? "Yosys";
if (failed) console.log(log.slice(-20).join("\n"));
console.log(`${version}: ${sources.length} files, top ${top}: ${failed ? "not accepted" : "accepted"}`);
process.exit(failed ? 1 : 0);
