// Measures one answer as the reader of the page sees it. Times are milliseconds of performance.now().

export class Meter {
  ended = null;
  first = null;
  last = null;
  pieces = 0;
  usage = null;

  constructor(started) {
    this.started = started;
  }

  piece(now) {
    this.first ??= now;
    this.last = now;
    this.pieces++;
  }

  end(now) {
    this.ended ??= now;
  }

  /** Milliseconds to the first piece, or null while there is none. */
  get firstTokenMs() {
    return this.first === null ? null : this.first - this.started;
  }

  /** Tokens of the answer: what the server counted, else the pieces seen. */
  get tokens() {
    return this.usage?.completion_tokens ?? this.pieces;
  }

  /** True once the server has counted the tokens, and not only estimated them. */
  get exact() {
    return this.usage !== null && !this.usage.estimated;
  }

  /** Seconds from the request to the end, or to the given moment. */
  seconds(now) {
    return ((this.ended ?? now) - this.started) / 1000;
  }

  /** Tokens a second after the first one, or null where there is nothing to measure. */
  get rate() {
    const seconds = (this.last - this.first) / 1000;
    return this.tokens < 2 || seconds <= 0 ? null : (this.tokens - 1) / seconds;
  }
}
