// Drives the OpenAI SDK for Node on behalf of a test. Each line of standard input is a JSON object
// (base, key, model, text, stream, usage, leaveAfter), each line of standard output what the SDK
// gave for it (text, pieces, finish, completionTokens, requestId, or error, status and code).
// TAYYAR_TEST_NODE_DIR is the folder that holds node_modules.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.env.TAYYAR_TEST_NODE_DIR, "package.json"));
const { OpenAI, APIError } = require("openai");

async function answer(ask) {
  const said = { text: "", pieces: 0, finish: "", completionTokens: -1, requestId: "" };
  const client = new OpenAI({ baseURL: ask.base, apiKey: ask.key, maxRetries: 0, timeout: 30_000 });
  try {
    const { data, request_id } = await client.chat.completions.create(parameters(ask)).withResponse();
    said.requestId = request_id ?? "";
    await (ask.stream ? streamed(ask, data, said) : whole(data, said));
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    said.error = error.constructor.name;
    said.status = error.status ?? 0;
    said.code = error.code ?? "";
    said.requestId = error.requestID ?? said.requestId;
  }
  return said;
}

function parameters(ask) {
  const messages = [{ role: "user", content: ask.text }];
  const options = ask.usage ? { stream_options: { include_usage: true } } : {};
  const seed = ask.seed === undefined ? {} : { seed: ask.seed };
  return { model: ask.model, messages, stream: ask.stream, ...options, ...seed };
}

async function streamed(ask, chunks, said) {
  for await (const chunk of chunks) {
    said.completionTokens = chunk.usage?.completion_tokens ?? said.completionTokens;
    const [choice] = chunk.choices;
    said.finish = choice?.finish_reason ?? said.finish;
    if (choice?.delta.content) {
      said.text += choice.delta.content;
      said.pieces += 1;
    }
    if (ask.leaveAfter > 0 && said.pieces >= ask.leaveAfter) break;
  }
}

function whole(completion, said) {
  said.text = completion.choices[0].message.content;
  said.finish = completion.choices[0].finish_reason;
  said.completionTokens = completion.usage.completion_tokens;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
