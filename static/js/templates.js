// Puts a template into the form of its act without loading the page again; what is written there already stays before it.
"use strict";
(() => {
  document.querySelectorAll("form[data-templates]").forEach((form) => form.addEventListener("submit", (event) => {
    const chosen = form.elements.template.selectedOptions[0];
    const field = document.getElementById(`${form.elements.act.value}-note`);
    if (!chosen?.dataset.text || !field) return;
    event.preventDefault();
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.value = field.value.trim() ? `${field.value.trim()}\n\n${chosen.dataset.text}` : chosen.dataset.text;
    field.focus();
  }));
})();
