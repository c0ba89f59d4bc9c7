// The conversation on the page: one list item a turn, redrawn at most once a frame.
import { copy } from './codeview.js';
import { counted, duration, number, t } from './i18n.js';
import { direction, patch, render } from './markdown.js';
import { Pulse } from './pulse.js';

/** What the user said. */
export class Question {
  role = 'user';

  constructor(text) {
    this.text = text;
    this.element = node('li', 'turn question');
    this.name = node('h3', 'name', t('you'));
    const words = node('p', 'words', text);
    words.dir = direction(text) || document.documentElement.dir;
    this.element.append(this.name, words);
  }

  relabel() {
    this.name.textContent = t('you');
  }
}

/** What the model says, while it says it and afterwards. */
export class Answer {
  role = 'assistant';
  text = '';
  thought = '';
  state = 'waiting'; // flowing, complete, stopped, failed
  finish = null;
  failure = null;
  #frame = 0;
  #costMs = 0;
  #drawn = 0;

  constructor(model, meter, again) {
    this.meter = meter;
    this.again = again;
    this.element = node('li', 'turn answer');
    this.element.setAttribute('aria-busy', 'true');
    this.name = node('h3', 'name', model);
    this.name.dir = 'ltr';
    this.model = model;
    this.stand = node('p', 'stand small');
    this.stand.hidden = true;
    this.aside = node('details', 'thought');
    this.aside.hidden = true;
    this.aside.append(node('summary', '', t('thinking')), node('p', 'words'));
    this.words = node('div', 'words prose');
    this.trouble = node('div', 'trouble');
    this.trouble.hidden = true;
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'pulse';
    this.canvas.ariaHidden = 'true';
    this.pulse = new Pulse(this.canvas, meter.started);
    this.foot = node('p', 'measures small');
    this.tools = node('div', 'turn-tools');
    this.element.append(this.name, this.stand, this.aside, this.words);
    this.element.append(this.trouble, this.canvas, this.foot, this.tools);
    this.schedule();
  }

  piece(text, thought, now) {
    this.state = 'flowing';
    this.text += text;
    this.thought += thought;
    this.meter.piece(now);
    this.pulse.piece(now, text.length + thought.length);
    this.schedule();
  }

  /** The model that the server names as the answer's. Another than was asked for is told to the reader. */
  answeredBy(model) {
    if (model === this.name.textContent) return;
    this.name.textContent = model;
    this.#tellStand();
  }

  #tellStand() {
    this.stand.hidden = this.name.textContent === this.model;
    const names = { asked: this.model, by: this.name.textContent };
    this.stand.textContent = this.stand.hidden ? '' : t('fallback', names);
  }

  end(state, now) {
    this.state = state;
    this.meter.end(now);
    this.pulse.end(now);
    this.element.setAttribute('aria-busy', 'false');
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.drawText();
    this.relabel();
  }

  get running() {
    return this.state === 'waiting' || this.state === 'flowing';
  }

  /** Asks for one drawing in the next frame, and for the next one while the answer flows. */
  schedule() {
    this.#frame ||= requestAnimationFrame((now) => {
      this.#frame = 0;
      // A long answer costs more to draw: never more than a fifth of the time goes into it.
      if (now - this.#drawn > this.#costMs * 5) this.drawText();
      this.drawMeasures(performance.now());
      if (this.running) this.schedule();
    });
  }

  drawText() {
    const began = performance.now();
    if (this.thought) {
      this.aside.hidden = false;
      this.aside.lastChild.textContent = this.thought;
    }
    patch(this.words, render(this.text, codeTools));
    this.#drawn = performance.now();
    this.#costMs = this.#drawn - began;
    this.onDrawn?.();
  }

  drawMeasures(now) {
    this.element.dataset.state = this.state;
    this.pulse.draw(now);
    this.foot.textContent = this.measures(now);
  }

  measures(now) {
    const { meter } = this;
    if (meter.first === null)
      return this.running ? t('waiting') + t('and') + duration(now - meter.started) : '';
    const about = meter.exact ? '' : '≈ ';
    const parts = [t('first', { time: duration(meter.firstTokenMs) })];
    if (meter.rate !== null)
      parts.push(about + t('rate', { rate: number(meter.rate, meter.rate < 10 ? 1 : 0) }));
    parts.push(
      `${about}${counted('tokens', meter.tokens)} ${t('took', { time: duration(meter.seconds(now) * 1000) })}`,
    );
    if (this.state === 'stopped') parts.push(t('stopped'));
    if (this.finish && this.finish !== 'stop') parts.push(t(`end.${this.finish}`));
    return parts.join(t('and'));
  }

  /** Writes everything that depends on language or theme anew. */
  relabel() {
    this.aside.firstChild.textContent = t('thinking');
    this.#tellStand();
    this.drawMeasures(performance.now());
    this.trouble.hidden = this.failure === null;
    if (this.failure) this.trouble.replaceChildren(...explain(this.failure));
    this.tools.replaceChildren();
    if (this.running) return;
    if (this.text) this.tools.append(button(t('copy'), (event) => copy(event.currentTarget, this.text)));
    this.tools.append(button(t('again'), () => this.again(this)));
  }
}

/** A failure as its way and a sentence, the server's own words and the request's id. */
export function explain(failure) {
  const known = t(`error.${failure.cause}`);
  const first = node('p');
  first.append(node('strong', '', t(`way.${failure.way}`)), ' ');
  first.append(known === `error.${failure.cause}` ? t(`error.${failure.way}`) : known);
  if (failure.retryAfter) first.append(` ${t('retryAfter', { seconds: failure.retryAfter })}`);
  const lines = [first];
  const detail = ['network', 'lost'].includes(failure.cause) ? '' : failure.message; // the browser's own words
  if (detail) {
    const own = node('p', 'small', detail);
    own.dir = 'auto';
    lines.push(own);
  }
  const marks = [
    failure.status || '',
    failure.code ?? '',
    failure.requestId ? `X-Request-Id ${failure.requestId}` : '',
  ];
  const facts = node('p', 'small facts', marks.filter(Boolean).join(' · '));
  if (facts.textContent) lines.push(facts);
  return lines;
}

function codeTools(pre, language) {
  const head = node('div', 'code-head');
  head.append(node('span', '', language), button(t('copy'), null, 'copy-block'));
  const block = node('div', 'code-block');
  block.dir = 'ltr';
  pre.replaceWith(block);
  block.append(head, pre);
}

/** One listener serves the copy buttons of all code blocks, which are redrawn often. */
export function copiesBlocks(list) {
  list.addEventListener('click', (event) => {
    const pressed = event.target.closest('.copy-block');
    if (pressed) copy(pressed, pressed.closest('.code-block').querySelector('pre').textContent);
  });
}

function node(tag, name, text = '') {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  return element;
}

function button(text, pressed, name = 'quiet') {
  const element = node('button', name, text);
  element.type = 'button';
  if (pressed) element.addEventListener('click', pressed);
  return element;
}
