// The two calls the page makes, and everything that can go wrong with them.
import { events } from './stream.js';

/**
 * Why there is no (whole) answer.
 * way: 'down' (no answer came), 'cut' (the answer broke off), 'refused' (the request or its key is at fault).
 * cause: the server's own code, or 'network' (the server can't be reached), 'between' (something else
 * answered in its place), 'lost' (the connection broke), 'ended' (the stream ended without a word).
 */
export class Failure extends Error {
  constructor(way, cause, { message = '', status = 0, code = null, requestId = null, retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { way, cause, status, code, requestId, retryAfter });
  }
}

/** The types of errors that the request or its key is at fault for. */
const REFUSALS = new Set([
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'rate_limit_error',
  'not_found',
]);

/** The models one can chat with, each with the defaults the server applies; needs no key. */
export async function models() {
  const response = await reach('/v1/models?modality=chat', {});
  if (!response.ok) throw await refusal(response);
  return (await response.json()).data ?? [];
}

/**
 * The answer as it is made: {head} once, then {model}, {text}, {thought}, {finish} and {usage} pieces.
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
    throw new Failure('cut', 'lost', { message: error.message, requestId });
  }
}

async function* pieces(body, requestId) {
  let began = false;
  let finished = false;
  for await (const data of events(body)) {
    if (data === '[DONE]') return;
    const chunk = JSON.parse(data);
    if (chunk.error) {
      const way = began ? 'cut' : REFUSALS.has(chunk.error.type) ? 'refused' : 'down';
      throw new Failure(way, chunk.error.code, { ...words(chunk.error), requestId });
    }
    if (chunk.model) yield { model: chunk.model };
    const choice = chunk.choices?.[0];
    const thought = choice?.delta?.reasoning_content ?? choice?.delta?.reasoning;
    const text = choice?.delta?.content || choice?.delta?.refusal;
    began ||= Boolean(thought || text);
    if (thought) yield { thought };
    if (text) yield { text };
    if (choice?.finish_reason) {
      finished = true;
      yield { finish: choice.finish_reason };
    }
    if (chunk.usage) yield { usage: chunk.usage };
  }
  if (!finished) throw new Failure('cut', 'ended', { requestId });
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Failure('down', 'network', { message: error.message });
  }
}

async function refusal(response) {
  const { status } = response;
  const error = envelope(await response.text().catch(() => ''));
  const cause = error ? error.code : status >= 500 ? 'between' : null;
  return new Failure(status >= 500 ? 'down' : 'refused', cause, {
    ...words(error ?? {}),
    status,
    requestId: response.headers.get('X-Request-Id'),
    retryAfter: Number(response.headers.get('Retry-After')) || null,
  });
}

/** The server's error, or null: a proxy's page has none. */
function envelope(text) {
  try {
    return JSON.parse(text).error ?? null;
  } catch {
    return null;
  }
}

function words(error) {
  return { message: String(error.message ?? ''), code: error.code ?? null };
}
