// An answer as safe nodes. Raw HTML is shown as the text it is, images become links, links lead only to
// http, https and mailto. DOMPurify stands behind all of it.
/* global marked, DOMPurify */

const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const STRONG = /\p{L}/u;
const BLOCKS = 'p,h1,h2,h3,h4,h5,h6,ul,ol,table,blockquote';
const ALLOWED = {
  ALLOWED_TAGS: [
    'p',
    'br',
    'hr',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'ul',
    'ol',
    'li',
    'blockquote',
    'pre',
    'code',
    'em',
    'strong',
    'del',
    'a',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
  ],
  ALLOWED_ATTR: ['href', 'title', 'start', 'class', 'align'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** 'rtl' or 'ltr' by the first letter of the text, or '' where it has none. */
export function direction(text) {
  for (const sign of text) {
    if (STRONG.test(sign)) return RTL.test(sign) ? 'rtl' : 'ltr';
  }
  return '';
}

const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const SIGNS = /[[\]()*_~`<!]/g;
const SIGNS_MAX = 400;
const DEPTH_MAX = 32;

/** A run of text with so many signs that sorting them out would hold the page up stays as it is. */
const tangled = (text) => text.length > SIGNS_MAX && (text.match(SIGNS)?.length ?? 0) > SIGNS_MAX;

let parser;
let Lexer;
function prepare() {
  Lexer = class extends marked.Lexer {
    #depth = 0;

    blockTokens(text, tokens = [], clipped = false) {
      if (this.#depth === DEPTH_MAX) {
        tokens.push({ type: 'text', raw: text, text, escaped: false });
        return tokens;
      }
      this.#depth++;
      try {
        return super.blockTokens(text, tokens, clipped);
      } finally {
        this.#depth--;
      }
    }

    inlineTokens(text, tokens = []) {
      if (!tangled(text)) return super.inlineTokens(text, tokens);
      tokens.push({ type: 'text', raw: text, text, escaped: false });
      return tokens;
    }
  };
  parser = new marked.Marked({
    gfm: true,
    breaks: true,
    renderer: {
      html: ({ text: raw }) => escape(raw),
      image: ({ href, text: name }) => `<a href="${escape(href)}">${escape(name || href)}</a>`,
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  });
}

/** An answer as HTML that is not safe yet. */
export function parse(text) {
  if (!parser) prepare();
  return parser.parser(new Lexer(parser.defaults).lex(text));
}

/** The nodes of an answer. decorateCode(pre, language) may add to each code block. */
export function render(text, decorateCode = () => {}) {
  const nodes = DOMPurify.sanitize(parse(text), ALLOWED);
  for (const link of nodes.querySelectorAll('a')) {
    link.rel = 'noopener noreferrer nofollow';
    link.target = '_blank';
  }
  let before = direction(text) || document.documentElement.dir;
  for (const block of nodes.querySelectorAll(BLOCKS)) {
    before = direction(withoutCode(block)) || before;
    block.dir = before;
  }
  for (const code of nodes.querySelectorAll('code')) code.dir = 'ltr';
  for (const pre of nodes.querySelectorAll('pre')) {
    pre.dir = 'ltr';
    pre.tabIndex = 0; // scrolls sideways: the keyboard must reach it
    decorateCode(pre, /language-(\S+)/.exec(pre.firstElementChild?.className ?? '')?.[1] ?? '');
  }
  for (const table of nodes.querySelectorAll('table')) scrolls(table);
  return nodes;
}

/** A table wider than the page scrolls by itself, by keyboard too. */
function scrolls(table) {
  const frame = document.createElement('div');
  frame.className = 'table';
  frame.dir = table.dir;
  frame.tabIndex = 0;
  table.replaceWith(frame);
  frame.append(table);
}

/** Puts the nodes into the element, leaving alone what has not changed: a selection lives on. */
export function patch(element, nodes) {
  const fresh = [...nodes.childNodes];
  const present = [...element.childNodes];
  let same = 0;
  while (same < fresh.length && same < present.length && present[same].isEqualNode(fresh[same])) same++;
  for (const node of present.slice(same)) node.remove();
  element.append(...fresh.slice(same));
}

function withoutCode(block) {
  if (!block.querySelector('code')) return block.textContent;
  const copy = block.cloneNode(true);
  for (const code of copy.querySelectorAll('code')) code.remove();
  return copy.textContent;
}
