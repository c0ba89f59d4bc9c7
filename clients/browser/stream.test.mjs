// node --test clients/browser/stream.test.mjs
import assert from "node:assert/strict";
import test from "node:test";

import { EventReader, events } from "../../server/src/main/resources/web/stream.js";

const bytes = (text) => new TextEncoder().encode(text);

function readIn(pieces) {
  const reader = new EventReader();
  const found = pieces.flatMap((piece) => reader.read(piece));
  return { found, cut: reader.end() };
}

const SAMPLES = [
  [
    "LF",
    'data: {"a":"النيل"}\n\ndata: 🌊 x\n\ndata: [DONE]\n\n',
    ['{"a":"النيل"}', "🌊 x", "[DONE]"],
  ],
  ["CRLF", "data: one\r\n\r\ndata: two\r\n\r\n", ["one", "two"]],
  ["CR", "data: one\r\rdata: two\r\r", ["one", "two"]],
  [
    "comments and other fields",
    ": keep-alive\n\nid: 7\nevent: x\nretry: 3\ndata: one\n\n",
    ["one"],
  ],
  ["several lines of data", "data: one\ndata:two\ndata\ndata:  three\n\n", ["one\ntwo\n\n three"]],
  ["a byte order mark", "\ufeffdata: one\n\n", ["one"]],
  ["blank lines alone", "\n\n\r\n\r\ndata: one\n\n\n\n", ["one"]],
];

for (const [name, text, expected] of SAMPLES) {
  test(`any two cuts give the same events: ${name}`, () => {
    const all = bytes(text);
    for (let first = 0; first <= all.length; first++) {
      for (let second = first; second <= all.length; second++) {
        const pieces = [all.slice(0, first), all.slice(first, second), all.slice(second)];
        assert.deepEqual(
          readIn(pieces),
          { found: expected, cut: false },
          `cut at ${first}, ${second}`,
        );
      }
    }
  });

  test(`byte by byte: ${name}`, () => {
    const pieces = [...bytes(text)].map((byte) => Uint8Array.of(byte));
    assert.deepEqual(readIn(pieces), { found: expected, cut: false });
  });
}

test("an event without its blank line is cut off, not delivered", () => {
  assert.deepEqual(readIn([bytes("data: one\n\ndata: tw")]), { found: ["one"], cut: true });
  assert.deepEqual(readIn([bytes("data: one\n\ndata: two\n")]), { found: ["one"], cut: true });
});

test("a line without end is refused", () => {
  const reader = new EventReader();
  const piece = bytes("x".repeat(1 << 20));
  assert.throws(() => {
    for (let i = 0; i < 8; i++) reader.read(piece);
  }, RangeError);
});

test("events() reads a body and cancels it when left early", async () => {
  let cancelled = false;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(bytes("data: again\n\n")),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const data of events(body)) {
    assert.equal(data, "again");
    break;
  }
  assert.ok(cancelled);
});
