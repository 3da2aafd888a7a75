// A short computation instead of a wait while very many file (the protocol of ALTCHA, version 1). The same file is the
// page's script and the worker that computes beside it. Without it the form passes after a minute.
"use strict";

if (typeof document === "undefined") {
  self.onmessage = async (message) => {
    const task = message.data;
    const encoder = new TextEncoder();
    const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
    for (let number = 0; number <= task.maxNumber; number += 1) {
      const digest = await crypto.subtle.digest(task.algorithm, encoder.encode(task.salt + number));
      if (hex(digest) === task.challenge) {
        self.postMessage(number);
        return;
      }
    }
    self.postMessage(null);
  };
} else {
  const source = document.currentScript.src;
  document.querySelectorAll("[data-proof]").forEach((place) => {
    // Browsers compute only where the line is secure.
    if (!window.isSecureContext || !window.Worker) return;
    const task = JSON.parse(place.dataset.proof);
    const status = place.querySelector("[data-proof-status]");
    const field = place.querySelector("[name=proof]");
    const worker = new Worker(source);
    status.textContent = status.dataset.working;
    worker.onmessage = (message) => {
      worker.terminate();
      if (message.data === null) {
        status.textContent = "";
        return;
      }
      const solved = {
        algorithm: task.algorithm,
        challenge: task.challenge,
        number: message.data,
        salt: task.salt,
        signature: task.signature,
      };
      field.value = btoa(JSON.stringify(solved));
      status.textContent = status.dataset.done;
    };
    worker.onerror = () => { status.textContent = ""; };
    worker.postMessage(task);
  });
}
