// Checks list credentials without the portal: a page that was saved, with the keys and the list of revocations in it.
"use strict";
(() => {
  const words = JSON.parse(document.getElementById("words").textContent);
  const kept = JSON.parse(document.getElementById("kept").textContent);
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const told = (part) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(part)));

  // What a signed text says; an error where it is not one of ours, or was changed.
  const open = async (token, keys) => {
    const parts = token.replace(/\s+/g, "").split(".");
    if (parts.length !== 3) throw new Error("malformed");
    const head = told(parts[0]);
    if (head.alg !== "EdDSA" || head.typ !== "vc+jwt") throw new Error("wrong kind");
    const found = keys.keys.find((key) => key.kid === head.kid && key.kty === "OKP" && key.crv === "Ed25519");
    if (!found) throw new Error("unknown key");
    const key = await crypto.subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", x: found.x }, { name: "Ed25519" }, false, ["verify"]);
    const signed = new TextEncoder().encode(parts[0] + "." + parts[1]);
    if (!(await crypto.subtle.verify({ name: "Ed25519" }, key, bytes(parts[2]), signed))) throw new Error("changed");
    return told(parts[1]);
  };

  // Whether the bit of a place is set in a list of revocations.
  const isSet = async (encoded, place) => {
    const stream = new Blob([bytes(encoded.slice(1))]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bits = new Uint8Array(await new Response(stream).arrayBuffer());
    if (encoded[0] !== "u" || place < 0 || place >= bits.length * 8) throw new Error("no such place");
    return Boolean(bits[place >> 3] & (0x80 >> (place & 7)));
  };

  const check = async (token, keys, list) => {
    const said = await open(token, keys);
    const subject = said.credentialSubject;
    const status = said.credentialStatus;
    if (!subject || !subject.listEntry || !status) throw new Error("no list credential");
    let revoked = null;
    let asOf = "";
    try {
      const listed = await open(list, keys);
      if (listed.id === status.statusListCredential && listed.credentialSubject.statusPurpose === "revocation") {
        revoked = await isSet(listed.credentialSubject.encodedList, Number(status.statusListIndex));
        asOf = listed.validFrom;
        if (!revoked && new Date(listed.validUntil) < new Date()) revoked = null;
      }
    } catch (wrong) {
      revoked = null;
    }
    const late = new Date(said.validUntil) < new Date();
    const state = revoked ? "revoked" : late ? "expired" : revoked === null ? "unknown" : "genuine";
    return { state, said, asOf };
  };

  const text = async (input) => (input.files.length ? (await input.files[0].text()).trim() : "");
  const show = (state, facts) => {
    const place = document.getElementById("answer");
    place.hidden = false;
    place.dataset.state = state;
    document.getElementById("word").textContent = words[state];
    const list = document.getElementById("facts");
    list.replaceChildren();
    for (const [label, value] of facts) {
      const term = document.createElement("dt");
      const told = document.createElement("dd");
      term.textContent = label;
      told.textContent = value;
      list.append(term, told);
    }
    place.focus();
  };

  document.getElementById("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = (name) => document.getElementById(name);
    try {
      const token = (await text(chosen("file"))) || chosen("token").value;
      const keys = JSON.parse((await text(chosen("keys"))) || JSON.stringify(kept.keys));
      const { state, said, asOf } = await check(token, keys, (await text(chosen("list"))) || kept.list);
      const entry = said.credentialSubject.listEntry;
      show(state, [
        [words.unit, said.credentialSubject.name],
        [words.list, said.name],
        [words.year, String(entry.year)],
        [words.code, entry.code],
        [words.asOf, asOf || "—"],
      ]);
    } catch (wrong) {
      show("foreign", []);
    }
  });
})();
