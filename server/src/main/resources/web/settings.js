// The panel: key, model, system prompt, temperature, most tokens. All of it is remembered in this browser.
import { models } from './client.js';
import { names, number, t } from './i18n.js';
import { keyFromAddress, recall, remember } from './store.js';

const SMALL = 'smollm2-135m';
const NARROW = matchMedia('(max-width: 60rem)');
const $ = (id) => document.getElementById(id);

/** A link may be anybody's: it does not put its key in the place of one's own unasked. */
export function takes(handed, own, ask = (question) => confirm(question)) {
  return own === '' || own === handed || ask(t('key.replace', { end: handed.slice(-4) }));
}

export class Settings {
  #said;
  #changed;
  #entered;
  #defaults = {};
  #languages = []; // that the model knows; none where nothing is said
  #why = ''; // something waits for a key
  #list = null; // null: not read yet or failed

  /**
   * said(text) speaks to screen readers; changed() is called when the model is another one, entered() when
   * a key was put in and the panel left.
   */
  constructor(said, { changed, entered }) {
    this.#said = said;
    this.#changed = changed;
    this.#entered = entered;
    this.#handed();
    $('key').value = recall('key');
    $('system').value = recall('system');
    $('max-tokens').value = recall('max-tokens');
    this.#listen();
    this.#panel();
    this.relabel();
  }

  get key() {
    return $('key').value.trim();
  }

  get model() {
    return $('model').value || recall('model');
  }

  /** True for the default model, which can do little. */
  get small() {
    return this.model === SMALL;
  }

  /** False where the server says that the model knows other languages only. */
  get knowsArabic() {
    return this.#languages.length === 0 || this.#languages.some((tag) => /^ar\b/.test(tag));
  }

  /** The fields of the request that stand in the panel; those left alone are left out. */
  get sampling() {
    const fields = {};
    if (recall('temperature') !== '') fields.temperature = Number(recall('temperature'));
    const most = this.#most();
    if (most > 0) fields.max_tokens = most;
    return fields;
  }

  get system() {
    return $('system').value.trim();
  }

  /** Opens the panel where it is closed and puts the caret into the key. why: '', 'first' or 'refused'. */
  askForKey(why) {
    this.#why = why;
    this.relabel();
    this.#open(true);
    if (why === 'refused') $('key').setAttribute('aria-invalid', 'true');
    if (why === 'first') this.#said($('key-why').textContent);
    $('key').focus();
    $('key').select();
  }

  /** Called when nothing waits for a key any more. */
  settled() {
    this.#why = '';
    this.relabel();
  }

  async readModels() {
    try {
      this.#list = await models();
      this.#fill();
      $('model-trouble').hidden = this.#list.length > 0;
      $('model-trouble').textContent = t('models.none');
    } catch (failure) {
      this.#list = null;
      $('model-trouble').hidden = false;
      $('model-trouble').textContent =
        `${t('models.failed')} ${failure.way === 'down' ? t('error.network') : failure.message}`;
    }
    this.#chosen();
  }

  /** Tries again where the list could not be read before. */
  async ready() {
    if (this.#list === null) await this.readModels();
  }

  relabel() {
    const kept = this.key !== '';
    $('key-note').textContent = t(kept ? 'key.kept' : 'key.none');
    $('forget').hidden = !kept;
    $('key-ask').hidden = kept;
    $('key-why').hidden = this.#why === '';
    $('key-why').textContent = this.#why ? t(`key.${this.#why}`) : '';
    this.#temperature();
    const most = this.#defaults.max_tokens;
    $('max-tokens').placeholder = most ? t('temperature.default', { value: most }) : t('max.placeholder');
    $('model-knows').hidden = this.knowsArabic;
    $('model-knows').textContent = t('knows', { languages: names(this.#languages) });
    $('limits').hidden = !this.small;
    $('small-note').hidden = !this.small;
  }

  #fill() {
    const wanted = recall('model');
    const ids = this.#list.map((entry) => entry.id);
    $('model').replaceChildren(...ids.map((id) => new Option(id, id)));
    if (ids.includes(wanted)) $('model').value = wanted;
  }

  // The defaults are for display alone: the server applies them.
  #chosen() {
    const chosen = this.#list?.find((entry) => entry.id === this.model);
    this.#defaults = chosen?.defaults ?? {};
    this.#languages = chosen?.languages ?? [];
    this.relabel();
    this.#changed();
  }

  // Also while the page is open: a second click on such a link only changes the address.
  #handed() {
    const handed = keyFromAddress();
    if (!handed || !takes(handed, recall('key'))) return;
    remember('key', handed);
    $('key').value = handed;
    this.relabel();
  }

  #leave() {
    this.#open(false);
    if (this.key) this.#entered();
  }

  #listen() {
    addEventListener('hashchange', () => this.#handed());
    $('key').addEventListener('input', () => {
      remember('key', this.key);
      $('key').removeAttribute('aria-invalid');
      this.relabel();
    });
    $('key').addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !this.key) return;
      event.preventDefault(); // it would be typed where the caret goes to
      this.#leave();
    });
    $('forget').addEventListener('click', () => {
      $('key').value = '';
      remember('key', '');
      this.relabel();
      this.#said(t('key.forgotten'));
      $('key').focus();
    });
    $('model').addEventListener('change', () => {
      remember('model', $('model').value);
      this.#chosen();
    });
    $('system').addEventListener('input', () => remember('system', $('system').value));
    $('temperature').addEventListener('input', () => {
      remember('temperature', $('temperature').value);
      this.#temperature();
    });
    $('temperature-reset').addEventListener('click', () => {
      remember('temperature', '');
      this.#temperature();
      $('temperature').focus();
    });
    $('max-tokens').addEventListener('input', () => {
      remember('max-tokens', $('max-tokens').value);
      const bad = $('max-tokens').value.trim() !== '' && !(this.#most() > 0);
      $('max-tokens').setCustomValidity(bad ? t('max.bad') : '');
      $('max-tokens').setAttribute('aria-invalid', bad);
    });
    $('max-tokens').addEventListener('change', () => $('max-tokens').reportValidity());
  }

  #temperature() {
    const own = this.#defaults.temperature;
    const set = recall('temperature');
    $('temperature').value = set === '' ? (own ?? 1) : set;
    $('temperature-reset').hidden = set === '';
    const value =
      own === undefined || own === null
        ? t('temperature.unknown')
        : t('temperature.default', { value: number(own, 1) });
    $('temperature-value').textContent = set === '' ? value : number(Number(set), 1);
    $('temperature').setAttribute('aria-valuetext', $('temperature-value').textContent);
  }

  // Arabic-Indic and Persian digits are digits.
  #most() {
    const text = $('max-tokens').value.trim();
    const latin = text.replace(/[٠-٩۰-۹]/g, (sign) => String(sign.charCodeAt(0) & 0xf));
    return /^\d{1,9}$/.test(latin) ? Number(latin) : 0;
  }

  // On a narrow screen the panel covers the page; what lies below can't be reached meanwhile.
  #panel() {
    $('open-settings').addEventListener('click', () => this.#open(true));
    $('better').addEventListener('click', () => {
      this.#open(true);
      $('better-ways').open = true;
      $('better-ways').firstElementChild.focus();
    });
    $('give-key').addEventListener('click', () => this.askForKey(''));
    $('close-settings').addEventListener('click', () => this.#leave());
    $('settings').addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !document.body.classList.contains('panel')) return;
      event.stopPropagation();
      this.#open(false);
    });
    NARROW.addEventListener('change', () => this.#open(false));
  }

  #open(open) {
    const covers = open && NARROW.matches;
    const was = document.body.classList.contains('panel');
    document.body.classList.toggle('panel', covers);
    for (const part of document.querySelectorAll('.bar, main')) part.inert = covers;
    $('open-settings').setAttribute('aria-expanded', covers);
    if (covers && !was) $('close-settings').focus();
    if (!covers && was) $('open-settings').focus();
  }
}
