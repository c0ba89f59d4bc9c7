// The browser, the page and what a person does with it: the words of playground.mjs.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

const [base, given] = process.argv.slice(2);
if (!given) {
  console.error("usage: node playground.mjs BASE_URL API_KEY");
  process.exit(2);
}
export const key = given;
export const home = base.endsWith("/") ? base : `${base}/`;
const { chromium } = playwright();
const WAIT_MS = 30_000;
export const CHAT = "**/v1/chat/completions";

function playwright() {
  const named = (process.env.NODE_PATH ?? "").split(delimiter).filter(Boolean);
  const folders = [
    process.env.TAYYAR_TEST_NODE_DIR,
    ...named.map((one) => join(one, "..")),
    process.cwd(),
  ];
  for (const folder of folders.filter(Boolean)) {
    try {
      return createRequire(join(folder, "package.json"))("playwright-core");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error("playwright-core is not installed: npm install playwright-core");
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});
let failed = 0;
// A wait that nobody came to ask about, because its check had failed before.
process.on("unhandledRejection", (error) => {
  if (error.name !== "TimeoutError" && !/closed/.test(error.message)) throw error;
});

/** Runs one check on a fresh page whose complaints on the console count as failures. */
export async function check(name, settings, steps) {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1200, height: 800 },
    ...settings,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // A refused or broken request is logged by the browser itself; those are asked for below.
    const expected = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !expected) complaints.push(message.text());
  });
  page.on("response", (response) => {
    const chat = response.url().endsWith("/chat/completions");
    if (response.status() >= 400 && !chat)
      complaints.push(`${response.status()} ${response.url()}`);
  });
  try {
    if (settings.key !== null) await open(page, settings.key ?? key);
    await steps(page);
    assert.deepEqual(complaints, [], "the console stays quiet");
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}: ${String(error.message).split("\n").slice(0, 12).join(" | ")}`);
  } finally {
    await context.close();
  }
}

export async function open(page, withKey) {
  await page.goto(withKey ? `${home}#key=${withKey}` : home);
  await page.waitForSelector("#model option", { state: "attached" });
}

export async function ask(page, text) {
  await page.fill("#draft", text);
  await page.press("#draft", "Enter");
}

export const answerIn = (page, state) =>
  page.waitForSelector(`.answer:last-child[data-state=${state}]`);
export const lastText = (page) => page.locator(".answer:last-child .words.prose").innerText();
export const focused = (page) => page.evaluate(() => document.activeElement.id);

/** Puts a stream of these deltas (and whatever else) in the place of the server's answer. */
export async function instead(
  page,
  deltas,
  tail = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
) {
  const chunks = deltas.map(
    (content) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
  );
  await page.route(CHAT, (route) =>
    route.fulfill({
      status: 200,
      headers: { "Content-Type": "text/event-stream", "X-Request-Id": "req-scripted" },
      body: chunks.join("") + tail,
    }),
  );
}

/** Says how it went and ends the process. */
export async function finish() {
  await browser.close();
  console.log(failed === 0 ? "all checks passed" : `${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
