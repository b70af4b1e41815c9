// What rooms and the hub write into the log, in the reader's language. They write English; what is not known here stays
// as it was written.

const SECONDS = "([\\d.]+(?:e[+-]?\\d+)?) s";
const PROBABILITY = "([\\d.]+(?:e[+-]?\\d+)?)";

function number(text) {
  const value = Number(text);
  return Number.isFinite(value) ? value.toLocaleString("fr", { maximumFractionDigits: 2 }) : text;
}

const STATES = {
  "quiet": "calme", "suspected": "à vérifier", "confirmed": "confirmée", "notified": "annoncée",
  "escalated": "urgente", "acknowledged": "quelqu’un arrive", "resolved": "terminée", "heard": "entendu",
  "silent": "muet", "out of service": "hors service", "watched": "surveillée", "ended": "plus surveillée",
  "sounding": "sonne", "repeated": "sonne encore", "running": "en marche", "set back": "reculée",
};
const VERDICTS = { "on my way": "j’y vais", "helped": "aidé", "false alarm": "fausse alarme" };

// The first that fits is used; groups are handed on.
const FRENCH = [
  [`probability at least ${PROBABILITY} for ${SECONDS}`, (p, s) => `probabilité d’au moins ${number(p)} pendant ${number(s)} s`],
  [`probability at least ${PROBABILITY}`, (p) => `probabilité d’au moins ${number(p)}`],
  [`lying still for ${SECONDS} after the impact`, (s) => `immobile au sol pendant ${number(s)} s après le choc`],
  [`lying still for ${SECONDS}`, (s) => `immobile au sol depuis ${number(s)} s`],
  [`withdrawn: calm for ${SECONDS}`, (s) => `retirée : calme pendant ${number(s)} s`],
  [`not withdrawn for ${SECONDS}`, (s) => `pas retirée pendant ${number(s)} s`],
  ["staff left without acknowledging", () => "l’équipe est partie sans répondre"],
  ["confirmed", () => "confirmée"],
  [`staff present for ${SECONDS} without acknowledging`, (s) => `équipe présente depuis ${number(s)} s sans répondre`],
  ["notification held back: staff present", () => "annonce retenue : équipe présente"],
  [`not acknowledged for ${SECONDS}`, (s) => `sans réponse depuis ${number(s)} s`],
  [`seen upright for ${SECONDS}`, (s) => `vu debout pendant ${number(s)} s`],
  [`acknowledged, but lying still for ${SECONDS}`, (s) => `répondue, mais immobile au sol depuis ${number(s)} s`],
  [`acknowledged ${SECONDS} ago, but not resolved`, (s) => `répondue il y a ${number(s)} s, mais pas terminée`],
  ["probability no longer high", () => "probabilité redevenue basse"],
  [`watching again after ${SECONDS}`, (s) => `surveillée de nouveau après ${number(s)} s`],
  [`notified ${SECONDS} ago, nobody has answered`, (s) => `annoncée il y a ${number(s)} s, personne n’a répondu`],
  [`escalated ${SECONDS} ago, nobody has answered`, (s) => `urgente depuis ${number(s)} s, personne n’a répondu`],
  [`not heard for ${SECONDS}`, (s) => `pas entendu depuis ${number(s)} s`],
  ["heard again", () => "entendu de nouveau"],
  ["first heard", () => "entendu pour la première fois"],
  ["back in service(?: by (.*))?", (by) => `remis en service${by ? ` par ${by}` : ""}`],
  ["taken out of service(?: by (.*))?", (by) => `mis hors service${by ? ` par ${by}` : ""}`],
  [`set back by ${SECONDS}; timers go on as before`, (s) => `reculée de ${number(s)} s ; les délais continuent`],
  ["acknowledged(?: by (.*))?", (by) => `quelqu’un arrive${by ? ` : ${by}` : ""}`],
  ["resolved(?: by (.*))?", (by) => `terminée${by ? ` par ${by}` : ""}`],
  ["(on my way|helped|false alarm), says (.*); the room cannot be heard",
    (verdict, by) => `${VERDICTS[verdict]}, dit ${by} ; la chambre est injoignable`],
  ["the room's node has ended", () => "le poste de la chambre a été arrêté"],
  ["its node has left the broker", () => "son poste a quitté le réseau"],
  ["hub started", () => "serveur démarré"],
  ["hub stopped", () => "serveur arrêté"],
  ["signed in", () => "connexion"],
  ["(.*) is on the way already", (who) => `${who} est déjà en route`],
  ["(.*) has said already: (on my way|helped|false alarm)", (who, verdict) => `${who} a déjà répondu : ${VERDICTS[verdict]}`],
  ["alarm .* is over: (.*)", (reason) => `cette alarme est terminée : ${french(reason)}`],
  ["this account may only look", () => "ce compte peut seulement regarder"],
  ["the page is out of date: load it again", () => "la page est périmée : rechargez-la"],
  ["there is no such alarm", () => "cette alarme n’existe pas"],
  ["the log cannot be written: (.*)", (reason) => `le journal ne peut pas être écrit : ${reason}`],
].map(([pattern, told]) => [new RegExp(`^${pattern}$`), told]);

function french(text) {
  for (const [pattern, told] of FRENCH) {
    const found = pattern.exec(text);
    if (found) return told(...found.slice(1));
  }
  return text;
}

export function reason(text, language) {
  return language === "fr" ? french(text) : text.replace(/\d+\.\d{3,}/g, (digits) => Number(digits).toFixed(2));
}

export function state(text, language) {
  return language === "fr" ? STATES[text] ?? text : text;
}
