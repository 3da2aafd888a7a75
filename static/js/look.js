// Turns the pages of a preview with the arrow keys, and goes back to the case with Escape; the links do the same.
"use strict";
(() => {
  const links = { ArrowLeft: "[rel=prev]", ArrowRight: "[rel=next]", Escape: "[data-look-back]" };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, pre")) return;
    const link = links[event.key] && document.querySelector(links[event.key]);
    if (link) { event.preventDefault(); link.click(); }
  });
})();
