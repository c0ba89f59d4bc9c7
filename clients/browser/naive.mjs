// Reads a stream in a page of another origin the way front-end code is often written: each read is
// decoded by itself and split at newlines, each line behind "data: " is parsed. Nothing is carried
// over from one read to the next, so an event cut in two breaks it.
//
// Usage: node naive.mjs, with CHROMIUM (the browser) and TAYYAR_TEST_NODE_DIR (the folder that
// holds node_modules). Each line of standard input is a JSON object: base, key, model, text. Each
// line of standard output is what the page saw: text, reads, events, requestId, finished, error, and
// the version of HTTP. TAYYAR_TEST_SPKI is the hash of a key that the browser shall trust.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.env.TAYYAR_TEST_NODE_DIR, "package.json"));
const { chromium } = require("playwright-core");

// Runs in the page.
async function readNaively({ base, key, model, text }) {
  const seen = { text: "", reads: 0, events: 0, requestId: "", finished: false, error: "" };
  try {
    const answer = await fetch(`${base}/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: text }] }),
    });
    seen.status = answer.status;
    seen.requestId = answer.headers.get("X-Request-Id") ?? "";
    const reader = answer.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      seen.reads += 1;
      for (const line of new TextDecoder().decode(read.value).split("\n")) {
        if (!line.startsWith("data: ")) continue;
        const data = line.slice("data: ".length);
        if (data === "[DONE]") {
          seen.finished = true;
          continue;
        }
        seen.events += 1;
        seen.text += JSON.parse(data).choices[0]?.delta?.content ?? "";
      }
    }
  } catch (error) {
    seen.error = String(error);
  }
  return seen;
}

const elsewhere = createServer((_, answer) => {
  answer.setHeader("Content-Type", "text/html; charset=utf-8");
  answer.end("<!doctype html><title>elsewhere</title>");
});
await new Promise((listening) => elsewhere.listen(0, "127.0.0.1", listening));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    `--ignore-certificate-errors-spki-list=${process.env.TAYYAR_TEST_SPKI ?? ""}`,
  ],
});
try {
  const page = await browser.newPage();
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Network.enable");
  let version = "";
  protocol.on("Network.responseReceived", ({ response }) => {
    if (response.url.endsWith("/chat/completions")) version = response.protocol;
  });
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
  for await (const line of createInterface({ input: process.stdin })) {
    const seen = await page.evaluate(readNaively, JSON.parse(line));
    console.log(JSON.stringify({ ...seen, version }));
  }
} finally {
  await browser.close();
  elsewhere.close();
}
