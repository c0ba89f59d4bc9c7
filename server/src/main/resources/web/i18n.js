// The words of the page in both languages, and numbers as each of them writes them.
import { ARABIC, ENGLISH } from './words.js';
import { remember } from './store.js';

const TABLES = { en: ENGLISH, ar: ARABIC };
const root = document.documentElement;

/** The language shown: 'en' or 'ar'. */
export const language = () => (root.lang === 'ar' ? 'ar' : 'en');

/** The text of that name with {parts} filled in; numbers are written in the language's way. */
export function t(name, parts = {}) {
  const text = TABLES[language()][name] ?? ENGLISH[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, part) => {
    const value = parts[part];
    return typeof value === 'number' ? number(value) : String(value ?? '');
  });
}

/** The text of that name for a count, by the language's own plural forms. */
export function counted(name, count, parts = {}) {
  const form = new Intl.PluralRules(locale()).select(count);
  const table = TABLES[language()];
  const key = `${name}.${form}` in table ? `${name}.${form}` : `${name}.other`;
  return t(key, { ...parts, count });
}

/** The names of languages, given by their tags, in the language shown. */
export function names(tags) {
  const known = new Intl.DisplayNames(locale(), { type: 'language' });
  return new Intl.ListFormat(locale()).format(tags.map((tag) => known.of(tag)));
}

export function number(value, digits = 0) {
  const options = { maximumFractionDigits: digits, minimumFractionDigits: digits };
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** Milliseconds or seconds, whichever reads better. */
export function duration(ms) {
  return ms < 1000 ? t('ms', { n: number(ms) }) : t('s', { n: number(ms / 1000, ms < 10_000 ? 2 : 1) });
}

/** Switches, remembers, and rewrites every marked element. */
export function speak(wanted) {
  remember('language', wanted);
  root.lang = wanted;
  root.dir = wanted === 'ar' ? 'rtl' : 'ltr';
  translate();
}

/** Fills data-t (text), data-t-label (aria-label) and data-t-placeholder below the element. */
export function translate(within = document) {
  for (const element of within.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of within.querySelectorAll('[data-t-label]')) {
    element.setAttribute('aria-label', t(element.dataset.tLabel));
  }
  for (const element of within.querySelectorAll('[data-t-placeholder]')) {
    element.placeholder = t(element.dataset.tPlaceholder);
  }
}

function locale() {
  if (language() === 'en') return 'en';
  return navigator.languages.find((tag) => tag.startsWith('ar-')) ?? 'ar-EG';
}
