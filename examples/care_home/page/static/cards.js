// The pieces of the page. Text is always set as text, so that no name can become markup.

import { outline } from "/outline.js";
import { reason } from "/reasons.js";

const SVG = "http://www.w3.org/2000/svg";
const MINUTE = 60;

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function seconds(s) {
  s = Math.max(0, Math.round(s));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, "0")} min`;
}

// Formatters are kept: making one for each number of two hundred rooms would take longer than anything else here.
const decimals = new Map();

export function decimal(value, digits = 2) {
  if (value === null || value === undefined) return "–";
  const key = `${document.documentElement.lang} ${digits}`;
  if (!decimals.has(key)) {
    decimals.set(key, new Intl.NumberFormat(document.documentElement.lang,
      { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return decimals.get(key).format(value);
}

export function joules(j) {
  const [scale, unit] = j >= 1 ? [1, "J"] : j >= 1e-3 ? [1e3, "mJ"] : [1e6, "µJ"];
  return `${(j * scale).toLocaleString(document.documentElement.lang, { maximumSignificantDigits: 2 })} ${unit}`;
}

export function clock(s, language) {
  return new Date(1000 * s).toLocaleTimeString(language === "en" ? "en-GB" : language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function chart() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 60 24");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const lines = {};
  for (const name of ["wearable", "camera", "together"]) {
    lines[name] = document.createElementNS(SVG, "path");
    lines[name].setAttribute("class", name);
    svg.append(lines[name]);
  }
  return { svg, lines };
}

// A path with gaps where a sensor could not say.
function path(values) {
  let d = "", pen = "M";
  values.forEach((p, i) => {
    if (p === null) { pen = "M"; return; }
    d += `${pen}${i + MINUTE - values.length} ${(23 - 22 * p).toFixed(1)}`;
    pen = "L";
  });
  return d;
}

// Charts are drawn where somebody sees them; a tile that comes into view is drawn then.
const inView = new IntersectionObserver((entries) => {
  for (const entry of entries) tilesByElement.get(entry.target)?.appear(entry.isIntersecting);
}, { rootMargin: "200px" });
const tilesByElement = new WeakMap();

export class Tile {
  constructor(word) {
    this.isSeen = false;
    this.past = { wearable: [], camera: [], together: [] };
    const { svg, lines } = chart();
    this.lines = lines;
    this.phase = make("p", { class: "phase" });
    this.values = make("p", { class: "values" });
    this.element = make("li", { class: "tile" }, make("h3", {}, ""), this.phase, svg, this.values);
    tilesByElement.set(this.element, this);
    inView.observe(this.element);
    this.update(word);
  }

  remove() {
    inView.unobserve(this.element);
    this.element.remove();
  }

  appear(isSeen) {
    this.isSeen = isSeen;
    if (isSeen) this.draw();
  }

  draw() {
    for (const [name, values] of Object.entries(this.past)) this.lines[name].setAttribute("d", path(values));
  }

  update(word) {
    this.word = word;
    const said = { together: word.p };
    for (const sensor of word.sensors) said[sensor.name] = sensor.probability;
    for (const [name, values] of Object.entries(this.past)) {
      values.push(said[name] ?? null);
      if (values.length > MINUTE) values.shift();
    }
    if (this.isSeen) this.draw();
  }

  show(words, state) {
    const { word } = this;
    set(this.element.firstChild, `${words.room} ${word.room}`);
    const phase = state.ended ? "ended" : state.silent ? "lost" : word.phase;
    this.element.dataset.phase = phase;
    set(this.phase, words.phases[phase] ?? phase);
    const parts = word.sensors.map((sensor) => `${words[sensor.name] ?? sensor.name} ${decimal(sensor.probability)}`);
    set(this.values, `${parts.join(" · ")} → ${words.together} ${decimal(word.p)}`);
  }
}

// The number stands beside it, so that the bar is for the eye alone.
function bar(p) {
  const filled = make("span", { class: "filled" });
  filled.style.width = `${100 * (p ?? 0)}%`;
  return make("span", { class: "bar", "aria-hidden": "true" }, filled);
}

function evidence(alarm, words) {
  const rows = alarm.sensors.map((sensor) => {
    const p = sensor.probability;
    const says = p === null ? words.silent
      : sensor.share > 0.5 ? words.speaksFor : sensor.share < -0.5 ? words.speaksAgainst : words.neutral;
    return make("li", {}, make("span", { class: "who" }, words[sensor.name] ?? sensor.name), bar(p),
      make("span", { class: "number" }, decimal(p)), make("span", { class: "says" }, says));
  });
  const cost = alarm.sensors.map((sensor) => `${words[sensor.name] ?? sensor.name} ${joules(sensor.energy_j)}`);
  const total = alarm.sensors.reduce((sum, sensor) => sum + sensor.energy_j, 0);
  return [
    make("ul", { class: "evidence" }, ...rows,
      make("li", { class: "fused" }, make("span", { class: "who" }, words.together),
        bar(alarm.p),
        make("span", { class: "number" }, decimal(alarm.p)), make("span", { class: "says" }, ""))),
    alarm.sensors.length ? make("p", { class: "note" }, `${words.cost} ${joules(total)}: ${cost.join(", ")}.`) : null,
  ];
}

// A verdict ends an alarm, so it takes two presses; coming takes one.
function button(label, words, press, { twice = false, primary = false } = {}) {
  let armed = null;
  const element = make("button", { type: "button", class: primary ? "primary" : "" }, label);
  element.addEventListener("click", () => {
    if (twice && armed === null) {
      element.textContent = words.really;
      element.classList.add("armed");
      armed = setTimeout(() => { armed = null; element.textContent = label; element.classList.remove("armed"); }, 5000);
      return;
    }
    element.disabled = true;
    press().finally(() => { element.disabled = false; });
  });
  return element;
}

export function card(alarm, words, language, policy, mayAnswer, answer) {
  const waits = alarm.acknowledged_by === null;
  const called = policy.steps.slice(0, alarm.steps_called).map((step) => words.whom[step[1]] ?? step[1]);
  const state = alarm.verdict !== null ? words.said(words.verdicts[alarm.verdict], alarm.verdict_by)
    : waits ? `${words.waits}${called.length ? ` · ${words.called} ${called.join(", ")}` : ""}`
    : words.comes(alarm.acknowledged_by);
  const actions = make("div", { class: "actions" });
  if (mayAnswer && alarm.verdict === null) {
    if (waits) actions.append(button(words.go, words, () => answer(alarm.id, "on my way"), { primary: true }));
    actions.append(button(words.helped, words, () => answer(alarm.id, "helped"), { twice: true, primary: !waits }));
    actions.append(button(words.false, words, () => answer(alarm.id, "false alarm"), { twice: true }));
  } else if (!mayAnswer) actions.append(make("p", { class: "note" }, words.mayOnlyLook));
  const title = `card-${alarm.id}`;
  return make("article", { class: "card", "data-waits": String(waits), "aria-labelledby": title, "data-alarm": alarm.id },
    make("h2", { id: title }, make("span", { class: "sign", "aria-hidden": "true" }, waits ? "▲" : "●"),
      make("span", { class: "where" }, `${words.room} ${alarm.room}`), make("span", { class: "what" }, words.fall)),
    make("p", { class: "age" }, `${words.since} `, make("time", { "data-since": alarm.raised_at_s }, ""),
      ` (${words.at} ${clock(alarm.raised_at_s, language)})`),
    alarm.urgent && waits ? make("p", { class: "state urgent" }, words.urgent) : null,
    make("p", { class: "state" }, state), actions,
    make("details", { class: "why", open: true }, make("summary", {}, words.why),
      make("p", { class: "reason" }, reason(alarm.reason, language)),
      alarm.silhouette ? make("figure", {}, outline(alarm.silhouette, words.outline),
        make("figcaption", { class: "note" }, words.outlineNote)) : null,
      ...evidence(alarm, words)));
}

export function pastTable(alarms, words, language, mayAnswer, answer) {
  const c = words.columns;
  const head = make("thead", {}, make("tr", {}, ...[c.room, c.raised, c.answered, c.by, c.what, c.over]
    .map((text) => make("th", { scope: "col" }, text))));
  const rows = alarms.map((alarm) => {
    const what = alarm.verdict !== null ? words.verdicts[alarm.verdict] : !mayAnswer ? "–"
      : make("span", { class: "small" },
          button(words.helped, words, () => answer(alarm.id, "helped")),
          button(words.false, words, () => answer(alarm.id, "false alarm")));
    const after = alarm.acknowledged_at_s === null ? "–" : seconds(alarm.acknowledged_at_s - alarm.raised_at_s);
    return make("tr", {}, make("th", { scope: "row" }, alarm.room), ...[
      clock(alarm.raised_at_s, language), after, alarm.acknowledged_by ?? "–", what,
      reason(alarm.cleared_because, language),
    ].map((value) => make("td", {}, value)));
  });
  if (!rows.length) rows.push(make("tr", {}, make("td", { colspan: 6 }, words.noPast)));
  return [head, make("tbody", {}, ...rows)];
}

export function thresholdTable(effects, statistics, recorded, words) {
  const c = words.columns;
  const head = make("thead", {}, make("tr", {}, ...[c.threshold, c.told, c.untrue, c.helped, c.false]
    .map((text) => make("th", { scope: "col" }, text))));
  const own = (effect, n, total) => effect.is_judged && total ? `${n} / ${total}` : "–";
  return [head, make("tbody", {}, ...effects.map((effect) => make("tr", { class: effect.is_own ? "own" : null },
    make("th", { scope: "row" }, decimal(effect.threshold), effect.is_own ? ` ${words.today}` : ""),
    make("td", {}, `${effect.n_told} / ${recorded.falls}`), make("td", {}, String(effect.n_untrue)),
    make("td", {}, own(effect, effect.n_helped, statistics.n_helped)),
    make("td", {}, own(effect, effect.n_false, statistics.n_false)))))];
}

export function figures(statistics, counts, words) {
  const f = words.figures, rate = decimal;
  const time = (value) => value === null ? "–" : seconds(value);
  const refused = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return [
    [f.alarms, statistics.n_alarms], [f.helped, statistics.n_helped], [f.false, statistics.n_false],
    [f.unsaid, statistics.n_unsaid], [f.perDay, rate(statistics.false_per_day)],
    [f.perHour, rate(statistics.false_per_moving_hour)], [f.answer, time(statistics.median_answer_s)],
    [f.slowest, time(statistics.slowest_tenth_s)], [f.watched, decimal(24 * statistics.watched_days)],
    [f.moving, decimal(statistics.moving_hours)], [f.energy, joules(statistics.energy_j)], [f.refused, refused],
  ].map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value))));
}
