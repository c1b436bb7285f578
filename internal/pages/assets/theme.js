// Before anything is drawn: light or dark, if that was chosen here before.
// A classic script, since modules come later and the page would flash.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* forbidden here */ }
  for (const theme of [asked, chosen]) {
    if (theme === "light" || theme === "dark") {
      document.documentElement.dataset.theme = theme;
      return;
    }
  }
})();
