// Reads the documentation as a person does, in a real browser, against a running server.
//
// Usage: node docs.mjs BASE_URL API_KEY, as for playground.mjs.
import assert from "node:assert/strict";

import { check, finish, home } from "./page.mjs";

const shape = (page) =>
  page.evaluate(() => ({
    lang: document.documentElement.lang,
    dir: document.documentElement.dir,
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  }));
const phone = { width: 360, height: 740 };

for (const [locale, lang, dir] of [
  ["en-GB", "en", "ltr"],
  ["ar-EG", "ar", "rtl"],
]) {
  for (const viewport of [phone, { width: 1200, height: 800 }]) {
    const where = `(${locale}, ${viewport.width})`;
    await check(`the guide is in the browser's language ${where}`, {
      key: null,
      locale,
      viewport,
    }, async (page) => {
      await page.goto(`${home}docs/streaming`);
      await page.waitForSelector(".sample button");
      assert.deepEqual(await shape(page), { lang, dir, wide: false });
      await page.click("#language");
      await page.waitForSelector(`html:not([lang=${lang}]) .sample button`);
      assert.equal((await shape(page)).wide, false);
      await page.click("nav a[href='/docs']");
      await page.waitForSelector("#chat");
      assert.notEqual((await shape(page)).lang, lang, "the language chosen is remembered");
    });

    await check(`the page of the API shows all of the document ${where}`, {
      key: null,
      locale,
      viewport,
    }, async (page) => {
      await page.goto(`${home}docs#usage`);
      await page.waitForSelector("#usage");
      assert.deepEqual(await shape(page), { lang, dir, wide: false });
      const api = await page.evaluate(() => fetch("/openapi.json").then((each) => each.json()));
      const ids = Object.values(api.paths).flatMap((path) =>
        Object.values(path).map((its) => its.operationId),
      );
      for (const id of [...ids, ...Object.keys(api.components.schemas)]) {
        assert.equal(await page.locator(`article[id="${id}"]`).count(), 1, id);
      }
      assert.equal(await page.locator("main :text('undefined')").count(), 0);
      if (lang === "ar") {
        const meanings = page.locator("main td:nth-child(3)");
        assert.ok((await meanings.filter({ hasText: /\p{Script=Arabic}/u }).count()) > 100);
        assert.equal(await page.locator("main td:nth-child(3) > [lang=en]").count(), 0);
      }
      const broken = await page.evaluate(() =>
        [...document.querySelectorAll('a[href^="#"]')]
          .map((link) => link.hash.slice(1))
          .filter((id) => !document.getElementById(id)),
      );
      assert.deepEqual(broken, []);
      await page.click("#language");
      assert.notEqual((await shape(page)).dir, dir);
      assert.equal((await shape(page)).wide, false);
      await page.click("#to-guide");
      await page.waitForSelector(".sample button");
      assert.notEqual((await shape(page)).lang, lang);
    });
  }
}

await check("a sample is copied as it stands", {
  key: null,
  permissions: ["clipboard-read", "clipboard-write"],
}, async (page) => {
  await page.goto(`${home}docs/streaming/en`);
  const sample = page.locator(".sample", { has: page.locator("[data-sample='curl.sh']") });
  await sample.locator("button").click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await sample.locator("pre").textContent());
  assert.match(copied, new RegExp(`^curl -N ${home}v1/chat/completions`));
});

await finish();
