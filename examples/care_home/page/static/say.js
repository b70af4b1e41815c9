// Words for whoever is here now: to a screen reader, and to whoever has just pressed something.

import { set } from "/cards.js";

const SAID_MS = 10_000;
const $ = (id) => document.getElementById(id);
let timer = null;

export function announce(text) {
  $("announce").textContent = "";
  requestAnimationFrame(() => { $("announce").textContent = text; });
}

export function say(text) {
  clearTimeout(timer);
  set($("told"), text);
  $("told").hidden = false;
  timer = setTimeout(() => { $("told").hidden = true; }, SAID_MS);
}
