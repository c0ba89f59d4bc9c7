// Asks with Node's own client of HTTP/2 on behalf of a test. Each line of standard input is a JSON
// object: url, certificate (a file), key, body, leaveAfter (events after which the stream is reset, 0
// for never). Each line of standard output is what came: status, text, reset.
import { readFileSync } from "node:fs";
import { connect, constants } from "node:http2";
import { createInterface } from "node:readline";

function ask({ url, certificate, key, body, leaveAfter }) {
  const { origin, pathname } = new URL(url);
  const session = connect(origin, { ca: readFileSync(certificate) });
  const said = { status: 0, text: "", reset: 0 };
  return new Promise((done, failed) => {
    session.on("error", failed);
    const stream = session.request({
      ":method": "POST",
      ":path": pathname,
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
    });
    stream.setEncoding("utf8");
    stream.on("response", (head) => (said.status = head[":status"]));
    stream.on("data", (text) => {
      said.text += text;
      if (leaveAfter > 0 && said.text.split("\n\n").length > leaveAfter) {
        stream.close(constants.NGHTTP2_CANCEL);
      }
    });
    stream.on("error", failed);
    stream.on("close", () => {
      said.reset = stream.rstCode;
      // The connection goes on: what ends the answer is the stream's reset.
      done([said, session]);
    });
    stream.end(body);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const [said, session] = await ask(JSON.parse(line));
  console.log(JSON.stringify(said));
  setTimeout(() => session.close(), 20_000).unref();
}
process.exit();
