// The playground: wires the page together and runs one answer at a time.
import { Failure, chat } from './client.js';
import { codeDialog } from './codeview.js';
import { counted, duration, language, speak, t, translate } from './i18n.js';
import { direction } from './markdown.js';
import { Meter } from './meter.js';
import { Settings } from './settings.js';
import { recall, remember } from './store.js';
import { Answer, Question, copiesBlocks } from './turns.js';
import { STARTERS } from './words.js';

const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const draft = $('draft');
const turns = [];
let running = null; // {answer, abort}
let dropped = null; // {at, gone}: turns that were taken away last, until the next question
let later = null; // waits for a key
let follows = true; // the view stays at the end until the reader scrolls away

const said = (text) => ($('spoken').textContent = text);
const settings = new Settings(said, {
  changed() {
    starters();
    hint();
  },
  entered() {
    later?.();
  },
});

function messages() {
  const list = settings.system ? [{ role: 'system', content: settings.system }] : [];
  turns.forEach((turn, at) => {
    const unanswered = turn.role === 'user' && turns[at + 1] && !turns[at + 1].text;
    if (turn.text && !unanswered) list.push({ role: turn.role, content: turn.text });
  });
  return list;
}

/** The request as it would be sent now: with the draft, else the last one that was. */
function currentRequest() {
  const list = messages();
  const text = draft.value.trim();
  if (text) list.push({ role: 'user', content: text });
  while (list.at(-1)?.role === 'assistant') list.pop();
  if (list.at(-1)?.role !== 'user') list.push({ role: 'user', content: suggestions()[0] });
  return { model: settings.model, messages: list, ...settings.sampling };
}

function send() {
  if (!draft.value.trim() || running) return;
  keyed(() => {
    const text = draft.value.trim();
    if (!text || running) return;
    drops(null);
    add(new Question(text));
    draft.value = '';
    grow();
    hint();
    follows = true;
    back();
    answer();
  });
}

/** Acts now where there is a key, else once one is entered: until then the draft stays as it is. */
function keyed(action) {
  if (!settings.key) {
    later = () => keyed(action);
    settings.askForKey('first');
    return;
  }
  later = null;
  settings.settled();
  action();
}

async function answer() {
  await settings.ready();
  if (running || turns.at(-1)?.role !== 'user') return;
  const body = {
    model: settings.model,
    messages: messages(),
    ...settings.sampling,
    stream: true,
    stream_options: { include_usage: true },
  };
  const abort = new AbortController();
  const turn = new Answer(settings.model || '…', new Meter(performance.now()), again);
  turn.onDrawn = follow;
  add(turn);
  run({ answer: turn, abort });
  try {
    for await (const piece of chat({ key: settings.key, body, signal: abort.signal })) take(turn, piece);
    finish(turn, 'complete');
  } catch (error) {
    failed(turn, error);
  }
}

function take(turn, piece) {
  if (piece.model) turn.answeredBy(piece.model);
  if (piece.text || piece.thought) {
    if (turn.state === 'waiting') said([t('said.start'), turn.stand.textContent].join(' ').trim());
    turn.piece(piece.text ?? '', piece.thought ?? '', performance.now());
  }
  if (piece.finish) turn.finish = piece.finish;
  if (piece.usage) turn.meter.usage = piece.usage;
}

function failed(turn, error) {
  if (error.name === 'AbortError') {
    finish(turn, 'stopped');
    return;
  }
  if (!(error instanceof Failure)) console.error(error);
  turn.failure = error instanceof Failure ? error : new Failure('cut', 'lost', { message: error.message });
  finish(turn, 'failed');
  if (turn.failure.status !== 401 || !turns.includes(turn)) return;
  later = () => again(turn);
  settings.askForKey('refused');
}

function finish(turn, state) {
  turn.end(state, performance.now());
  run(null);
  follow();
  if (!turns.includes(turn)) return;
  const { meter } = turn;
  if (state === 'stopped') said(t('said.stopped'));
  else if (state === 'failed') said(turn.trouble.firstChild.textContent);
  else
    said(t('said.end', { tokens: counted('tokens', meter.tokens), time: duration(meter.seconds() * 1000) }));
}

function run(now) {
  const stopHadFocus = document.activeElement === $('stop');
  running = now;
  $('stop').hidden = now === null;
  $('send').hidden = now !== null;
  if (stopHadFocus) back();
}

/**
 * Puts the caret back into the draft; on a touch screen not, as that would open its keyboard. There
 * nobody has moved the focus by a key, so no ring is drawn around the whole conversation.
 */
function back() {
  if (matchMedia('(hover: none)').matches) $('scroll').focus({ focusVisible: false });
  else draft.focus();
}

/** Answers a question anew; what was said after it is taken away. */
function again(turn) {
  keyed(() => {
    if (running || !turns.includes(turn)) return;
    takeAway(turns.indexOf(turn));
    back();
    answer();
  });
}

/** Takes the turns from there on off the page. They can be brought back where one says anything. */
function takeAway(at) {
  const gone = turns.splice(at);
  for (const turn of gone) turn.element.remove();
  if (gone.some((turn) => turn.text)) drops({ at, gone });
}

function drops(what) {
  dropped = what;
  $('undo').hidden = what === null;
}

/** Brings back what was taken away last, in the place of what stands there now. */
function undo() {
  running?.abort.abort();
  const { at, gone } = dropped;
  drops(null);
  for (const turn of turns.splice(at)) turn.element.remove();
  for (const turn of gone) add(turn);
  said(t('said.undone'));
  back();
}

function add(turn) {
  turns.push(turn);
  $('turns').append(turn.element);
  $('welcome').hidden = true;
  follow();
}

function fresh() {
  running?.abort.abort();
  takeAway(0);
  $('welcome').hidden = false;
  said(t('said.fresh'));
  draft.focus();
}

// --- the page around it

function follow() {
  if (follows) $('scroll').scrollTop = $('scroll').scrollHeight;
  $('latest').hidden = follows;
}

function grow() {
  draft.rows = 1;
  while (draft.rows < 8 && draft.scrollHeight > draft.clientHeight + 1) draft.rows++;
}

function hint() {
  const arabic = !settings.knowsArabic && direction(draft.value) === 'rtl';
  $('hint').hidden = !arabic;
  if (arabic) $('hint').textContent = t('knows.no', { model: settings.model });
}

const suggestions = () => STARTERS[settings.knowsArabic ? language() : 'en'];

function starters() {
  $('starters').replaceChildren(
    ...suggestions().map((text) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = text;
      button.dir = direction(text);
      button.addEventListener('click', () => {
        draft.value = text;
        grow();
        send();
      });
      item.append(button);
      return item;
    }),
  );
}

function relabel() {
  document.title = language() === 'ar' ? 'تيار' : 'Tayyar';
  $('language').textContent = language() === 'ar' ? 'English' : 'العربية';
  $('language').lang = language() === 'ar' ? 'en' : 'ar';
  translate();
  settings.relabel();
  starters();
  hint();
  for (const turn of turns) turn.relabel();
}

function dark() {
  return root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
}

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
draft.addEventListener('keydown', (event) => {
  const page = { PageUp: -1, PageDown: 1 }[event.key];
  if (page) {
    event.preventDefault(); // one reads the conversation with the caret in the draft
    $('scroll').scrollBy({ top: page * $('scroll').clientHeight * 0.85 });
  }
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  send();
});
draft.addEventListener('input', () => {
  grow();
  hint();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !$('code').open) running?.abort.abort();
});
$('stop').addEventListener('click', () => running?.abort.abort());
$('fresh').addEventListener('click', fresh);
$('undo').addEventListener('click', undo);
$('latest').addEventListener('click', () => {
  follows = true;
  follow();
  back();
});
$('scroll').addEventListener('scroll', () => {
  const { scrollHeight, scrollTop, clientHeight } = $('scroll');
  follows = scrollHeight - scrollTop - clientHeight < 40;
  $('latest').hidden = follows;
});
$('language').addEventListener('click', () => {
  speak(language() === 'ar' ? 'en' : 'ar');
  relabel();
});
$('theme').addEventListener('click', () => {
  root.dataset.theme = dark() ? 'light' : 'dark';
  remember('theme', root.dataset.theme);
  for (const turn of turns) turn.relabel();
});
addEventListener('resize', () => {
  for (const turn of turns) turn.drawMeasures?.(performance.now());
  follow(); // an on-screen keyboard makes the view smaller
});

codeDialog(currentRequest);
copiesBlocks($('turns'));
relabel();
settings.readModels();
if (recall('key')) back();
