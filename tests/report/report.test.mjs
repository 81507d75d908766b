// SPDX-License-Identifier: Apache-2.0
// The page of `freebits report` in Chromium. ctest sets FREEBITS_PROGRAM, CHROMIUM, PACKAGES (where npm ci ran), OUT (for screenshots).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { result } from "./fixture.mjs";
import { variants } from "./variants.mjs";

const { FREEBITS_PROGRAM, CHROMIUM, PACKAGES, OUT } = process.env;
const puppeteer = createRequire(join(PACKAGES, "package.json"))("puppeteer-core");
const axe = readFileSync(join(PACKAGES, "node_modules", "axe-core", "axe.min.js"), "utf8");
const seed = Number(process.env.SEED ?? 7);
const shots = join(OUT, "screenshots");
let folder, browser;

before(async () => {
  console.log(`seed ${seed}; screenshots in ${shots}`);
  mkdirSync(shots, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), "freebits-report-"));
  browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const freebits = (...args) => spawnSync(FREEBITS_PROGRAM, args, { encoding: "utf8", maxBuffer: 1 << 26 });

function write(name, document) {
  const file = join(folder, name);
  writeFileSync(file, typeof document === "string" ? document : JSON.stringify(document));
  return file;
}

/// The file of the page that the program makes of a result.
function pageOf(name, document) {
  const out = join(folder, `${name}.html`);
  const { status, stderr } = freebits("report", write(`${name}.json`, document), "--out", out);
  assert.equal(status, 0, stderr);
  return out;
}

/// Opens a page; `complaints` gathers what it says on the console and asks of a network.
async function open(file, { width = 1280, dark = false, scale = 1 } = {}) {
  const page = await browser.newPage();
  page.complaints = [];
  page.on("console", (message) => page.complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => page.complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href && !request.url().startsWith("data:")) page.complaints.push(`request: ${request.url()}`);
  });
  page.setDefaultTimeout(0);  // machines may be busy; ctest ends a test that hangs
  await page.setViewport({ width, height: 900, deviceScaleFactor: scale });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(pathToFileURL(file).href);
  return page;
}

const inPage = (page) => page.evaluate(() => ({
  overflow: document.documentElement.scrollWidth - innerWidth,
  panels: [...document.querySelectorAll(".panel")].map((panel) => ({
    points: [...panel.querySelectorAll(".point")].map((point) => point.dataset.id).sort(),
    rows: panel.querySelectorAll(".candidates tbody tr").length,
    bars: panel.querySelectorAll(".layers [aria-label=bar] rect").length,
    shown: panel.getClientRects().length > 0,
  })),
  background: getComputedStyle(document.body).backgroundColor,
  nameless: [...document.querySelectorAll("button, [role=button], [role=region], [role=group], table")]
    .filter((element) => !(element.getAttribute("aria-label") || element.textContent.trim())).length,
  text: document.body.innerText,
}));

const selectedIn = (page) => page.evaluate(() => {
  const panel = document.querySelector(".panel:not([hidden])");
  return {
    heading: panel.querySelector(".side h3").textContent,
    rows: [...panel.querySelectorAll('tr[data-selected]')].map((row) => row.dataset.id),
    points: [...panel.querySelectorAll('.point[aria-pressed="true"]')].map((point) => point.dataset.id),
    said: panel.querySelector('[role="status"]').textContent,
  };
});

for (const [width, dark] of [[1280, false], [1280, true], [360, false], [360, true]]) {
  test(`At ${width} px in the ${dark ? "dark" : "light"} everything stands, nothing overflows, nothing is loaded`, async () => {
    const document = result(seed);
    const page = await open(pageOf("whole", document), { width, dark, scale: width < 500 ? 2 : 1 });
    const seen = await inPage(page);
    assert.deepEqual(page.complaints, []);
    assert.ok(seen.overflow <= 0, `${seen.overflow} px too wide`);
    assert.equal(seen.nameless, 0);
    seen.panels.forEach((panel, i) => {
      assert.deepEqual(panel.points, document.targets[i].candidates.map((c) => c.id).sort());
      assert.equal(panel.rows, 25);
      assert.ok(panel.bars >= 2 * document.layers.length);
      assert.equal(panel.shown, i === 0);
    });
    const channels = seen.background.match(/\d+/g).slice(0, 3).map(Number);
    assert.ok(dark ? Math.max(...channels) < 60 : Math.min(...channels) > 230, seen.background);
    await page.screenshot({ path: join(shots, `${width}-${dark ? "dark" : "light"}.png`), fullPage: true });
    await page.close();
  });
}

for (const [width, dark, kind] of [[1280, false, "a whole"], [360, true, "an unfinished"]]) {
  test(`At ${width} px in the ${dark ? "dark" : "light"} axe finds nothing against accessibility in ${kind} result`, async () => {
    const document = kind === "a whole" ? result(seed) : variants["an interrupted search"](seed);
    const page = await open(pageOf("axe", document), { width, dark });
    await page.$$eval("details", (all) => all.forEach((element) => (element.open = true)));
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`), []);
    assert.ok(passes.length > 20);
    await page.close();
  });
}

test("The summary says what was chosen and what it gains", async () => {
  const document = result(seed);
  const page = await open(pageOf("summary", document));
  const items = await page.$$eval(".summary li", (list) => list.map((item) => item.textContent.replaceAll("\u202f", " ")));
  document.targets.forEach((target, i) => {
    const chosen = target.candidates.find((c) => c.id === target.chosen);
    const gain = 100 * target.latency_reduction_vs_8bit;
    const drop = (100 * target.accuracy_drop_vs_float).toFixed(1);
    assert.equal(items[i], `On ${target.name}: ${gain.toFixed(gain < 9.95 ? 1 : 0)} % fewer cycles than 8 bit, ` +
      `${/^-?0.0$/.test(drop) ? "as accurate as float" : `${drop} points under float`}; chosen: ${chosen.label}.`);
  });
  await page.close();
});

const legendOf = (page) => page.$$eval(".panel:not([hidden]) .pareto .legend li", (list) => list.map((item) => [item.textContent, item.title]));

test("A result of an earlier version is shown with the methods' names of today", async () => {
  const document = result(seed);
  assert.equal(document.methods, undefined);
  assert.ok(document.targets[0].candidates.some((c) => c.method === "free_bits"));
  const page = await open(pageOf("old-names", document));
  assert.deepEqual((await legendOf(page)).map(([name]) => name), ["uniform", "bop", "freebits", "latency", "exact", "sensitivity"]);
  await page.close();
});

test("Methods have the names and descriptions of the result, each a marker and a colour of its own", async () => {
  const document = result(seed);
  const names = [...new Set(document.targets.flatMap((target) => target.candidates.map((c) => c.method)))];
  document.methods = names.map((name, i) => ({ name, description: `way ${i}`, baseline: name === "uniform" }));
  const page = await open(pageOf("new-names", document));
  assert.deepEqual(await legendOf(page), names.map((name, i) => [name, `way ${i}`]));
  const looks = await page.$$eval(".panel:not([hidden]) .pareto .legend path", (paths) => paths.map((path) => path.getAttribute("d") + path.getAttribute("stroke")));
  assert.equal(new Set(looks).size, names.length);
  assert.ok(looks.every((look) => !look.includes("--m-other")));
  await page.close();
});

test("A click on a point, a key on a point and a click on a row select", async () => {
  const document = result(seed);
  const page = await open(pageOf("select", document));
  const [, second] = document.targets[0].candidates;
  const place = await page.$eval(`.point[data-id="${second.id}"]`, (point) => {
    point.scrollIntoView({ block: "center" });
    const { x, y, width, height } = point.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });
  await page.mouse.move(place.x, place.y);
  const tip = await page.$eval(".panel:not([hidden]) .pareto .tip", (element) => (element.hidden ? "" : element.innerText));
  for (const part of ["4 bit", "accuracy", "against 8 bit", "measured", "29 × 4 bit"]) assert.ok(tip.includes(part), `${part} in: ${tip}`);
  await page.mouse.click(place.x, place.y);
  let selected = await selectedIn(page);
  assert.deepEqual([selected.heading, selected.rows, selected.points], ["4 bit", [second.id], [second.id]]);
  assert.match(selected.said, /^Selected 4 bit: .* cycles/);
  assert.match(await page.$eval(".panel:not([hidden]) .layers .legend", (list) => list.textContent), /cycles, 4 bit/);

  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  selected = await selectedIn(page);
  const cycles = (c) => c.cycles_measured ?? c.cycles_table;
  const faster = document.targets[0].candidates.filter((c) => cycles(c) < cycles(second)).sort((a, b) => cycles(b) - cycles(a))[0];
  assert.deepEqual(selected.points, [faster.id]);

  await page.click('.panel:not([hidden]) tr[data-id="exact-0.8"] td');
  selected = await selectedIn(page);
  assert.deepEqual([selected.rows, selected.points], [["exact-0.8"], ["exact-0.8"]]);
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("A tap selects and tells on a phone", async () => {
  const page = await open(pageOf("tap", result(seed)), { width: 360 });
  const place = await page.$eval('.point[data-id="bop-0.3"]', (point) => {
    point.scrollIntoView({ block: "center" });
    const { x, y, width, height } = point.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });
  await page.touchscreen.tap(place.x, place.y);
  assert.deepEqual((await selectedIn(page)).points, ["bop-0.3"]);
  assert.ok(await page.$eval(".panel:not([hidden]) .pareto .tip", (tip) => !tip.hidden && tip.textContent.includes("bop 0.3")));
  await page.close();
});

test("The table sorts by the column asked for, missing values last", async () => {
  const document = result(seed);
  const page = await open(pageOf("sort", document));
  const press = (name) => page.evaluate((text) =>
    [...document.querySelectorAll(".panel:not([hidden]) .candidates thead button")].find((b) => b.textContent === text).click(), name);
  const column = () => page.$$eval(".panel:not([hidden]) .candidates tbody tr", (rows) => rows.map((row) => row.dataset.id));
  const candidates = document.targets[0].candidates;
  await press("accuracy");
  const best = candidates.reduce((a, b) => (b.accuracy_integer > a.accuracy_integer ? b : a));
  assert.equal((await column())[0], best.id);
  await press("measured");
  const missing = candidates.filter((c) => c.cycles_measured === null).length;
  const last = (await column()).slice(-missing);
  assert.ok(missing > 0 && last.every((id) => candidates.find((c) => c.id === id).cycles_measured === null));
  await press("measured");
  assert.ok((await column()).slice(-missing).every((id) => candidates.find((c) => c.id === id).cycles_measured === null));
  assert.equal(await page.$eval(".panel:not([hidden]) th[aria-sort]", (th) => th.textContent + th.getAttribute("aria-sort")), "measureddescending");
  await page.close();
});

test("Tabs go from target to target, by pointer and by key", async () => {
  const page = await open(pageOf("tabs", result(seed)));
  const shown = () => page.$$eval(".panel", (panels) => panels.map((panel) => !panel.hidden));
  await page.click("#tab-1");
  assert.deepEqual(await shown(), [false, true, false]);
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await shown(), [false, false, true]);
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-2");
  await page.close();
});

test("In print every target is there, in ink on paper, tables whole", async () => {
  const page = await open(pageOf("print", result(seed)), { dark: true });
  const pdf = await page.pdf({ path: join(shots, "print.pdf"), preferCSSPageSize: true, printBackground: true });
  assert.equal(Buffer.from(pdf.slice(0, 5)).toString(), "%PDF-");
  await page.emulateMediaType("print");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const seen = await inPage(page);
  assert.deepEqual(seen.panels.map((panel) => panel.shown), [true, true, true]);
  assert.equal(seen.background, "rgb(255, 255, 255)");
  assert.ok(await page.$$eval("details", (all) => all.length > 0 && all.every((element) => element.open)));
  assert.ok(await page.$$eval(".scroll", (all) => all.every((element) => element.scrollHeight <= element.clientHeight + 1)));
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.ok(await page.$$eval("details", (all) => all.every((element) => !element.open)));
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("Text has at least 4.5 to 1 contrast, markers and bars 3 to 1, in the light and in the dark", async () => {
  for (const dark of [false, true]) {
    const page = await open(pageOf("contrast", result(seed)), { dark });
    const colors = await page.evaluate(() => Object.fromEntries(
      [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule.selectorText === ":root")
        .flatMap((rule) => [...rule.style]).map((name) => [name, getComputedStyle(document.documentElement).getPropertyValue(name).trim()])));
    const luminance = (hex) => {
      const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
    for (const name of ["--ink", "--soft", "--faint", "--accent"]) {
      for (const ground of ["--paper", "--raised"]) assert.ok(contrast(colors[name], colors[ground]) >= 4.5, `${name} on ${ground}, ${contrast(colors[name], colors[ground])}`);
    }
    assert.ok(contrast(colors["--warn"], colors["--warn-soft"]) >= 4.5);
    for (const bits of [8, 4, 2]) assert.ok(contrast(colors[`--b${bits}-ink`], colors[`--b${bits}`]) >= 4.5, `${bits} bit`);
    for (const name of Object.keys(colors).filter((key) => key.startsWith("--m-"))) assert.ok(contrast(colors[name], colors["--paper"]) >= 3, name);
    await page.close();
  }
});

for (const [name, make] of Object.entries(variants)) {
  test(`A result with ${name} is shown`, async () => {
    const document = make(seed);
    const file = pageOf(name.replaceAll(" ", "-"), document);
    for (const width of [360, 1280]) {
      const page = await open(file, { width });
      const seen = await inPage(page);
      assert.deepEqual(page.complaints, []);
      assert.ok(seen.overflow <= 0, `${seen.overflow} px too wide at ${width}`);
      assert.equal(await page.evaluate(() => window.broken), undefined);
      assert.equal(await page.$$eval("img, #page script, #page b b", (all) => all.length), 0);
      assert.equal(seen.panels.length, document.targets.length);
      document.targets.forEach((target, i) => {
        const complete = target.candidates.filter((c) => c.accuracy_integer !== null);
        assert.deepEqual(seen.panels[i].points, complete.map((c) => c.id).sort());
        assert.equal(seen.panels[i].rows, target.candidates.length);
      });
      assert.doesNotMatch(seen.text, /NaN|undefined|null|Infinity|\[object/);
      if (document.finished === false) assert.ok(seen.text.includes("Not finished: stopped at"));
      // Whatever is selected can be shown.
      for (const id of (document.targets[0]?.candidates ?? []).slice(0, 6).map((c) => c.id)) {
        await page.evaluate((of) => document.querySelector(`tr[data-id="${CSS.escape(of)}"]`).click(), id);
        assert.deepEqual((await selectedIn(page)).rows, [id]);
      }
      assert.deepEqual(page.complaints, []);
      await page.screenshot({ path: join(shots, `${name.replaceAll(" ", "-")}-${width}.png`), fullPage: true });
      await page.close();
    }
  });
}

test("The command takes a folder or a file, and writes beside it or where it is told", () => {
  const place = join(folder, "a folder");
  mkdirSync(place);
  writeFileSync(join(place, "result.json"), JSON.stringify(result(seed)));
  const { status, stdout } = freebits("report", place);
  assert.equal(status, 0);
  assert.match(stdout, /report\.html: \d+ KiB\n$/);
  const page = readFileSync(join(place, "report.html"), "utf8");
  assert.equal(freebits("report", join(place, "result.json"), "--out", "-").stdout, page);
});

test("A result without a date has that of its file", async () => {
  const document = result(seed);
  delete document.date;
  const page = await open(pageOf("undated", document));
  assert.ok((await inPage(page)).text.includes(new Date().toISOString().slice(0, 10)));
  await page.close();
});

test("What is no result is refused in one line, and nothing is written", () => {
  mkdirSync(join(folder, "empty"));
  const old = result(seed);
  old.schema.version = 9;
  const incomplete = result(seed);
  delete incomplete.targets[1].candidates[2].bits;
  const cases = [
    [join(folder, "nowhere"), "there is no such file"],
    [join(folder, "empty"), "has no result.json"],
    [write("text.json", "{\"schema\": "), "text.json: not JSON: line 1"],
    [write("none.json", ""), "none.json: not JSON: line 1"],
    [write("old.json", old), "schema.version: is 9; expected 1"],
    [write("part.json", incomplete), "targets[1].candidates[2].bits: missing"],
  ];
  const out = join(folder, "refused.html");
  for (const [input, message] of cases) {
    const { status, stderr } = freebits("report", input, "--out", out);
    assert.equal(status, 2, stderr);
    assert.ok(stderr.includes(message), stderr);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
    assert.ok(!existsSync(out));
  }
});
