// Runs before the first paint, so that the theme chosen in the playground is not seen to change.
(() => {
  try {
    const theme = localStorage.getItem('tayyar.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // storage is switched off: the browser's own wish holds
  }
})();
