// A graph that can be moved and grown, drawn by Cytoscape.js in the colours of the page, and saved as SVG or PNG.
import cytoscape from "cytoscape";

const STEP = { x: 208, y: 44 }; // between columns, between boxes of a column
const BOX = { width: 172, height: 32 };
const FACES = "system-ui, Noto Sans TC, PingFang TC, Microsoft JhengHei, Noto Sans CJK TC, sans-serif";

// Cytoscape.js adds no <style> of its own, which the page's policy forbids, where an element has this id.
document.querySelector("link[rel=stylesheet]").id = "__________cytoscape_stylesheet";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function styles() {
  const [ink, paper, panel, quiet, accent, vermilion] = ["ink", "paper", "panel", "quiet", "accent", "vermilion"].map(colour);
  return [
    { selector: "node", style: {
      shape: "round-rectangle", width: BOX.width, height: BOX.height, "background-color": panel, "border-width": 1,
      "border-color": quiet, label: "data(label)", color: ink, "font-size": 13,
      "font-family": FACES, "text-valign": "center", "text-halign": "center",
      "text-wrap": "ellipsis", "text-max-width": BOX.width - 14 } },
    { selector: "node[?open]", style: { "background-color": accent, "border-color": accent, color: paper } },
    { selector: "node[?heading]", style: {
      "background-opacity": 0, "border-width": 0, color: quiet, "font-size": 12, events: "no" } },
    { selector: "edge", style: {
      width: 1.4, "line-color": quiet, "curve-style": "bezier", "target-arrow-shape": "triangle",
      "target-arrow-color": quiet, "arrow-scale": 0.9 } },
    { selector: "edge[?bends]", style: {
      "curve-style": "segments", "edge-distances": "node-position",
      "segment-weights": "data(weights)", "segment-distances": "data(distances)" } },
    { selector: "edge[?derived]", style: {
      "line-style": "dashed", "line-color": vermilion, "target-arrow-color": vermilion } },
    { selector: "node:selected", style: { "border-width": 3, "border-color": vermilion } },
    { selector: "edge:selected", style: { width: 3.5, "line-color": vermilion, "target-arrow-color": vermilion } },
  ];
}

export function graph(container) {
  container.tabIndex = -1;
  container.setAttribute("role", "img");
  container.setAttribute("aria-label", container.dataset.label);
  // Scrolling moves the page; with Ctrl it zooms.
  container.parentElement.addEventListener("wheel", (event) => {
    if (container.contains(event.target) && !event.ctrlKey) event.stopPropagation();
  }, { capture: true });
  const cy = cytoscape({ container, style: styles(), minZoom: 0.15, maxZoom: 3 });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => cy.style(styles()));
  return cy;
}

// Boxes in columns of the supply chain, empty columns left out, open boxes in the middle of theirs.
export function arrange(cy, headings) {
  cy.remove("node[?heading]");
  const columns = [...new Set(cy.nodes().map((n) => n.data("column")))].sort((a, b) => a - b);
  const stacks = columns.map((c) => {
    const stack = cy.nodes().filter((n) => n.data("column") === c).toArray();
    const [open, rest] = [stack.filter((n) => n.data("open")), stack.filter((n) => !n.data("open"))];
    const half = Math.floor(rest.length / 2);
    return [...rest.slice(0, half), ...open, ...rest.slice(half)];
  });
  const tallest = Math.max(...stacks.map((s) => s.length));
  cy.batch(() => {
    stacks.forEach((stack, x) => stack.forEach((node, y) => {
      node.position({ x: x * STEP.x, y: (y - (stack.length - 1) / 2) * STEP.y });
    }));
    columns.forEach((c, x) => headings[c] && cy.add({
      data: { id: `heading ${c}`, label: headings[c], heading: true, column: c }, selectable: false, grabbable: false,
      position: { x: x * STEP.x, y: -((tallest + 2) / 2) * STEP.y },
    }));
    cy.edges().forEach((edge) => bend(edge, columns, -((tallest + 0.4) / 2) * STEP.y));
  });
  cy.container().style.height = `${Math.min(640, Math.max(280, (tallest + 3) * STEP.y))}px`;
  show(cy);
}

// A line leaves and enters a box at its side. One that would run behind the boxes of other columns goes over them,
// in a lane above all; one between boxes of a column goes round them.
function bend(edge, columns, top) {
  const [a, b] = [edge.source().position(), edge.target().position()];
  const apart = columns.indexOf(edge.target().data("column")) - columns.indexOf(edge.source().data("column"));
  const [out, into] = apart > 0 ? [1, -1] : apart < 0 ? [-1, 1] : [-1, -1];
  edge.style({ "source-endpoint": `${out * BOX.width / 2} 0`, "target-endpoint": `${into * BOX.width / 2} 0` });
  edge.data("bends", Math.abs(apart) !== 1);
  if (Math.abs(apart) === 1) return;
  const hub = edge.source().data("open") ? edge.source() : edge.target();
  const lane = Math.max(0, edge.cy().nodes("[?open]").indexOf(hub)) % 5; // those of one open box share a lane
  const side = BOX.width / 2 + 9 + 4 * lane;
  const bends = [{ x: a.x + out * side, y: a.y }, { x: b.x + into * side, y: b.y }];
  if (apart) bends.splice(1, 0, { x: bends[0].x, y: top - 5 * lane }, { x: bends[1].x, y: top - 5 * lane });
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy || 1;
  edge.data({
    weights: bends.map((p) => ((p.x - a.x) * dx + (p.y - a.y) * dy) / square),
    distances: bends.map((p) => ((p.y - a.y) * dx - (p.x - a.x) * dy) / Math.sqrt(square)),
  });
}

// Columns for a graph that has none: how many steps a box stands from one that nothing leads to.
export function rank(cy) {
  cy.nodes().forEach((n) => n.data("column", 0));
  for (let step = 1; step < 8; step += 1) {
    cy.edges().forEach((e) => {
      if (e.target().data("column") <= e.source().data("column") && !e.isLoop()) e.target().data("column", step);
    });
  }
}

// All of it where that can be read, else as large as can be read with the first open box in the middle.
export function show(cy) {
  cy.resize();
  cy.fit(undefined, 14);
  if (cy.zoom() > 1.15) cy.zoom(1.15);
  const open = cy.nodes("[?open]").last();
  if (cy.zoom() < 0.62) cy.zoom(0.8);
  cy.center(cy.zoom() === 0.8 && open.nonempty() ? open : cy.elements());
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

function cut(text) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `13px ${FACES}`;
  if (pen.measureText(text).width <= BOX.width - 14) return text;
  let kept = [...text];
  while (kept.length && pen.measureText(`${kept.join("")}…`).width > BOX.width - 14) kept.pop();
  return `${kept.join("")}…`;
}

// The drawing as it lies, as SVG text with its colours in it.
export function picture(cy) {
  const box = cy.elements().boundingBox();
  const [left, top, width, height] = [box.x1 - 10, box.y1 - 10, box.w + 20, box.h + 20].map(Math.round);
  const out = [`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="${FACES}">`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colour("paper")}"/>`];
  cy.edges().forEach((edge) => {
    const points = [edge.sourceEndpoint(), ...(edge.segmentPoints() ?? []), edge.targetEndpoint()];
    const [before, tip] = points.slice(-2);
    const line = colour(edge.data("derived") ? "vermilion" : "quiet");
    const turn = (Math.atan2(tip.y - before.y, tip.x - before.x) * 180) / Math.PI;
    const way = points.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(" ");
    out.push(`<polyline points="${way}" fill="none" stroke="${line}" stroke-width="1.4"${edge.data("derived") ? ' stroke-dasharray="5 4"' : ""}/>`,
      `<path d="M0 0L-9 -4V4Z" fill="${line}" transform="translate(${tip.x.toFixed(1)} ${tip.y.toFixed(1)}) rotate(${turn.toFixed(1)})"/>`);
  });
  cy.nodes().forEach((node) => {
    const { x, y } = node.position();
    const { open, heading, label } = node.data();
    if (!heading) {
      out.push(`<rect x="${(x - BOX.width / 2).toFixed(1)}" y="${(y - BOX.height / 2).toFixed(1)}" width="${BOX.width}" height="${BOX.height}" rx="4" fill="${colour(open ? "accent" : "panel")}" stroke="${colour(open ? "accent" : "quiet")}"/>`);
    }
    out.push(`<text x="${x.toFixed(1)}" y="${(y + 4.5).toFixed(1)}" text-anchor="middle" font-size="${heading ? 12 : 13}" fill="${colour(heading ? "quiet" : open ? "paper" : "ink")}">${escaped(cut(label))}</text>`);
  });
  return `${out.join("")}</svg>`;
}

export async function save(cy, name, kind) {
  const svg = picture(cy);
  if (kind === "svg") return download(new Blob([svg], { type: "image/svg+xml" }), `${name}.svg`);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => download(blob, `${name}.png`));
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
