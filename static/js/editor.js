// Turns the text areas of bodies into a rich editor. What the editor cannot hold (tables, pictures, smaller headings,
// runs of another language) it would throw away: a body with such things stays a plain text area.
(() => {
  "use strict";

  const MORE = /<(table|h3|h4|img|figure|sub|sup|u|s|hr|span)\b|\slang=/i;

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

  // The page has its one first heading already: those of a text are second ones.
  if (window.Trix) window.Trix.config.blockAttributes.heading1.tagName = "h2";

  // Files belong to the document's attachments and not into its text.
  document.addEventListener("trix-file-accept", (event) => event.preventDefault());
  document.addEventListener("trix-initialize", (event) => {
    const files = event.target.toolbarElement?.querySelector("[data-trix-button-group='file-tools']");
    if (files) files.remove();
  });
  document.querySelectorAll("textarea[data-rich]").forEach((area) => {
    if (!MORE.test(area.value)) enhance(area);
  });
})();
