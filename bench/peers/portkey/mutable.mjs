// Portkey 1.15.2 adds fields to the head of the upstream's answer, which Node's fetch does not allow: each
// request ended with "TypeError: immutable". Here an answer becomes one with a head of its own.
const fetched = globalThis.fetch;

globalThis.fetch = async (...asked) => {
  const answer = await fetched(...asked);
  return new Response(answer.body, answer);
};
