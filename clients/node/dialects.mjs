// Drives SDKs of the newer dialects on behalf of a test. Each line of standard input is a JSON object:
// client, base, key, model, text, stream, image (an address, or ""), leaveAfter (pieces, or 0), files
// (what the one tool, look, finds under a name). Each line of standard output is what came of it: text
// (of the last round), pieces (all rounds'), rounds, finish, input and output tokens, or error, status
// and words. TAYYAR_TEST_NODE_DIR is the folder that holds node_modules.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.TAYYAR_TEST_NODE_DIR, "package.json"));
const load = async (name) => {
  const module = await import(pathToFileURL(require.resolve(name)));
  return module.default?.[Symbol.toStringTag] || !module.default ? module : { ...module.default, ...module };
};
const ROUNDS = 5;
const MOST_TOKENS = 100;
const TOOL = {
  name: "look",
  description: "Looks into a file.",
  schema: {
    type: "object",
    properties: { name: { type: "string" } },
    required: ["name"],
    additionalProperties: false,
  },
};

async function anthropic(ask, said) {
  const { Anthropic } = await load("@anthropic-ai/sdk");
  const client = new Anthropic({ baseURL: ask.base, authToken: ask.key, apiKey: null, maxRetries: 0 });
  const [, type, data] = /^data:([^;]*);base64,(.*)$/.exec(ask.image) ?? [];
  const image = { type: "image", source: { type: "base64", media_type: type, data } };
  const content = [{ type: "text", text: ask.text }, ...(ask.image ? [image] : [])];
  const tool = {
    name: TOOL.name,
    description: TOOL.description,
    input_schema: TOOL.schema,
    type: "custom",
    parse: (input) => input,
    run: ({ name }) => ask.files[name],
  };
  const runner = client.beta.messages.toolRunner({
    model: ask.model,
    max_tokens: MOST_TOKENS,
    messages: [{ role: "user", content }],
    tools: [tool],
    stream: ask.stream,
    max_iterations: ROUNDS,
  });
  for await (const round of runner) {
    begin(said);
    if (ask.stream) {
      for await (const event of round) {
        if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
          piece(said, event.delta.text);
          if (leaves(ask, said)) {
            round.abort();
            return;
          }
        }
      }
    }
    const message = ask.stream ? await round.finalMessage() : round;
    whole(said, message.content.filter((block) => block.type === "text").map((block) => block.text));
    said.finish = message.stop_reason;
    said.input = message.usage.input_tokens;
    said.output = message.usage.output_tokens;
  }
}

async function responses(ask, said) {
  const { OpenAI } = await load("openai");
  const client = new OpenAI({ baseURL: `${ask.base}/v1`, apiKey: ask.key, maxRetries: 0 });
  const image = { type: "input_image", image_url: ask.image, detail: "auto" };
  const content = [{ type: "input_text", text: ask.text }, ...(ask.image ? [image] : [])];
  const input = [{ role: "user", content }];
  const { name, description, schema: parameters } = TOOL;
  const tools = [{ type: "function", name, description, parameters, strict: true }];
  for (let round = 0; round < ROUNDS; round++) {
    const body = { model: ask.model, input, tools, store: false };
    begin(said);
    let response;
    if (ask.stream) {
      const stream = client.responses.stream(body);
      for await (const event of stream) {
        if (event.type === "response.output_text.delta") piece(said, event.delta);
        if (leaves(ask, said)) return;
      }
      response = await stream.finalResponse();
    } else {
      response = await client.responses.create(body);
    }
    whole(said, [response.output_text]);
    said.finish = response.status;
    said.input = response.usage.input_tokens;
    said.output = response.usage.output_tokens;
    const calls = response.output.filter((item) => item.type === "function_call");
    if (calls.length === 0) return;
    input.push(...response.output);
    for (const { call_id, arguments: given } of calls) {
      input.push({ type: "function_call_output", call_id, output: ask.files[JSON.parse(given).name] });
    }
  }
}

async function ai(ask, said, model, providerOptions) {
  const { generateText, streamText, stepCountIs, tool, jsonSchema } = await load("ai");
  const leave = new AbortController();
  const image = { type: "image", image: ask.image };
  const content = [{ type: "text", text: ask.text }, ...(ask.image ? [image] : [])];
  const options = {
    model,
    providerOptions,
    maxRetries: 0,
    maxOutputTokens: MOST_TOKENS,
    messages: [{ role: "user", content }],
    stopWhen: stepCountIs(ROUNDS),
    abortSignal: leave.signal,
    tools: {
      look: tool({
        description: TOOL.description,
        inputSchema: jsonSchema(TOOL.schema),
        execute: ({ name }) => ask.files[name],
      }),
    },
  };
  if (!ask.stream) {
    const answer = await generateText(options);
    said.rounds = answer.steps.length;
    whole(said, [answer.text]);
    return total(said, answer.finishReason, answer.usage);
  }
  const answer = streamText({ ...options, onError: () => {} });
  for await (const part of answer.fullStream) {
    if (part.type === "start-step") begin(said);
    if (part.type === "text-delta") piece(said, part.text);
    if (part.type === "error") throw part.error;
    if (leaves(ask, said)) {
      leave.abort();
      return undefined;
    }
  }
  return total(said, await answer.finishReason, await answer.usage);
}

async function aiOpenAi(ask, said, options) {
  const { createOpenAI } = await load("@ai-sdk/openai");
  const provider = createOpenAI({ baseURL: `${ask.base}/v1`, apiKey: ask.key });
  return ai(ask, said, provider.responses(ask.model), options);
}

function total(said, finish, usage) {
  said.finish = finish;
  said.input = usage.inputTokens;
  said.output = usage.outputTokens;
}

function begin(said) {
  said.rounds += 1;
  said.text = "";
}

function piece(said, text) {
  said.text += text;
  said.pieces += 1;
}

const leaves = (ask, said) => ask.leaveAfter > 0 && said.pieces >= ask.leaveAfter;

// What came in pieces is what is told as a whole.
function whole(said, texts) {
  const text = texts.join("");
  if (said.pieces > 0 && said.text !== text) throw new Error(`in pieces ${said.text}, whole ${text}`);
  said.text = text;
}

const clients = {
  anthropic,
  responses,
  "ai-openai": (ask, said) => aiOpenAi(ask, said, { openai: { store: false } }),
  "ai-openai-stored": (ask, said) => aiOpenAi(ask, said, {}),
  "ai-anthropic": async (ask, said) => {
    const { createAnthropic } = await load("@ai-sdk/anthropic");
    return ai(ask, said, createAnthropic({ baseURL: `${ask.base}/v1`, apiKey: ask.key })(ask.model));
  },
  "ai-compatible": async (ask, said) => {
    const { createOpenAICompatible } = await load("@ai-sdk/openai-compatible");
    const options = { name: "tayyar", baseURL: `${ask.base}/v1`, apiKey: ask.key, includeUsage: true };
    return ai(ask, said, createOpenAICompatible(options)(ask.model));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line);
  const said = { text: "", pieces: 0, rounds: 0, finish: "", input: -1, output: -1 };
  try {
    await clients[ask.client](ask, said);
  } catch (error) {
    said.error = error.constructor.name;
    said.status = error.status ?? error.statusCode ?? 0;
    said.words = String(error.message ?? error);
  }
  console.log(JSON.stringify(said));
}
