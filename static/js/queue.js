// Makes a queue quick for those who know its keys. Everything works with mouse, tab and no script as well.
"use strict";
(() => {
  const table = document.querySelector("[data-queue]");
  const keys = document.querySelector("[data-keys]");
  const filter = document.querySelector("[data-filter]");
  const rows = table ? [...table.tBodies[0].rows] : [];
  let at = -1;
  if (keys) keys.hidden = false;

  const boxOf = (row) => row.querySelector("input[type=checkbox]");
  const mark = (row) => row.classList.toggle("chosen", Boolean(boxOf(row)?.checked));
  const go = (step) => {
    if (!rows.length) return;
    at = Math.min(rows.length - 1, Math.max(0, at + step));
    rows[at].querySelector("a").focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  rows.forEach((row, number) => {
    row.addEventListener("focusin", () => { at = number; row.classList.add("here"); });
    row.addEventListener("focusout", () => row.classList.remove("here"));
    boxOf(row)?.addEventListener("change", () => mark(row));
    mark(row);
  });

  const all = document.querySelector("[data-pick-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => rows.forEach((row) => {
      const box = boxOf(row);
      if (box) { box.checked = all.checked; mark(row); }
    }));
  }

  const acts = {
    j: () => go(1),
    k: () => go(-1),
    x: () => { const box = rows[at] && boxOf(rows[at]); if (box) { box.checked = !box.checked; mark(rows[at]); } },
    o: () => { if (rows[at]) rows[at].querySelector("a").click(); },
    "/": () => filter?.focus(),
    "?": () => { if (keys) { keys.open = !keys.open; if (keys.open) keys.querySelector("summary").focus(); } },
  };
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey || writing || !(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  });
})();
