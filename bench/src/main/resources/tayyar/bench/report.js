/* Says what is under the pointer. */
const tip = document.getElementById('tip');
for (const plot of document.querySelectorAll('svg[data-tips]')) {
  const tips = JSON.parse(plot.dataset.tips);
  const cursor = plot.querySelector('.cursor');
  const hide = () => { tip.hidden = true; cursor.style.visibility = 'hidden'; };
  plot.addEventListener('pointermove', (event) => {
    const box = plot.getBoundingClientRect();
    const scale = box.width / plot.viewBox.baseVal.width;
    const at = (event.clientX - box.left) / scale;
    const distance = (one) => Math.abs(one[0] - at);
    const near = Math.min(...tips.map(distance));
    const said = tips.filter((one) => distance(one) - near < 0.5);
    cursor.setAttribute('transform', `translate(${said[0][0]})`);
    cursor.style.visibility = 'visible';
    tip.textContent = said.map((one) => one[1]).join('; ');
    tip.hidden = false;
    const left = box.left + said[0][0] * scale + 10;
    tip.style.left = Math.max(4, Math.min(left, innerWidth - tip.offsetWidth - 6)) + 'px';
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 12) + 'px';
  });
  plot.addEventListener('pointerleave', hide);
}
