// A cluster's network: layer and year, search, missing ties with what they would change, a card.
import {
  COLOURS, arranged, library, rowsBelow, size, withCytoscape, withSigma,
} from "./pictures.js";

const SIGMA_ABOVE = 2000;
const FORCES_ABOVE = 600;
const place = document.getElementById("network");
const get = (id) => document.getElementById(id);
const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
let picture = null;
let found = null;

function placed() {
  const tied = new Set(found.ties.flatMap(({ source, target }) => [source, target]));
  const places = arranged(found.nodes.filter((one) => tied.has(one.id)), found.ties);
  const [xs, ys] = ["x", "y"].map((axis) => Object.values(places).map((one) => one[axis]));
  const box = xs.length
    ? { x1: Math.min(...xs), x2: Math.max(...xs), y2: Math.max(...ys) } : { x1: 0, x2: 0, y2: 0 };
  return { ...places, ...rowsBelow(found.nodes.filter((one) => !tied.has(one.id)), box) };
}

async function draw() {
  const asked = new URLSearchParams({ layer: get("layer").value, year: get("year").value });
  place.removeAttribute("data-ready");
  get("drawing").hidden = false;
  let answer;
  try {
    answer = await fetch(`${place.dataset.source}?${asked}`, {
      headers: { Accept: "application/json" } });
  } catch { answer = { ok: false }; }
  if (!answer.ok) {
    get("drawing").textContent = place.dataset.failed;
    return;
  }
  found = await answer.json();
  const libraries = JSON.parse(place.dataset.libraries);
  const large = found.nodes.length > SIGMA_ABOVE;
  if (found.nodes.length > FORCES_ABOVE) {
    await library(libraries.graphology);
    await library(libraries.forces);
    found.places = placed();
  }
  if (large) await library(libraries.sigma);
  if (picture) picture.destroy();
  picture = (large ? withSigma : withCytoscape)(place, found, card);
  get("drawing").hidden = true;
  get("card").hidden = true;
  await missing();
  place.dataset.drawn = large ? "sigma" : "cytoscape";
  place.dataset.ready = "yes";
}

function card(id) {
  get("card").hidden = false;
  const names = new Map(found.nodes.map((one) => [one.id, one.name]));
  const others = found.ties.filter(({ source, target }) => source === id || target === id)
    .map(({ source, target }) => (source === id ? target : source));
  get("ties").replaceChildren(...others.slice(0, 12).map((other) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.dir = "auto";
    button.textContent = names.get(other);
    button.addEventListener("click", () => { picture.seek(new Set([other])); card(other); });
    item.append(button);
    return item;
  }));
  get("tied").textContent = others.length;
  htmx.ajax("GET", `${place.dataset.card}?id=${encodeURIComponent(id)}`, "#about");
}

/** The worklist's ties between those in the picture, fetched when they are first wanted. */
async function wanted() {
  if (!get("missing").checked) return [];
  if (!found.missing) {
    get("whatif").textContent = place.dataset.looking;
    const answer = await fetch(`${place.dataset.missing}?year=${found.year}`);
    found.missing = answer.ok ? await answer.json() : [];
  }
  const there = new Set(found.nodes.map((one) => one.id));
  return found.missing.filter(({ source, target }) => there.has(source) && there.has(target));
}

async function missing() {
  get("whatif").textContent = "";
  const pairs = await wanted();
  picture.missing(pairs);
  get("whatif").textContent = "";
  if (!pairs.length) return;
  const token = document.querySelector("meta[name=csrf-token]").content;
  const answer = await fetch(place.dataset.whatif, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify({
      ties: pairs.map(({ source, target }) => ({ source, target })),
      layer: get("layer").value, year: found.year,
    }),
  });
  if (!answer.ok) return;
  const { before, after } = await answer.json();
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 3 });
  const change = (name) => `${number.format(before[name])} → ${number.format(after[name])}`;
  const said = ["isolates", "giant_component", "fragmentation"].map(change);
  get("whatif").textContent = place.dataset.said.replace(/\{\d\}/g, () => said.shift());
}

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function asSvg() {
  const places = picture.places();
  const [xs, ys] = ["x", "y"].map((axis) => Object.values(places).map((one) => one[axis]));
  const [x, y] = [Math.min(...xs) - 60, Math.min(...ys) - 60];
  const [width, height] = [Math.max(...xs) - x + 60, Math.max(...ys) - y + 60];
  const line = ({ source, target }, look) => {
    const [a, b] = [places[source], places[target]];
    return `<line x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}" ${look}/>`;
  };
  const shown = await wanted();
  const lines = [
    ...found.ties.map((one) => line(one, 'stroke="#999"')),
    ...shown.map((one) => line(one, 'stroke="#d33" stroke-width="2" stroke-dasharray="6 4"')),
  ];
  const dots = found.nodes.map((one) => {
    const at = places[one.id];
    return `<circle cx="${at.x}" cy="${at.y}" r="${size(one) / 2}" fill="${COLOURS[one.kind]}"/>`
      + `<text x="${at.x}" y="${at.y - size(one) / 2 - 2}" font-size="13" text-anchor="middle">${escaped(one.name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}">${lines.join("")}${dots.join("")}</svg>`;
}

function asGraphml() {
  const nodes = found.nodes.map((one) => `<node id="${escaped(one.id)}"><data key="name">${escaped(one.name)}</data><data key="kind">${one.kind}</data></node>`);
  const ties = found.ties.map((one) => `<edge source="${escaped(one.source)}" target="${escaped(one.target)}"/>`);
  return '<?xml version="1.0" encoding="UTF-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    + '<key id="name" for="node" attr.name="name" attr.type="string"/><key id="kind" for="node" attr.name="kind" attr.type="string"/>'
    + `<graph edgedefault="undirected">${nodes.join("")}${ties.join("")}</graph></graphml>`;
}

function sought() {
  const text = get("seek").value.trim().toLowerCase();
  return text ? found.nodes.filter((one) => one.name.toLowerCase().includes(text)) : [];
}

function seek() {
  const hits = sought();
  picture.seek(new Set(hits.map((one) => one.id)));
  get("hits").textContent = get("seek").value.trim() ? hits.length : "";
}

if (place && window.cytoscape) {
  get("layer").addEventListener("change", draw);
  get("year").addEventListener("change", draw);
  get("missing").addEventListener("change", missing);
  get("seek").addEventListener("input", seek);
  get("seek").addEventListener("keydown", (event) => {
    // Enter opens the card of the first hit, so that nobody needs a mouse for it.
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = sought();
    if (first) card(first.id);
  });
  get("png").addEventListener("click", async () => save("network.png", await picture.png()));
  get("svg").addEventListener("click", async () => save("network.svg", new Blob([await asSvg()], { type: "image/svg+xml" })));
  get("graphml").addEventListener("click", () => save("network.graphml", new Blob([asGraphml()], { type: "application/xml" })));
  await draw();
}
