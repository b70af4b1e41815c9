// Lines of the log, for reading.

import { clock, make } from "/cards.js";
import { reason, state } from "/reasons.js";

function subject(name, words) {
  const sensor = name.startsWith("sensor ") ? name.slice("sensor ".length) : null;
  return sensor ? words[sensor] ?? sensor : words.subjects[name] ?? name;
}

function told(line, words, language) {
  if (line.kind === "answer") return words.verdicts[line.text] ?? line.text;
  if (line.kind === "call") return words.whom[line.text] ?? line.text;
  const text = reason(line.text, language);
  if (line.kind !== "room") return text;
  const change = `${state(line.before, language)} → ${state(line.after, language)}`;
  return `${subject(line.subject, words)}${words.colon} ${change} (${text})`;
}

export function lineOf(line, words, language) {
  return make("li", { value: line.number },
    make("time", {}, clock(line.time_s, language)), " ",
    make("b", {}, `${words.kinds[line.kind]}${line.room ? ` ${line.room}` : ""}`), " ",
    told(line, words, language), line.by ? ` (${line.by})` : "");
}
