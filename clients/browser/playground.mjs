// Uses the playground as a person does, in a real browser, against a running server.
//
// Usage: node playground.mjs BASE_URL API_KEY, with CHROMIUM (the browser). playwright-core is looked
// for below TAYYAR_TEST_NODE_DIR, the folders of NODE_PATH and the working folder. One line a check;
// exits 1 when one failed. What no healthy server can be made to send (hostile Markdown, broken
// streams) is put in the place of its answer by the browser; everything else is the server's own.
// What stands in [[ ]] tells the simulator how to answer, should it stand behind the server.
import assert from "node:assert/strict";

import {
  CHAT,
  answerIn,
  ask,
  check,
  finish,
  focused,
  home,
  instead,
  key,
  lastText,
  open,
} from "./page.mjs";

const RICH = `# A heading\n\n1. one\n2. two\n\n| a | b | c | d | e | f |\n|---|---|---|---|---|---|\n| ${Array(6).fill("longish words").join(" | ")} |\n\n\`\`\`python\nprint("${"wide ".repeat(40)}")\n\`\`\`\n\nhttps://example.org/${"long".repeat(40)} \`inline\`\n\nفقرة عربية مع \`code\` في وسطها.`;

await check("a key in the address is kept and taken out of it", {}, async (page) => {
  assert.equal(page.url(), home);
  assert.equal(await page.inputValue("#key"), key);
  await page.reload();
  assert.equal(await page.inputValue("#key"), key);
  await page.click("#forget");
  assert.equal(await page.inputValue("#key"), "");
  await page.reload();
  assert.equal(await page.inputValue("#key"), "");
});

await check("a link asks before its key takes the place of one's own", {}, async (page) => {
  let takes = false;
  const questions = [];
  page.on("dialog", (dialog) => {
    questions.push(dialog.message());
    return takes ? dialog.accept() : dialog.dismiss();
  });
  for (const [link, answer, kept] of [
    [key, false, key],
    ["sk-other-0001", false, key],
    ["sk-other-0002", true, "sk-other-0002"],
  ]) {
    takes = answer;
    await page.goto("about:blank");
    await page.goto(`${home}#key=${link}`);
    assert.equal(await page.inputValue("#key"), kept);
    assert.equal(page.url(), home);
  }
  assert.equal(questions.length, 2, questions.join(" / "));
  assert.match(questions[0], /0001/);
});

await check("a tangle of signs does not hold the page up", {}, async (page) => {
  for (const sign of ["[", "[a](", "**x ", "*a _b ", "``a` ", "~~a ", "![", "<a ", "> ", "[`"]) {
    const begun = Date.now();
    const html = await page.evaluate(async (text) => {
      const { parse } = await import("/web/markdown.js");
      return parse(text);
    }, sign.repeat(5000));
    assert.ok(Date.now() - begun < 3000, `${sign} took ${Date.now() - begun} ms`);
    assert.ok(html.length >= 5000, sign);
  }
  const links = await page.evaluate(async () => {
    const { parse } = await import("/web/markdown.js");
    return parse(`* [a](http://b) **c** \n`.repeat(200)).split("<a ").length;
  });
  assert.equal(links, 201);
});

await check("an answer streams in, is measured, and is spoken of twice", {}, async (page) => {
  await page.evaluate(() => {
    window.sizes = new Set();
    window.spoken = [];
    const sizes = () => window.sizes.add(document.querySelector(".prose")?.textContent.length ?? 0);
    new MutationObserver(sizes).observe(document.getElementById("turns"), {
      childList: true,
      subtree: true,
    });
    const speaks = ([change]) => window.spoken.push(change.target.textContent);
    new MutationObserver(speaks).observe(document.getElementById("spoken"), { childList: true });
  });
  await page.fill("#max-tokens", "120");
  await ask(page, "Write a short poem about the Nile. [[tokens=60 pace=5ms]]");
  await answerIn(page, "complete");
  const { sizes, spoken } = await page.evaluate(() => ({
    sizes: [...window.sizes],
    spoken: window.spoken,
  }));
  assert.ok(sizes.length > 3, `grew in steps, saw ${sizes.length}`);
  assert.equal(spoken.length, 2, spoken.join(" / "));
  const measures = await page.locator(".measures").innerText();
  assert.match(
    measures,
    /^first token [\d.,]+ m?s · [\d.,]+ tokens\/s · [\d.,]+ tokens in [\d.,]+ m?s/,
  );
  assert.equal(await page.getAttribute(".answer", "aria-busy"), "false");
});

await check("the next question carries the conversation", {}, async (page) => {
  await page.fill("#max-tokens", "20");
  await ask(page, "Say hello.");
  await answerIn(page, "complete");
  const sent = page.waitForRequest(CHAT);
  await page.fill("#system", "Be brief.");
  await ask(page, "And now goodbye.");
  const body = (await sent).postDataJSON();
  assert.deepEqual(
    body.messages.map((message) => message.role),
    ["system", "user", "assistant", "user"],
  );
  assert.equal(body.max_tokens, 20);
  assert.equal((await sent).url().includes("sk-"), false);
  await page.waitForSelector(".turn:nth-child(4):is([data-state=complete])");
});

for (const [how, stop] of [
  ["the button", (page) => page.click("#stop")],
  ["Escape", (page) => page.keyboard.press("Escape")],
]) {
  await check(`${how} stops the request itself`, {}, async (page) => {
    const gone = page.waitForEvent("requestfailed", (request) =>
      request.url().endsWith("/chat/completions"),
    );
    await ask(page, "Write a very long story about a river. [[tokens=5000 pace=5ms]]");
    await page.waitForFunction(() => document.querySelector(".prose")?.textContent.length > 0);
    await stop(page);
    await answerIn(page, "stopped");
    assert.match((await gone).failure().errorText, /ABORTED/);
    assert.notEqual(await lastText(page), "");
    assert.equal(await focused(page), "draft");
    assert.ok(await page.isVisible("#send"));
  });
}

await check(
  "an unknown key is said so, with the request id, and the field is focused",
  { key: `sk-${"0".repeat(32)}` },
  async (page) => {
    await ask(page, "Hello");
    await answerIn(page, "failed");
    const trouble = await page.locator(".answer .trouble").innerText();
    assert.match(trouble, /does not know this API key/);
    assert.match(trouble, /401 · invalid_api_key · X-Request-Id \S+/);
    assert.equal(await focused(page), "key");
    await page.fill("#key", key);
    await page.fill("#max-tokens", "8");
    await page.click(".answer .turn-tools button:last-child");
    await answerIn(page, "complete");
  },
);

await check(
  "Arabic is right-to-left, with its own digits, and is remembered",
  { locale: "ar-EG" },
  async (page) => {
    const shape = () =>
      page.evaluate(() => ({
        dir: document.documentElement.dir,
        lang: document.documentElement.lang,
        panelIsLeft: document.getElementById("settings").getBoundingClientRect().left === 0,
      }));
    assert.deepEqual(await shape(), { dir: "rtl", lang: "ar", panelIsLeft: true });
    assert.equal(await page.locator("#send").innerText(), "أرسل");
    await page.fill("#max-tokens", "٢٤");
    const sent = page.waitForRequest(CHAT);
    await ask(page, "Count to ten.");
    assert.equal((await sent).postDataJSON().max_tokens, 24);
    await answerIn(page, "complete");
    assert.match(await page.locator(".measures").innerText(), /[٠-٩]/);
    await page.click("#language");
    assert.equal((await shape()).dir, "ltr");
    assert.match(await page.locator(".measures").innerText(), /first token/);
    await page.reload();
    assert.equal((await shape()).lang, "en");
  },
);

await check(
  "each block of an answer has the direction of its own text, code is always left-to-right",
  {},
  async (page) => {
    await instead(page, [RICH]);
    await ask(page, "اكتب شيئًا");
    await answerIn(page, "complete");
    assert.equal(await page.getAttribute(".question .words", "dir"), "rtl");
    assert.equal(await page.getAttribute(".prose p:last-child", "dir"), "rtl");
    assert.equal(await page.getAttribute(".prose h1", "dir"), "ltr");
    assert.equal(await page.getAttribute(".prose pre", "dir"), "ltr");
  },
);

for (const locale of ["en-GB", "ar-EG"]) {
  await check(
    `nothing is wider than a phone (${locale})`,
    { locale, viewport: { width: 360, height: 740 } },
    async (page) => {
      const fits = async (where) =>
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), where);
      await fits("welcome");
      await instead(page, [RICH]);
      await ask(page, "x".repeat(300));
      await answerIn(page, "complete");
      await fits("conversation");
      assert.ok(
        await page.evaluate(() => document.getElementById("scroll").scrollWidth <= 360),
        "turns",
      );
      await page.click("#show-code");
      await fits("code");
      await page.keyboard.press("Escape");
      await page.click("#open-settings");
      assert.ok(await page.isVisible("#temperature"));
      await fits("settings");
      await page.keyboard.press("Escape");
      assert.equal(await focused(page), "open-settings");
    },
  );
}

await check(
  "on a touch screen no ring is drawn around the conversation that nobody went to by a key",
  { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  async (page) => {
    const ring = () =>
      page.evaluate(() => getComputedStyle(document.getElementById("scroll")).outlineStyle);
    assert.equal(await focused(page), "scroll");
    assert.equal(await ring(), "none");
    await ask(page, "[[tokens=3]]");
    await answerIn(page, "complete");
    assert.equal(await focused(page), "scroll");
    assert.equal(await ring(), "none");
    for (let i = 0; i < 2; i++) await page.keyboard.press(i === 0 ? "Tab" : "Shift+Tab");
    assert.equal(await focused(page), "scroll");
    assert.notEqual(await ring(), "none");
  },
);

await check("everything is done by keyboard", {}, async (page) => {
  const tabTo = async (id, press = "Tab") => {
    for (let i = 0; i < 60 && (await focused(page)) !== id; i++) await page.keyboard.press(press);
    assert.equal(await focused(page), id);
    const ring = await page.evaluate(() => {
      const seen = (element) =>
        getComputedStyle(element).outlineStyle !== "none" ||
        getComputedStyle(element).boxShadow !== "none";
      return seen(document.activeElement) || seen(document.activeElement.parentElement);
    });
    assert.ok(ring, `${id} shows that it is focused`);
  };
  await tabTo("max-tokens");
  await page.keyboard.type("12");
  await tabTo("draft", "Shift+Tab");
  await page.keyboard.type("one");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two");
  assert.equal(await page.inputValue("#draft"), "one\ntwo");
  await page.keyboard.press("Enter");
  await answerIn(page, "complete");
  assert.equal(await focused(page), "draft");
  await tabTo("show-code", "Shift+Tab");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "tab-python");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(page), "tab-node");
  assert.match(await page.locator("#sample").innerText(), /baseURL/);
  await page.keyboard.press("Escape");
  assert.equal(await focused(page), "show-code");
  await tabTo("theme");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  await page.keyboard.press("Enter");
  assert.notEqual(await ground(), before);
});

await check("hostile Markdown is harmless", {}, async (page) => {
  await instead(page, [
    '<img src=x onerror="window.hit=1"> <script>window.hit=2<',
    "/script> <svg onload=window.hit=3></svg> <iframe srcdoc='<script>parent.hit=4</script>'></iframe>\n\n",
    "[a](javascript:window.hit=5) [b](JaVaScRiPt:window.hit=6) [c](data:text/html,x) [d](https://example.org/)\n\n",
    '![e](https://example.org/e.png) <a href="javascript:window.hit=7" onclick="window.hit=8">f</a>\n\n',
    '<style>body{display:none}</style><form action="https://example.org"><input name=key></form>\n\n',
    '```html\n<img src=x onerror=window.hit=9>\n```\n\n[g](https://example.org/"onmouseover="window.hit=10)',
  ]);
  await ask(page, "Be hostile.");
  await answerIn(page, "complete");
  const found = await page.evaluate(() => {
    const answer = document.querySelector(".prose");
    const all = [...answer.querySelectorAll("*")];
    return {
      hit: window.hit,
      tags: all
        .map((one) => one.localName)
        .filter((tag) => /^(img|script|svg|iframe|style|form|input|object|embed)$/.test(tag)),
      handlers: all
        .flatMap((one) => one.getAttributeNames())
        .filter((name) => name.startsWith("on") || name === "style"),
      links: [...answer.querySelectorAll("a[href]")].map((one) =>
        [new URL(one.href).protocol, one.rel, one.target].join(" "),
      ),
      shown: answer.textContent.includes("<script>"),
    };
  });
  assert.deepEqual([...new Set(found.links)], ["https: noopener noreferrer nofollow _blank"]);
  assert.deepEqual(
    { ...found, links: 0 },
    { hit: undefined, tags: [], handlers: [], links: 0, shown: true },
  );
});

await check(
  "an error inside a stream, a cut and a lost server each have their words",
  {},
  async (page) => {
    const trouble = async () => {
      await answerIn(page, "failed");
      return page.locator(".answer:last-child .trouble").innerText();
    };
    await instead(
      page,
      ["half "],
      'data: {"error":{"message":"It went away.","type":"service_unavailable","param":null,"code":"worker_restarting"}}\n\ndata: [DONE]\n\n',
    );
    await ask(page, "one");
    assert.match(
      await trouble(),
      /being restarted[^]*It went away[^]*worker_restarting · X-Request-Id req-scripted/,
    );
    assert.equal(await lastText(page), "half");
    await page.unroute(CHAT);
    await instead(page, ["half "], "");
    await ask(page, "two");
    await page.waitForSelector(".turn:nth-child(4)");
    assert.match(await trouble(), /ended early/);
    await page.unroute(CHAT);
    await page.route(CHAT, (route) => route.abort());
    await ask(page, "three");
    await page.waitForSelector(".turn:nth-child(6)");
    assert.match(await trouble(), /can’t be reached/);
  },
);

await check("the code shows the current request and never the key", {}, async (page) => {
  await page.fill("#system", 'Say "yes", \\ and ’no’');
  await page.fill("#temperature", "0.4");
  await page.fill("#max-tokens", "77");
  await page.fill("#draft", "What is a ‘delta’?\n<b>نهر</b>");
  const model = await page.inputValue("#model");
  await page.click("#show-code");
  for (const id of ["python", "node", "curl", "browser"]) {
    await page.click(`#tab-${id}`);
    const sample = await page.locator("#sample").textContent();
    const base = `${new URL(home).origin}/v1`;
    for (const part of [
      model,
      base,
      "0.4",
      "77",
      JSON.stringify("What is a ‘delta’?\n<b>نهر</b>"),
      JSON.stringify('Say "yes", \\ and ’no’'),
      "stream",
    ]) {
      assert.ok(sample.includes(part), `${id} has ${part}`);
    }
    assert.equal(sample.includes(key), false, `${id} keeps the key out`);
  }
  assert.equal(await page.getAttribute("#sample", "dir"), "ltr");
});

await check(
  "the small model's limits are shown with it and only with it",
  { key: null },
  async (page) => {
    const data = ["smollm2-135m", "another"].map((id) => ({
      id,
      object: "model",
      created: 1,
      owned_by: "x",
    }));
    data[0].languages = ["en"];
    data[1].languages = ["ar", "en"];
    data.push({ ...data[1], id: "third", languages: ["en", "fr"] });
    await page.route("**/v1/models*", (route) => route.fulfill({ json: { object: "list", data } }));
    await open(page, key);
    assert.match(await page.locator("#limits").innerText(), /no Arabic/);
    await page.fill("#draft", "مرحبا");
    assert.match(await page.locator("#hint").innerText(), /smollm2-135m knows no Arabic/);
    assert.equal(await page.locator("#model-knows").innerText(), "It knows English only.");
    await page.selectOption("#model", "third");
    assert.ok(await page.isHidden("#limits"));
    assert.match(await page.locator("#hint").innerText(), /third knows no Arabic/);
    assert.equal(await page.locator("#model-knows").innerText(), "It knows English and French only.");
    await page.selectOption("#model", "another");
    assert.ok(await page.isHidden("#model-knows"));
    assert.ok(await page.isHidden("#limits"));
    assert.ok(await page.isHidden("#hint"));
  },
);

await finish();
