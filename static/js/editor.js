// Turns the text areas of bodies into a rich editor. What the editor cannot hold (tables, pictures, smaller headings,
// runs of another language) it would throw away: a body with such things stays a plain text area.
(() => {
  "use strict";

  const MORE = /<(table|h3|h4|img|figure|sub|sup|u|s|hr|span)\b|\slang=/i;

  // Neither script slants its letters, and notices hold no program text.
  const UNWANTED = ["[data-trix-button-group='file-tools']", "[data-trix-attribute=italic]", "[data-trix-attribute=strike]",
    "[data-trix-attribute=code]", "[data-trix-action$=NestingLevel]"].join();

  const enhance = (area) => {
    const editor = document.createElement("trix-editor");
    const label = document.querySelector(`label[for="${area.id}"]`);
    editor.setAttribute("input", area.id);
    editor.setAttribute("class", "rich form-control");
    if (label) {
      label.id = `${area.id}-label`;
      editor.setAttribute("aria-labelledby", label.id);
    }
    const described = area.getAttribute("aria-describedby");
    if (described) editor.setAttribute("aria-describedby", described);
    area.hidden = true;
    area.after(editor);
  };

  if (!window.Trix) return;
  Object.assign(window.Trix.config.lang, JSON.parse(document.querySelector("[data-words]").dataset.words));
  // The page has its one first heading already: those of a text are second ones.
  window.Trix.config.blockAttributes.heading1.tagName = "h2";

  // Files belong to the document's attachments and not into its text.
  document.addEventListener("trix-file-accept", (event) => event.preventDefault());
  document.addEventListener("trix-initialize", (event) => {
    const bar = event.target.toolbarElement;
    bar.lang = document.documentElement.lang;
    bar.querySelectorAll(UNWANTED).forEach((part) => part.remove());
  });
  document.querySelectorAll("textarea[data-rich]").forEach((area) => {
    if (!MORE.test(area.value)) enhance(area);
  });
})();
