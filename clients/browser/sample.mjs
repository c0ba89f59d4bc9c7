// Opens a page of the guide's, asks with the key, and prints how the answer ended and what it was.
//
// Usage: node sample.mjs PAGE, with CHROMIUM (the browser), TAYYAR_TEST_NODE_DIR (the folder that
// holds node_modules) and OPENAI_API_KEY.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.TAYYAR_TEST_NODE_DIR, "package.json"));
const { chromium } = require("playwright-core");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
try {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(process.argv[2]).href);
  await page.fill("#key", process.env.OPENAI_API_KEY);
  await page.click("form button:not([type])");
  const output = page.locator("#output[data-ended]");
  await output.waitFor({ state: "attached" });
  console.log(`${await output.getAttribute("data-ended")}: ${await output.textContent()}`);
} finally {
  await browser.close();
}
