// Runs before the first paint, so that neither language, direction nor theme is seen to change.
(() => {
  const stored = (name) => {
    try {
      return localStorage.getItem(`tayyar.${name}`);
    } catch {
      return null; // storage is switched off: the browser's own wishes hold
    }
  };
  const root = document.documentElement;
  const wanted = stored('language') ?? navigator.language ?? 'en';
  root.lang = wanted.startsWith('ar') ? 'ar' : 'en';
  root.dir = root.lang === 'ar' ? 'rtl' : 'ltr';
  const theme = stored('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
})();
