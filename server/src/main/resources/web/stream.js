// Reads server-sent events from bytes that may be cut anywhere: inside a character, a line or an event.

const LINE_CHARS_MAX = 4 * 1024 * 1024;

/** Turns bytes into the data of whole events. What is not yet whole is carried to the next call. */
export class EventReader {
  #decoder = new TextDecoder(); // also drops a byte order mark
  #rest = '';
  #data = [];
  #afterCr = false; // a line feed that comes next belongs to the line end already taken

  /** The data of each event that these bytes complete, in order. */
  read(bytes) {
    return this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /**
   * Called when no bytes follow. An event without its closing blank line was cut off and is dropped;
   * true says that there was one.
   */
  end() {
    this.#take(this.#decoder.decode());
    const cut = this.#rest !== '' || this.#data.length > 0;
    this.#rest = '';
    this.#data = [];
    return cut;
  }

  #take(text) {
    const whole = [];
    const buffer = this.#rest + text;
    let start = 0;
    for (let at = this.#rest.length; at < buffer.length; at++) {
      const sign = buffer[at];
      const halfTaken = sign === '\n' && this.#afterCr;
      this.#afterCr = sign === '\r';
      if (sign !== '\n' && sign !== '\r') continue;
      if (!halfTaken) this.#line(buffer.slice(start, at), whole);
      start = at + 1;
    }
    this.#rest = buffer.slice(start);
    if (this.#rest.length > LINE_CHARS_MAX) throw new RangeError('a line of the stream is too long');
    return whole;
  }

  #line(line, whole) {
    if (line === '') {
      if (this.#data.length > 0) whole.push(this.#data.join('\n'));
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field !== 'data') return; // comments (an empty field name), event, id and retry carry no text
    const value = colon < 0 ? '' : line.slice(colon + 1);
    this.#data.push(value.startsWith(' ') ? value.slice(1) : value);
  }
}

/** The data of each event of a response body. Ends where the body ends; cancels it when left early. */
export async function* events(body) {
  const reader = body.getReader();
  const parts = new EventReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield* parts.read(value);
    }
    ended = true;
    parts.end();
  } finally {
    if (!ended) await reader.cancel().catch(() => {}); // already broken: there is nothing left to cancel
  }
}
