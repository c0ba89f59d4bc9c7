// node --test clients/browser/words.test.mjs
import assert from "node:assert/strict";
import test from "node:test";

import { SAMPLES } from "../../server/src/main/resources/web/code.js";
import { direction } from "../../server/src/main/resources/web/markdown.js";
import { Meter } from "../../server/src/main/resources/web/meter.js";
import { ARABIC, ENGLISH, STARTERS } from "../../server/src/main/resources/web/words.js";

const PLURAL = /\.(zero|one|two|few|many|other)$/;
const names = (table) => new Set(Object.keys(table).map((name) => name.replace(PLURAL, ".count")));
const parts = (text) => new Set(text.match(/\{\w+\}/g));

test("both languages say everything", () => {
  assert.deepEqual(names(ARABIC), names(ENGLISH));
  assert.equal(STARTERS.ar.length, STARTERS.en.length);
  for (const [name, text] of Object.entries(ARABIC)) {
    assert.match(text, /[\u0600-\u06ff،]/, `${name} is Arabic`);
    if (name in ENGLISH && !PLURAL.test(name))
      assert.deepEqual(parts(text), parts(ENGLISH[name]), name);
  }
});

test("every plural form of Arabic has its words", () => {
  const forms = new Set(
    Array.from({ length: 201 }, (_, count) => new Intl.PluralRules("ar").select(count)),
  );
  for (const form of forms) assert.ok(`tokens.${form}` in ARABIC, form);
});

test("a text has the direction of its first letter", () => {
  assert.equal(direction("مرحبا hello"), "rtl");
  assert.equal(direction("hello مرحبا"), "ltr");
  assert.equal(direction("١٢. «نهر»"), "rtl");
  assert.equal(direction("12) 😀 — שלום"), "rtl");
  assert.equal(direction("12) … 😀"), "");
});

test("each sample holds the request, a place for the key, and the address", () => {
  const content = 'He said "no" \\ and\nleft: النيل';
  const request = { model: "m", messages: [{ role: "user", content }], temperature: 0.5 };
  for (const sample of SAMPLES) {
    const program = sample.write("http://localhost:8080/v1", request);
    for (const part of [
      JSON.stringify(content),
      '"m"',
      "0.5",
      "http://localhost:8080/v1",
      "stream",
    ]) {
      assert.ok(program.includes(part), `${sample.id}: ${part}`);
    }
    assert.match(program, /OPENAI_API_KEY|sk-\.\.\./);
  }
});

test("the meter counts pieces until the server gives the number of tokens", () => {
  const meter = new Meter(1000);
  assert.equal(meter.firstTokenMs, null);
  assert.equal(meter.rate, null);
  for (const now of [1050, 1100, 1150]) meter.piece(now);
  assert.equal(meter.firstTokenMs, 50);
  assert.deepEqual([meter.tokens, meter.exact, meter.rate], [3, false, 20]);
  meter.usage = { completion_tokens: 5 };
  assert.deepEqual([meter.tokens, meter.exact, meter.rate], [5, true, 40]);
  meter.usage = { completion_tokens: 5, estimated: true };
  assert.equal(meter.exact, false);
  meter.end(1200);
  assert.equal(meter.seconds(9999), 0.2);
});
