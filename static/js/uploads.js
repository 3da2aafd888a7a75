// Sends files in pieces that outlive a broken line (tus 1.0). Nothing is kept in the browser: what is unfinished stands in the page.
"use strict";
(() => {
  const zone = document.querySelector("[data-uploads]");
  const input = document.getElementById("evidence");
  if (!zone || !input || !window.tus || !window.tus.isSupported) return;
  const words = zone.dataset;
  const list = zone.querySelector(".upload-list");
  const blank = zone.querySelector("template");
  const busy = zone.querySelector("[data-upload-busy]");
  const AT_ONCE = 2;
  const AGAIN = 15000;
  const waiting = [];
  let running = 0;
  let arrived = 0;

  zone.hidden = false;

  const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  const part = (row, name) => row.querySelector(`[data-upload-${name}]`);
  const button = (row, act) => row.querySelector(`[data-upload-act="${act}"]`);
  const say = (row, text) => { const said = part(row, "said"); if (said.textContent !== text) said.textContent = text; };
  const show = (row, moving) => { button(row, "pause").hidden = !moving; button(row, "go").hidden = moving; };
  const unfinished = () => [...list.children].some((row) => row.dataset.state === "moving");

  const progress = (row, sent, total) => {
    const percent = Math.floor((100 * sent) / total);
    row.querySelector("progress").value = percent;
    part(row, "percent").textContent = words.sent.replace("{percent}", percent).replace("{size}", size(total));
    if (sent === total) say(row, words.checking);
  };

  const next = () => {
    while (running < AT_ONCE && waiting.length) { running += 1; waiting.shift()(); }
    // The page shows what has been taken, with its digest and what hides in it.
    if (words.page && !running && !waiting.length && arrived && !unfinished()) window.location.assign(words.page);
  };
  const ended = () => { running -= 1; next(); };

  const refuse = (row, fault) => {
    const answer = fault.originalResponse;
    const told = answer && answer.getStatus() >= 400 && (answer.getHeader("Content-Type") || "").startsWith("text/plain");
    row.dataset.state = "ended";
    row.classList.add("upload-refused");
    say(row, (told && answer.getBody()) || words.failed);
    button(row, "pause").hidden = true;
    button(row, "go").hidden = Boolean(told && answer.getStatus() < 500);
  };

  const known = (file) => [...list.children].find((row) => row.dataset.upload && row.dataset.name === file.name && Number(row.dataset.size) === file.size);

  const rowOf = (file) => {
    const before = known(file);
    if (before) return before;
    const row = blank.content.firstElementChild.cloneNode(true);
    row.querySelector(".upload-name").textContent = file.name;
    row.querySelector("progress").setAttribute("aria-label", file.name);
    list.append(row);
    return row;
  };

  const send = (file) => {
    const row = rowOf(file);
    if (row.dataset.state) return;
    let timer = 0;
    const upload = new window.tus.Upload(file, {
      endpoint: words.uploads,
      uploadUrl: row.dataset.upload || null,
      chunkSize: Number(words.piece),
      headers: { "X-CSRFToken": words.token },
      metadata: { filename: file.name },
      retryDelays: [0, 1000, 2000, 4000, 8000, 15000],
      storeFingerprintForResuming: false,
      onProgress: (sent, total) => { say(row, ""); progress(row, sent, total); },
      onShouldRetry: (fault) => {
        const status = fault.originalResponse ? fault.originalResponse.getStatus() : 0;
        if (!status) say(row, words.broken);
        return !status || status === 409 || status === 423 || (status >= 500 && status !== 507);
      },
      onSuccess: () => { row.dataset.state = "taken"; button(row, "pause").hidden = true; say(row, words.arrived); arrived += 1; ended(); },
      onError: (fault) => {
        if (fault.originalResponse && fault.originalResponse.getStatus()) { refuse(row, fault); ended(); return; }
        // The line is still broken: it is tried until somebody pauses or removes the file.
        say(row, words.broken);
        timer = window.setTimeout(() => upload.start(), AGAIN);
      },
    });
    const start = () => { row.dataset.state = "moving"; row.classList.remove("upload-refused"); show(row, true); say(row, ""); upload.start(); };
    const stop = () => { window.clearTimeout(timer); if (row.dataset.state !== "moving") return false; row.dataset.state = "paused"; ended(); return true; };
    window.addEventListener("online", () => { if (timer && row.dataset.state === "moving") { window.clearTimeout(timer); timer = 0; upload.start(); } });
    button(row, "pause").addEventListener("click", () => { upload.abort(); if (stop()) show(row, false); });
    button(row, "go").addEventListener("click", () => { row.dataset.state = "moving"; waiting.push(start); next(); });
    row.remove_ = async () => { stop(); try { await upload.abort(true); } catch { /* The server forgets it by itself later. */ } };
    row.dataset.state = "moving";
    show(row, true);
    waiting.push(start);
    next();
  };

  const forget = async (row) => {
    row.hidden = true;
    if (row.remove_) await row.remove_();
    else if (row.dataset.upload) {
      try { await window.tus.Upload.terminate(row.dataset.upload, { headers: { "X-CSRFToken": words.token } }); } catch { /* As above. */ }
    }
    row.remove();
    next();
  };

  list.addEventListener("click", (event) => {
    const act = event.target.closest("[data-upload-act=remove]");
    if (act) forget(act.closest(".upload"));
  });
  input.addEventListener("change", () => {
    const chosen = [...input.files];
    input.value = "";
    input.setCustomValidity("");
    chosen.forEach(send);
  });

  const field = input.closest(".field") || zone;
  const over = (on) => field.classList.toggle("is-over", on);
  ["dragenter", "dragover"].forEach((name) => field.addEventListener(name, (event) => { event.preventDefault(); over(true); }));
  ["dragleave", "drop"].forEach((name) => field.addEventListener(name, (event) => { event.preventDefault(); over(false); }));
  field.addEventListener("drop", (event) => [...event.dataTransfer.files].forEach(send));

  // Going on would leave behind what is still on its way; going back or stopping may.
  input.form.addEventListener("submit", (event) => {
    if (!unfinished() || ["back", "stop"].includes(event.submitter && event.submitter.value)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    busy.textContent = words.busy;
    busy.hidden = false;
  }, { capture: true });
})();
