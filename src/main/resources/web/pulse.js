// The current: a line on which each piece of an answer is a stroke at the moment it arrived. The wait
// for the first token, the pace and every stutter can be seen. Time runs in the reading direction.

const HEIGHT = 26;
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
    this.#strokes.push([now - this.#started, Math.min(1, 0.35 + Math.log2(1 + chars) / 7)]);
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
    const middle = HEIGHT / 2;
    for (const [ms, weight] of this.#strokes) {
      const x = (ms / spanMs) * (width - 2) + 1;
      const half = (weight * (HEIGHT - 4)) / 2;
      stroke(ink, x, middle - half, x, middle + half);
    }
  }
}

function stroke(ink, x1, y1, x2, y2) {
  ink.beginPath();
  ink.moveTo(x1, y1);
  ink.lineTo(x2, y2);
  ink.stroke();
}
