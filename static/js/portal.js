// Improves pages that work without it: reading aids, a guard against double clicks, focus on errors.
"use strict";
(() => {
  const root = document.documentElement;
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* Private windows refuse. */ } };
  const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const font = recall("portal.font");
  if (font) root.dataset.font = font;
  if (recall("portal.contrast") === "high") root.dataset.contrast = "high";

  document.querySelectorAll("[data-reading]").forEach((bar) => {
    bar.hidden = false;
    const contrast = bar.querySelector("[data-contrast]");
    const show = () => contrast.setAttribute("aria-pressed", String(root.dataset.contrast === "high"));
    show();
    contrast.addEventListener("click", () => {
      if (root.dataset.contrast === "high") delete root.dataset.contrast; else root.dataset.contrast = "high";
      remember("portal.contrast", root.dataset.contrast || "");
      show();
    });
    bar.querySelectorAll("[data-font-step]").forEach((button) => button.addEventListener("click", () => {
      const step = Number(button.dataset.fontStep);
      root.dataset.font = step === 0 ? "0" : String(Math.min(2, Number(root.dataset.font || 0) + step));
      remember("portal.font", root.dataset.font);
    }));
  });

  // The server refuses the second of two equal acts in words; this spares the person the words.
  document.querySelectorAll("form[method=post]").forEach((form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.addEventListener("pageshow", () => { delete form.dataset.sent; }, { once: true });
  }));

  // On a phone the sections of the desk stand in one line; the one that is open shows.
  document.querySelector(".desk-nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

  const errors = document.getElementById("errors");
  if (errors) errors.focus();

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // Files are checked against the announced limits before they travel.
  document.querySelectorAll("input[type=file][data-max-bytes]").forEach((input) => input.addEventListener("change", () => {
    const limit = Number(input.dataset.maxBytes);
    const most = Number(input.dataset.maxFiles || 0);
    const tooLarge = [...input.files].some((file) => file.size > limit);
    const tooMany = most && input.files.length > most;
    input.setCustomValidity(tooLarge ? input.dataset.tooLarge : tooMany ? input.dataset.tooMany : "");
    input.reportValidity();
  }));
})();
