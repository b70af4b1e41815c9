// The outline of a person, drawn from 144 hexadecimal digits: 24 rows of 24 points.

const SVG = "http://www.w3.org/2000/svg", SIDE = 24, DIGITS_A_ROW = SIDE / 4;

export function outline(digits, label) {
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  let d = "";
  for (let row = 0; row < SIDE; row++) {
    const bits = parseInt(digits.slice(DIGITS_A_ROW * row, DIGITS_A_ROW * (row + 1)), 16);
    for (let column = 0; column < SIDE; column++) {
      if (bits >> (SIDE - 1 - column) & 1) d += `M${column} ${row}h1v1h-1z`;
    }
  }
  path.setAttribute("d", d);
  svg.setAttribute("viewBox", `0 0 ${SIDE} ${SIDE}`);
  svg.setAttribute("class", "outline");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.append(path);
  return svg;
}
