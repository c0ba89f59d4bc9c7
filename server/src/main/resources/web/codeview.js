// The dialog 'Show the code': tabs in the ARIA pattern (arrows move, one tab stop), and a copy button.
import { SAMPLES, coloured } from './code.js';
import { t } from './i18n.js';
import { recall, remember } from './store.js';

const $ = (id) => document.getElementById(id);

/** Wires the dialog. request() gives the body of the current request. */
export function codeDialog(request) {
  const dialog = $('code');
  const list = dialog.querySelector('[role=tablist]');
  let chosen = SAMPLES.find((sample) => sample.id === recall('sample')) ?? SAMPLES[0];

  const show = (sample, focus = false) => {
    chosen = sample;
    remember('sample', sample.id);
    for (const tab of list.children) {
      const selected = tab.id === `tab-${sample.id}`;
      tab.setAttribute('aria-selected', selected);
      tab.tabIndex = selected ? 0 : -1;
      if (selected && focus) tab.focus();
    }
    $('sample').setAttribute('aria-labelledby', `tab-${sample.id}`);
    $('sample').firstElementChild.replaceChildren(coloured(sample.write(`${location.origin}/v1`, request())));
    $('sample').scrollTo(0, 0);
  };

  for (const sample of SAMPLES) list.append(tabOf(sample, show));
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const forward = document.documentElement.dir === 'rtl' ? -step : step;
    const next = (SAMPLES.indexOf(chosen) + forward + SAMPLES.length) % SAMPLES.length;
    show(SAMPLES[next], true);
  });
  $('copy-code').addEventListener('click', () => copy($('copy-code'), $('sample').textContent));
  $('close-code').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  $('show-code').addEventListener('click', () => {
    $('tab-browser').textContent = t('code.browser');
    dialog.showModal();
    show(chosen, true);
  });
}

function tabOf(sample, show) {
  const tab = document.createElement('button');
  tab.type = 'button';
  tab.id = `tab-${sample.id}`;
  tab.setAttribute('role', 'tab');
  tab.setAttribute('aria-controls', 'sample');
  tab.textContent = sample.name ?? t('code.browser');
  tab.addEventListener('click', () => show(sample));
  return tab;
}

/** Copies the text and says so on the button for a moment. */
export async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text, button); // no clipboard outside a secure context, e.g. by a LAN address
  }
  button.textContent = t('copied');
  $('spoken').textContent = t('copied');
  setTimeout(() => (button.textContent = t('copy')), 1500);
}

function copyBySelection(text, near) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  near.after(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  near.focus();
}
