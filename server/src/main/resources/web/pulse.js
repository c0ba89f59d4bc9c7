// The current: a line on which each piece of an answer is a stroke at the moment it arrived, as high as
// the text that came with it. The wait for the first token, the pace and every stutter can be seen. Time
// runs in the reading direction.

const HEIGHT = 26;
const STEP = 4; // pixels: pieces closer than this share a stroke
const WINDOW_MS = 1500; // a short answer does not fill the whole width

export class Pulse {
  #canvas;
  #strokes = [];
  #started;
  #ended = null;

  constructor(canvas, started) {
    this.#canvas = canvas;
    this.#started = started;
  }

  piece(now, chars) {
    this.#strokes.push([now - this.#started, chars]);
  }

  end(now) {
    this.#ended = now - this.#started;
  }

  draw(now) {
    const width = this.#canvas.clientWidth;
    if (width === 0) return;
    const scale = devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(HEIGHT * scale);
    const ink = this.#canvas.getContext('2d');
    ink.scale(scale, scale);
    const style = getComputedStyle(this.#canvas);
    if (style.direction === 'rtl') {
      ink.translate(width, 0);
      ink.scale(-1, 1);
    }
    const spanMs = Math.max(WINDOW_MS, this.#ended ?? now - this.#started);
    this.#line(ink, style, width, spanMs, now);
    this.#marks(ink, style, width, spanMs);
  }

  #line(ink, style, width, spanMs, now) {
    const middle = HEIGHT / 2;
    const x = (ms) => (ms / spanMs) * (width - 2) + 1;
    const end = this.#ended ?? now - this.#started;
    const first = this.#strokes[0]?.[0] ?? end;
    ink.strokeStyle = style.borderTopColor;
    ink.globalAlpha = 0.55;
    ink.setLineDash([1, 4]);
    stroke(ink, x(0), middle, x(first), middle);
    ink.setLineDash([]);
    ink.globalAlpha = 0.4;
    ink.strokeStyle = style.color;
    stroke(ink, x(first), middle, x(end), middle);
    ink.globalAlpha = 1;
  }

  #marks(ink, style, width, spanMs) {
    ink.strokeStyle = style.color;
    ink.lineWidth = 1.5;
    ink.lineCap = 'round';
    const steps = Math.floor((width - 2) / STEP);
    const chars = new Float64Array(steps + 1);
    for (const [ms, count] of this.#strokes) chars[Math.round((ms / spanMs) * steps)] += count;
    const most = Math.max(8, ...chars);
    chars.forEach((count, step) => {
      if (count === 0) return;
      const half = ((0.25 + (0.75 * count) / most) * (HEIGHT - 2)) / 2;
      stroke(ink, step * STEP + 1, HEIGHT / 2 - half, step * STEP + 1, HEIGHT / 2 + half);
    });
  }
}

function stroke(ink, x1, y1, x2, y2) {
  ink.beginPath();
  ink.moveTo(x1, y1);
  ink.lineTo(x2, y2);
  ink.stroke();
}
