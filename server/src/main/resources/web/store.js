// What this browser remembers. Nothing of it is ever sent anywhere but the key, as a bearer header.

const memory = new Map(); // stands in where the browser refuses storage

export function recall(name) {
  try {
    return localStorage.getItem(`tayyar.${name}`) ?? memory.get(name) ?? '';
  } catch {
    return memory.get(name) ?? '';
  }
}

/** Remembers a text; an empty one is forgotten. */
export function remember(name, value) {
  const text = String(value ?? '');
  if (text === '') memory.delete(name);
  else memory.set(name, text);
  try {
    if (text === '') localStorage.removeItem(`tayyar.${name}`);
    else localStorage.setItem(`tayyar.${name}`, text);
  } catch {
    // kept in memory until the page is left
  }
}

/** Takes a key handed over as #key=sk-... and removes it from the address and the history entry. */
export function keyFromAddress(place = location, past = history) {
  const found = new URLSearchParams(place.hash.slice(1)).get('key');
  if (found === null) return '';
  past.replaceState(past.state, '', place.pathname + place.search);
  return found.trim();
}
