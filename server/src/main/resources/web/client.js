// The two calls the page makes, and everything that can go wrong with them.
import { events } from './stream.js';

/**
 * Why there is no (whole) answer.
 * kind: 'api' (an error envelope, before or inside the stream), 'network' (the server can't be reached),
 * 'lost' (the connection broke in the middle), 'cut' (the stream ended without saying why).
 */
export class Failure extends Error {
  constructor(kind, { message = '', status = 0, code = null, requestId = null, retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { kind, status, code, requestId, retryAfter });
  }
}

/** The models on offer, each with the defaults the server applies; needs no key. */
export async function models() {
  const response = await reach('/v1/models', {});
  if (!response.ok) throw await refusal(response);
  return (await response.json()).data ?? [];
}

/**
 * The answer as it is made: {head} once, then {text}, {thought}, {finish} and {usage} pieces.
 * Throws Failure, or the AbortError of the signal.
 */
export async function* chat({ key, body, signal }) {
  const headers = { 'Content-Type': 'application/json' };
  if (key) headers.Authorization = `Bearer ${key}`;
  const response = await reach('/v1/chat/completions', {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await refusal(response);
  const requestId = response.headers.get('X-Request-Id');
  yield { head: requestId };
  try {
    yield* pieces(response.body, requestId);
  } catch (error) {
    if (error instanceof Failure || error.name === 'AbortError') throw error;
    throw new Failure('lost', { message: error.message, requestId });
  }
}

async function* pieces(body, requestId) {
  let finished = false;
  for await (const data of events(body)) {
    if (data === '[DONE]') return;
    const chunk = JSON.parse(data);
    if (chunk.error) throw new Failure('api', { ...words(chunk.error), requestId });
    const choice = chunk.choices?.[0];
    const thought = choice?.delta?.reasoning_content ?? choice?.delta?.reasoning;
    if (thought) yield { thought };
    if (choice?.delta?.content) yield { text: choice.delta.content };
    if (choice?.delta?.refusal) yield { text: choice.delta.refusal };
    if (choice?.finish_reason) {
      finished = true;
      yield { finish: choice.finish_reason };
    }
    if (chunk.usage) yield { usage: chunk.usage };
  }
  if (!finished) throw new Failure('cut', { requestId });
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Failure('network', { message: error.message });
  }
}

async function refusal(response) {
  const text = await response.text().catch(() => '');
  let error = {};
  try {
    error = JSON.parse(text).error ?? {};
  } catch {
    error = { message: text.slice(0, 300) }; // something in between answered, not the server
  }
  return new Failure('api', {
    ...words(error),
    status: response.status,
    requestId: response.headers.get('X-Request-Id'),
    retryAfter: Number(response.headers.get('Retry-After')) || null,
  });
}

function words(error) {
  return { message: String(error.message ?? ''), code: error.code ?? null };
}
