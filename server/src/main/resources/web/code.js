// The current request as a program, four times. The key is never written out.

export const SAMPLES = [
  { id: 'python', name: 'Python', write: python },
  { id: 'node', name: 'Node.js', write: node },
  { id: 'curl', name: 'curl', write: curl },
  { id: 'browser', name: null, write: browser }, // named in the page's language
];

function python(base, request) {
  const options = Object.entries(request)
    .map(([name, value]) => `    ${name}=${literal(value, 1, PYTHON)},\n`)
    .join('');
  return `# pip install openai
import os

from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(base)}, api_key=os.environ["OPENAI_API_KEY"])

answer = client.chat.completions.create(
${options}    stream=True,
)
for chunk in answer:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
`;
}

function node(base, request) {
  const options = Object.entries(request)
    .map(([name, value]) => `  ${name}: ${literal(value, 0, SCRIPT).replaceAll('\n', '\n  ')},\n`)
    .join('');
  return `// npm install openai, then run this as answer.mjs
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: ${JSON.stringify(base)}, apiKey: process.env.OPENAI_API_KEY });

const answer = await client.chat.completions.create({
${options}  stream: true,
});
for await (const chunk of answer) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
process.stdout.write('\\n');
`;
}

function curl(base, request) {
  const body = JSON.stringify({ ...request, stream: true }, null, 2);
  return `# -N shows each token at once
curl -N ${base}/chat/completions \\
  -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -H "Content-Type: application/json" \\
  --data-binary @- <<'JSON'
${body}
JSON
`;
}

function browser(base, request) {
  const options = Object.entries(request)
    .map(([name, value]) => `    ${name}: ${literal(value, 1, SCRIPT).replaceAll('\n', '\n  ')},\n`)
    .join('');
  return `// Whoever loads your page can read a key that stands in it: use one you can revoke.
const response = await fetch('${base}/chat/completions', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Authorization: 'Bearer sk-...' },
  body: JSON.stringify({
${options}    stream: true,
  }),
});
if (!response.ok) throw new Error((await response.json()).error.message);

let rest = ''; // the beginning of a line whose end has not come yet
const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
for (;;) {
  const { done, value } = await text.read();
  if (done) break;
  const lines = (rest + value).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
    const chunk = JSON.parse(line.slice(6));
    if (chunk.error) throw new Error(chunk.error.message);
    document.body.append(chunk.choices[0]?.delta?.content ?? '');
  }
}
`;
}

const SCRIPT = { step: '  ', key: (name) => name, open: '{ ', close: ' }' };
const PYTHON = { step: '    ', key: (name) => JSON.stringify(name), open: '{', close: '}' };

// Strings and numbers of JSON mean the same in both languages; messages get a line each.
function literal(value, depth, style) {
  if (Array.isArray(value)) {
    const inner = style.step.repeat(depth + 1);
    const lines = value.map((item) => `${inner}${literal(item, depth + 1, style)},\n`).join('');
    return `[\n${lines}${style.step.repeat(depth)}]`;
  }
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([name, item]) => `${style.key(name)}: ${JSON.stringify(item)}`);
    return `${style.open}${pairs.join(', ')}${style.close}`;
  }
  return JSON.stringify(value);
}

const PARTS =
  /(?<text>"(?:[^"\\]|\\.)*"|'[^'\n]*')|(?<note>(?:^|(?<=\s))(?:#|\/\/)[^\n]*)|(?<word>\b(?:import|from|for|in|if|of|const|let|await|async|new|throw|continue|break|print|curl)\b)/gm;

/** The program as nodes: strings, comments and words of the language set apart. */
export function coloured(program) {
  const nodes = document.createDocumentFragment();
  let end = 0;
  for (const found of program.matchAll(PARTS)) {
    nodes.append(program.slice(end, found.index));
    const span = document.createElement('span');
    span.className = Object.keys(found.groups).find((name) => found.groups[name] !== undefined);
    span.textContent = found[0];
    nodes.append(span);
    end = found.index + found[0].length;
  }
  nodes.append(program.slice(end));
  return nodes;
}
