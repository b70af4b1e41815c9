// One page: what the hub tells comes in as events, what staff press goes out as answers.

import { LANGUAGES } from "/words.js";
import { beep, isAudible, mute, unmute } from "/sound.js";
import { Tile, card, figures, make, pastTable, seconds, set, thresholdTable } from "/cards.js";
import { lineOf } from "/log.js";
import { reason } from "/reasons.js";
import { announce, say } from "/say.js";

const $ = (id) => document.getElementById(id);
const MOST_LINES = 200, STALE_MS = 12_000, HISTORY_MS = 15_000;

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("fr") ? "fr" : "en");
let words = LANGUAGES[language] ?? LANGUAGES.en;
let me = null, events = null, heardAt = 0, historyTimer = null;
let policy = { repeat_s: 10, steps: [] };
let aheadS = 0;  // of this browser's clock before the hub's
const byRoom = new Intl.Collator(undefined, { numeric: true });
const alarms = new Map(), tiles = new Map(), health = new Map(), lines = new Map();

// -- language

function speak(next) {
  language = next;
  words = LANGUAGES[language];
  localStorage.setItem("language", language);
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) set(element, words[element.dataset.word] ?? "");
  set($("language"), words.other);
  $("language").lang = language === "en" ? "fr" : "en";
  $("legend").replaceChildren(words.legend, " ", ...["wearable", "camera", "together"]
    .map((name) => make("span", { class: `key ${name}` }, words[name])));
  showSound();
  if (me) { showAll(); loadHistory(); }
}

// -- speaking to the hub

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...(me ? { "X-CSRF-Token": me.csrf } : {}) },
  };
  const response = await fetch(path, options);
  if (response.status === 401 && me) leave();
  if (!response.ok) {
    const problem = new Error((await response.json().catch(() => ({}))).detail ?? response.statusText);
    problem.status = response.status;
    throw problem;
  }
  return response.status === 204 ? null : response.json();
}

async function answer(alarm, verdict) {
  try {
    const changed = await ask("/api/answers", { alarm, verdict });
    if (changed.active) alarms.set(changed.id, changed); else alarms.delete(changed.id);
    showAlarms();
    loadHistory();
  } catch (problem) {
    // Without a status nothing came back: whether it arrived is not known, and pressing again does no harm.
    say(problem.status === undefined ? words.notSent : reason(problem.message, language));
  }
}

function listen() {
  events?.close();
  events = new EventSource("/api/live");
  const on = (name, act) => events.addEventListener(name, (event) => { heard(); act(JSON.parse(event.data)); });
  on("snapshot", (all) => {
    policy = all.policy;
    aheadS = Date.now() / 1000 - all.now_s;
    alarms.clear();
    all.alarms.forEach((alarm) => alarms.set(alarm.id, alarm));
    setHealth(all.health);
    takeWords(all.words);
    showAll();
    loadHistory();
  });
  on("words", (said) => { takeWords(said); showRooms(said.map((word) => word.origin)); });
  on("alarms", (changed) => {
    for (const alarm of changed) {
      if (alarm.active && !alarms.has(alarm.id)) announce(words.announce(alarm.room));
      if (alarm.active) alarms.set(alarm.id, alarm); else alarms.delete(alarm.id);
    }
    showAlarms();
    loadHistory();
  });
  on("sounds", () => beep());
  on("alive", () => {});
  on("lines", (told) => {
    told.forEach((line) => lines.set(line.number, line));
    if (told.some((line) => line.kind === "link" || line.kind === "room")) loadHealth();
    showLines();
  });
  events.onerror = () => { if (events.readyState === EventSource.CLOSED) checkSession(); };
}

function heard() {
  heardAt = Date.now();
  set($("link"), words.live);
  $("link").dataset.live = "true";
  showBanner();
}

async function checkSession() {
  try {
    me = await ask("/api/me");
    if (me) setTimeout(listen, 2000); else leave();
  } catch { setTimeout(checkSession, 2000); }
}

// -- what is known

function takeWords(said) {
  let isChanged = false;
  for (const word of said) {
    const tile = tiles.get(word.origin);
    if (tile) tile.update(word); else { addTile(word); isChanged = true; }
  }
  if (isChanged) {
    const sorted = [...tiles.values()].sort((a, b) => byRoom.compare(a.word.room, b.word.room));
    $("tiles").replaceChildren(...sorted.map((tile) => tile.element));
  }
}

function addTile(word) {
  // A room that began anew has another origin: its old tile goes.
  for (const [origin, tile] of tiles) {
    if (tile.word.room === word.room) { tile.remove(); tiles.delete(origin); }
  }
  tiles.set(word.origin, new Tile(word));
}

function setHealth(all) {
  health.clear();
  all.forEach((one) => health.set(one.origin, one));
  showRepairs();
}

async function loadHealth() {
  try { setHealth(await ask("/api/health")); showRooms(); showAlarms(); } catch { /* the next line tells again */ }
}

function loadHistory() {
  if (historyTimer !== null) return;
  historyTimer = setTimeout(async () => {
    historyTimer = null;
    try { showHistory(await ask("/api/history")); } catch { /* it is asked again */ }
  }, 300);
}

// -- showing

function showAll() { showAlarms(); showRepairs(); showRooms(); showLines(); }

function showAlarms() {
  // A card that has not changed stays, so that whoever is about to press it presses it.
  const order = [...alarms.values()].sort((a, b) => (a.acknowledged_by !== null) - (b.acknowledged_by !== null)
    || a.raised_at_s - b.raised_at_s);
  const old = new Map([...$("cards").children].map((element) => [element.dataset.key, element]));
  const cards = order.map((alarm) => {
    const key = JSON.stringify([alarm, language]);
    const element = old.get(key) ?? card(alarm, words, language, policy, me.may_answer, answer);
    element.dataset.key = key;
    return element;
  });
  const focused = document.activeElement?.closest?.(".card")?.dataset.alarm;
  if (cards.length !== $("cards").children.length || cards.some((one, i) => one !== $("cards").children[i])) {
    $("cards").replaceChildren(...cards);
  }
  if (focused && !document.activeElement?.closest?.(".card")) {
    cards.find((one) => one.dataset.alarm === focused)?.querySelector("button")?.focus();
  }
  const watched = [...tiles.keys()].filter((origin) => !health.get(origin)?.silent && !health.get(origin)?.ended).length;
  $("calm").hidden = alarms.size > 0;
  set($("calm"), watched ? `✓ ${words.calm(watched)}` : words.nobody);
  const waiting = order.filter((alarm) => alarm.acknowledged_by === null);
  document.title = waiting.length ? `▲ ${words.fall}: ${waiting.map((one) => one.room).join(", ")}` : words.title;
  showAges();
}

function showRepairs() {
  const items = [];
  for (const [origin, one] of health) {
    if (one.ended || !tiles.has(origin) && !one.silent) continue;
    if (one.silent) items.push(words.repairRoom(one.room));
    else one.silent_sensors.forEach((sensor) => items.push(words.repairSensor(one.room, words[sensor] ?? sensor)));
  }
  $("repairs").replaceChildren(...items.map((text) => make("li", {}, text)));
}

function showRooms(origins = tiles.keys()) {
  for (const origin of origins) tiles.get(origin).show(words, health.get(origin) ?? {});
}

function showHistory(all) {
  $("figures").replaceChildren(...figures(all.statistics, all.counts, words));
  $("past").replaceChildren(...pastTable(all.alarms, words, language, me.may_answer, answer));
  $("thresholds").replaceChildren(...thresholdTable(all.thresholds, all.statistics, all.recorded, words));
  set($("thresholds-note"), words.thresholdsNote(all.recorded));
  set($("digest"), `${words.digest} ${all.digest.slice(0, 16)}…`);
}

function showLines() {
  const latest = [...lines.values()].sort((a, b) => b.number - a.number).slice(0, MOST_LINES);
  [...lines.keys()].sort((a, b) => b - a).slice(MOST_LINES).forEach((number) => lines.delete(number));
  $("lines").replaceChildren(...latest.map((line) => lineOf(line, words, language)));
}

function showAges() {
  for (const element of document.querySelectorAll("time[data-since]")) {
    set(element, seconds(Date.now() / 1000 - aheadS - Number(element.dataset.since)));
  }
}

function showSound() {
  const on = isAudible();
  $("sound").setAttribute("aria-pressed", String(on));
  $("sound").dataset.word = on ? "soundOn" : "soundOff";
  set($("sound"), on ? words.soundOn : words.soundOff);
  showBanner();
}

function showBanner() {
  const isLost = me && heardAt && Date.now() - heardAt > STALE_MS;
  const isMute = me && !isAudible();
  $("banner").hidden = !isLost && !isMute;
  $("banner").dataset.kind = isLost ? "lost" : "mute";
  set($("banner"), isLost ? words.lost : isMute ? words.soundBanner : "");
  document.body.dataset.lost = String(Boolean(isLost));
  if (isLost) { set($("link"), words.waiting); $("link").dataset.live = "false"; }
}

// -- coming and going

function enter() {
  $("enter").hidden = true;
  $("home").hidden = $("sections").hidden = $("leave").hidden = $("sound").hidden = false;
  set($("me"), me.name);
  set($("link"), words.waiting);
  listen();
}

function leave() {
  events?.close();
  events = me = null;
  heardAt = 0;
  alarms.clear(); tiles.clear(); health.clear(); lines.clear();
  ["cards", "tiles", "lines", "past", "figures"].forEach((id) => $(id).replaceChildren());
  $("home").hidden = $("sections").hidden = $("leave").hidden = $("sound").hidden = $("banner").hidden = true;
  $("enter").hidden = false;
  set($("me"), ""); set($("link"), "");
  document.title = words.title;
  $("name").focus();
}

$("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  set($("wrong"), "");
  try {
    me = await ask("/api/sign-in", { name: $("name").value.trim(), password: $("password").value });
    $("password").value = "";
    unmute().then(showSound);
    enter();
    $("alarms").focus();
  } catch (problem) {
    set($("wrong"), problem.status === 401 ? words.wrong : problem.status === 429 ? words.tooFast : problem.message);
  }
});
$("leave").addEventListener("click", async () => { try { await ask("/api/sign-out", {}); } finally { leave(); } });
$("language").addEventListener("click", () => speak(language === "en" ? "fr" : "en"));
$("sound").addEventListener("click", async () => {
  if (isAudible()) await mute(); else { await unmute(); beep(); }
  showSound();
});

setInterval(() => {
  showAges();
  showBanner();
}, 1000);
setInterval(() => {
  const isLost = heardAt && Date.now() - heardAt > STALE_MS;
  if (isLost && [...alarms.values()].some((alarm) => alarm.acknowledged_by === null)) beep();
}, 10_000);
setInterval(() => { if (me) loadHistory(); }, HISTORY_MS);

speak(language);
me = await ask("/api/me").catch(() => null);
if (me) enter(); else leave();
