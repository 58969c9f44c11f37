// SPDX-License-Identifier: MIT
//
// An HTML report in a real browser: nothing on the console, no request, no element that the report did not mean, its
// details open from the keyboard, links lead to what they say, every way to look at it fits. With SHOTS set to a folder,
// screenshots go there. Exit status 77 where browser or playwright-core is missing (npm install playwright-core; NODE_PATH
// may name the folder of modules).
//   node browser.mjs REPORT.html
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

const browserPath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
if (!browserPath) skip("there is no chromium");
let chromium;
try {
  ({ chromium } = createRequire(import.meta.url)("playwright-core"));
} catch {
  skip("there is no playwright-core");
}

const url = `file://${resolve(process.argv[2])}`;
const allowed = new Set(("html br head meta link title style body a header h1 h2 h3 h4 span p strong b ul li main section " +
  "details summary div code pre mark article dl dt dd svg path text table thead tbody tr th td caption").split(" "));
let failures = 0;
function check(holds, what) {
  if (holds) return;
  console.error(`not so: ${what}`);
  failures++;
}

async function look(page, what) {
  const wrong = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth > window.innerWidth,
    nameless: [...document.querySelectorAll("svg, [role=region]")].filter((e) => !e.getAttribute("aria-label")).length,
    links: [...document.querySelectorAll("a[href]")].filter((a) =>
      !a.getAttribute("href").startsWith("#") ||
      !document.getElementById(decodeURIComponent(a.getAttribute("href").slice(1)))).length,
    twice: [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i),
  }));
  check(!wrong.width, `${what}: the page is wider than its window`);
  check(wrong.nameless === 0, `${what}: something has no accessible name`);
  check(wrong.links === 0, `${what}: ${wrong.links} links lead nowhere`);
  check(wrong.twice.length === 0, `${what}: twice the same id: ${wrong.twice}`);
}

async function openByKey(page) {
  const summary = page.locator("details.card:not([open]) > summary").first();
  const name = await summary.innerText();
  await summary.focus();
  await page.keyboard.press("Enter");
  check(await page.locator("details.card[open] > summary").first().innerText() === name, "Enter opens details");
}

async function followToMessage(page) {
  const link = page.locator("#bad + ul a").first();
  if (!(await link.count())) return;
  await page.evaluate(() => document.querySelectorAll("details.card[open]").forEach((d) => { d.open = false; }));
  const id = (await link.getAttribute("href")).slice(1);
  await link.click();
  const target = page.locator(`[id="${id}"]`);
  check(await target.evaluate((e) => { e.open = true; return e.tagName; }) === "DETAILS", "a link leads to a requirement");
  check(await target.locator(".finding").first().isVisible(), "an open requirement shows a finding");
  if (await target.locator("pre").count()) check(await target.locator("pre").first().isVisible(), "and its message");
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1024, 1440]) {
    const what = `${width} px, ${colorScheme}`;
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.on("console", (message) => check(false, `${what}: console: ${message.text()}`));
    page.on("pageerror", (error) => check(false, `${what}: ${error}`));
    page.on("dialog", () => check(false, `${what}: a dialog`));
    page.on("request", (request) => check(request.url().split("#")[0] === url || request.url() === "data:,",
      `${what}: asks for ${request.url()}`));
    await page.goto(url);
    const tags = await page.evaluate(() => [...new Set([...document.querySelectorAll("*")].map((e) => e.localName))]);
    check(tags.every((tag) => allowed.has(tag)), `${what}: elements ${tags.filter((tag) => !allowed.has(tag))}`);
    await look(page, what);
    await openByKey(page);
    await followToMessage(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${width}-${colorScheme}-finding.png` });
    await page.evaluate(() => document.querySelectorAll("details").forEach((d, i) => { d.open = i % 3 === 0; }));
    await look(page, `${what}, opened`);
    if (process.env.SHOTS) {
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.screenshot({ path: `${process.env.SHOTS}/${width}-${colorScheme}-top.png` });
      const ladder = page.locator("svg").first();
      if (await ladder.count()) {
        await ladder.evaluate((e) => { e.closest("details").open = true; e.scrollIntoView(); });
        await page.screenshot({ path: `${process.env.SHOTS}/${width}-${colorScheme}-ladder.png` });
      }
    }
    await page.close();
  }
}
const page = await browser.newPage();
await page.goto(url);
const pdf = await page.pdf();
check(pdf.length > 1000, "it prints");
await browser.close();
process.exit(failures ? 1 : 0);
