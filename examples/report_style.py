"""How the page of results looks: light and dark, on a desktop, a phone and paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #22262b; --muted: #5f6671; --line: #e5e7eb; --paper: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --muted: #a2a9b4; --line: #32363c; --paper: #141414; }
  /* Drawings are dark on white: turned over, and their hues turned back, they are light on the page. */
  figure:not(.photos) img { filter: invert(.92) hue-rotate(180deg); }
  figure.photos img { filter: brightness(.92); }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif;
  -webkit-text-size-adjust: 100%; }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.2rem 4rem; }
h1 { font-size: clamp(1.45rem, 5vw, 1.9rem); line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: clamp(1.15rem, 4vw, 1.4rem); line-height: 1.25; margin: 3rem 0 .6rem; padding-top: 1.4rem;
  border-top: 1px solid var(--line); }
p { max-width: 44rem; margin: .5rem 0; }
.lead, .note, figcaption { color: var(--muted); }
.note, figcaption { font-size: .88rem; }
.scroll { overflow-x: auto; }
/* A shade at the right edge as long as a table goes on there: the cover moves with the table, the shade does not. */
.scroll:has(table) { width: fit-content; max-width: 100%; background:
  linear-gradient(to right, transparent calc(100% - 3rem), var(--paper) calc(100% - 1.5rem)) local,
  linear-gradient(to left, var(--line), transparent) right / 1.2rem 100% no-repeat scroll; }
.scroll:focus-visible { outline: 2px solid #0072b2; outline-offset: 3px; }
table { border-collapse: collapse; font-size: .88rem; margin: 1rem 0 .4rem; font-variant-numeric: tabular-nums; }
th, td { padding: .34rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--muted); font-weight: 600; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; position: sticky; left: 0;
  background: var(--paper); }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2rem 1.8rem; margin-top: 1.4rem;
  align-items: start; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figure img { display: block; width: 100%; max-width: calc(1.25 * var(--natural)); height: auto; }
figcaption { margin-top: .4rem; max-width: 44rem; }
@media (max-width: 44rem) {
  main { padding: 1.4rem .9rem 3rem; }
  .figures { grid-template-columns: minmax(0, 1fr); }
  /* Below four fifths of its size, nobody reads a figure's letters: it is moved sideways instead. */
  figure img { min-width: calc(.8 * var(--natural)); }
  th:first-child, td:first-child { white-space: normal; min-width: 8.5rem; }
}
@media print { figure, table { break-inside: avoid; } figure img { min-width: 0; } }
"""
