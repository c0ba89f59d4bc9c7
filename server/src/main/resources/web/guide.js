// A button to copy each sample; the language chosen is remembered for the other pages.
import { remember } from './store.js';

const { copy, copied } = document.querySelector('main').dataset;

for (const sample of document.querySelectorAll('pre[data-sample]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = copy;
  button.addEventListener('click', async () => {
    await navigator.clipboard?.writeText(sample.textContent);
    button.textContent = copied;
    setTimeout(() => (button.textContent = copy), 2000);
  });
  const frame = document.createElement('div');
  frame.className = 'sample';
  sample.replaceWith(frame);
  frame.append(button, sample);
}

document.getElementById('language').addEventListener('click', (event) => {
  remember('language', event.currentTarget.lang);
});
