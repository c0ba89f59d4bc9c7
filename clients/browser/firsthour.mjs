// What a person meets in the first hour with the playground: no key yet, a fallback, failures of three
// kinds, a conversation put away by mistake, tables on a phone. Usage: as playground.mjs, with a server
// that has the chat models "first" (never answers, falls back to "second"), "second" (the simulator) and
// "gone" (never answers, no fallback), and the embedding model "vec".
import assert from "node:assert/strict";

import { CHAT, answerIn, ask, check, finish, focused, home, instead, key } from "./page.mjs";

const PHONE = { width: 360, height: 740 };
const LOCALES = ["en-GB", "ar-EG"];
const TABLE = `| a | b | c | d | e | f |\n|---|---|---|---|---|---|\n| ${Array(6).fill("longish words").join(" | ")} |\n\n| النهر | المدينة |\n|---|---|\n| النيل | القاهرة |`;

const chats = (page) => {
  const sent = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/chat/completions")) sent.push(request.postDataJSON());
  });
  return sent;
};
const turns = (page) => page.locator(".question .words").allInnerTexts();
const trouble = async (page) => {
  await answerIn(page, "failed");
  return page.locator(".answer:last-child .trouble").innerText();
};

for (const viewport of [{ width: 1200, height: 800 }, PHONE]) {
  await check(
    `the first click without a key asks for one, then goes on (${viewport.width})`,
    { key: "", viewport },
    async (page) => {
      const sent = chats(page);
      await page.selectOption("#model", "second", { force: true });
      const text = await page.locator("#starters button").first().innerText();
      await page.locator("#starters button").first().click();
      assert.equal(await focused(page), "key");
      assert.match(await page.locator("#key-why").innerText(), /Enter your API key/);
      assert.match(await page.locator("#spoken").textContent(), /Enter your API key/);
      assert.deepEqual(sent, []);
      assert.equal(await page.locator(".turn").count(), 0);
      assert.equal(await page.inputValue("#draft"), text);
      await page.fill("#key", key);
      await page.press("#key", "Enter");
      await answerIn(page, "complete");
      assert.equal(sent.length, 1);
      assert.equal(sent[0].messages.at(-1).content, text);
      assert.equal(await page.inputValue("#draft"), "");
      assert.ok(await page.isHidden("#key-why"));
      await page.click("#open-settings", { timeout: 1000 }).catch(() => {});
      await page.press("#key", "Enter");
      assert.equal(await page.locator(".question").count(), 1, "sent once");
    },
  );
}

await check("a key that is not taken is put right, and the question asked again", { key: "sk-wrong" }, async (page) => {
  await page.selectOption("#model", "second");
  await ask(page, "Hello");
  assert.match(await trouble(page), /^Refused\. The server does not know this API key/);
  assert.match(await page.locator("#key-why").innerText(), /asked again/);
  await page.fill("#key", key);
  await page.press("#key", "Enter");
  await answerIn(page, "complete");
  assert.deepEqual(await turns(page), ["Hello"]);
});

await check("a key in a link is taken while the page is open", { key: "" }, async (page) => {
  await page.evaluate((one) => (location.hash = `#key=${one}`), key);
  await page.waitForFunction(() => document.getElementById("key").value !== "");
  assert.equal(await page.inputValue("#key"), key);
  assert.equal(page.url(), home);
  const asked = page.waitForEvent("dialog").then(async (dialog) => {
    await dialog.dismiss();
    return dialog.message();
  });
  await page.evaluate(() => (location.hash = "#key=sk-other-0003"));
  assert.match(await asked, /0003/);
  assert.equal(await page.inputValue("#key"), key);
  assert.equal(page.url(), home);
});

await check("models that only make vectors are not in the list", {}, async (page) => {
  assert.deepEqual(await page.locator("#model option").allInnerTexts(), ["first", "second", "gone"]);
});

for (const locale of LOCALES) {
  await check(`an answer names the model that gave it (${locale})`, { locale }, async (page) => {
    await page.selectOption("#model", "first");
    await ask(page, "Hello");
    await answerIn(page, "complete");
    const words = { "en-GB": /could not answer/, "ar-EG": /فأجاب عنه/ }[locale];
    assert.equal(await page.locator(".answer .name").innerText(), "second");
    assert.match(await page.locator(".stand").innerText(), words);
    assert.match(await page.locator(".stand").innerText(), /first[^]*second/);
    await page.click("#language");
    assert.doesNotMatch(await page.locator(".stand").innerText(), words);
    await page.selectOption("#model", "second");
    await ask(page, "Hello again");
    await page.waitForSelector(".turn:nth-child(4)[data-state=complete]");
    assert.equal(await page.locator(".stand:visible").count(), 1);
  });

  await check(`down, cut off and refused are told apart (${locale})`, { locale }, async (page) => {
    const [down, cut, refused] = {
      "en-GB": ["No answer.", "Cut off.", "Refused."],
      "ar-EG": ["لا جواب.", "انقطع الجواب.", "رُفض الطلب."],
    }[locale];
    const told = async (model, text, way) => {
      await page.selectOption("#model", model);
      await ask(page, text);
      const words = await trouble(page);
      assert.equal(await page.locator(".answer:last-child .trouble strong").innerText(), way, words);
      await page.click("#fresh");
      assert.ok(await page.isVisible("#undo"), "the question can be brought back");
    };
    await told("gone", "Hello", down);
    await told("second", "[[cut@5]]", cut);
    await told("second", "[[errorevent@5]]", cut);
    await told("second", "[[status=400]]", refused);
    for (const [response, way] of [
      [{ status: 502, contentType: "text/html", body: "<h1>Bad Gateway</h1>" }, down],
      [{ status: 504, body: "" }, down],
      [{ status: 413, contentType: "text/html", body: "<h1>Too large</h1>" }, refused],
      [null, down],
    ]) {
      await page.route(CHAT, (route) => (response ? route.fulfill(response) : route.abort()));
      await told("second", "Hello", way);
      await page.unroute(CHAT);
    }
    for (const [type, deltas, way] of [
      ["invalid_request_error", [], refused],
      ["invalid_request_error", ["half"], cut],
      ["service_unavailable", [], down],
    ]) {
      const error = { message: "It is so.", type, param: null, code: "x" };
      await instead(page, deltas, `data: ${JSON.stringify({ error })}\n\ndata: [DONE]\n\n`);
      await told("second", "Hello", way);
      await page.unroute(CHAT);
    }
  });
}

await check("a new conversation can be undone, until the next question", {}, async (page) => {
  await page.selectOption("#model", "second");
  for (const [at, text] of ["one", "two"].entries()) {
    await ask(page, text);
    await page.waitForSelector(`.turn:nth-child(${2 * at + 2})[data-state=complete]`);
  }
  await page.click("#fresh");
  assert.equal(await page.locator(".turn").count(), 0);
  assert.equal(await focused(page), "draft");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(page), "undo");
  await page.keyboard.press("Enter");
  assert.deepEqual(await turns(page), ["one", "two"]);
  assert.ok(await page.isHidden("#welcome"));
  assert.ok(await page.isHidden("#undo"));
  const sent = chats(page);
  await ask(page, "three");
  await page.waitForSelector(".turn:nth-child(6)[data-state=complete]");
  assert.equal(sent[0].messages.length, 5);
  await page.click("#fresh");
  await ask(page, "four");
  assert.ok(await page.isHidden("#undo"));
  await answerIn(page, "complete");
});

await check("answering anew can be undone, while it answers too", {}, async (page) => {
  await page.selectOption("#model", "second");
  await ask(page, "[[echo]] one");
  await answerIn(page, "complete");
  await ask(page, "two");
  await page.waitForSelector(".turn:nth-child(4)[data-state=complete]");
  const before = await page.locator("#turns").innerText();
  await page.click(".turn:nth-child(2) .turn-tools button:last-child");
  await page.waitForFunction(() => document.querySelectorAll(".turn").length === 2);
  await answerIn(page, "complete");
  await page.click("#undo");
  assert.equal(await page.locator("#turns").innerText(), before);

  const gone = page.waitForEvent("requestfailed");
  await ask(page, "[[tokens=5000 pace=5ms]]");
  await page.waitForFunction(() => document.querySelector(".answer:last-child .prose")?.textContent);
  await page.click("#fresh");
  await gone;
  await page.click("#undo");
  await answerIn(page, "stopped");
  assert.equal(await page.locator(".turn").count(), 6);
  assert.ok(await page.isVisible("#send"));
});

for (const locale of LOCALES) {
  await check(`a table is read on a phone (${locale})`, { locale, viewport: PHONE }, async (page) => {
    await instead(page, [TABLE]);
    await ask(page, "A table");
    await answerIn(page, "complete");
    const seen = await page.evaluate(() => ({
      page: document.getElementById("scroll").scrollWidth,
      tables: [...document.querySelectorAll(".table")].map((frame) => ({
        scrolls: frame.scrollWidth > frame.clientWidth,
        dir: frame.dir,
        reached: frame.tabIndex,
        display: getComputedStyle(frame.firstChild).display,
        widths: [...frame.querySelectorAll("td")].map((cell) => cell.clientWidth),
        heights: [...frame.querySelectorAll("td")].map((cell) => cell.clientHeight),
      })),
    }));
    assert.ok(seen.page <= PHONE.width, `the page is ${seen.page} wide`);
    const [wide, small] = seen.tables;
    assert.deepEqual([wide.scrolls, wide.dir, wide.reached, wide.display], [true, "ltr", 0, "table"]);
    assert.deepEqual([small.scrolls, small.dir], [false, "rtl"]);
    assert.ok(Math.min(...wide.widths) >= 70, `cells are ${wide.widths} wide`);
    assert.ok(Math.max(...wide.heights) < 80, `cells are ${wide.heights} high`);
    const moved = await page.evaluate(() => {
      const frame = document.querySelector(".table");
      frame.focus();
      frame.scrollLeft = 50;
      return [document.activeElement === frame, frame.scrollLeft];
    });
    assert.deepEqual(moved, [true, 50]);
  });
}

await check("a server that is down is told at the list of models too", { key: null }, async (page) => {
  await page.route("**/v1/models*", (route) => route.abort());
  await page.goto(`${home}#key=${key}`);
  await page.waitForSelector("#model-trouble:visible");
  assert.match(await page.locator("#model-trouble").innerText(), /can’t be reached/);
  await page.unroute("**/v1/models*");
  await ask(page, "Hello");
  await page.waitForSelector("#model option", { state: "attached" });
  assert.ok(await page.isHidden("#model-trouble"));
});

await finish();
