// A cluster's network: layer and year, colours, search, missing ties with what they would change,
// a card. Places are the server's, so that layer, year and visit move nobody.
import {
  HUES, arranged, kindHue, library, rowsBelow, size, stretched, theme, withCytoscape, withSigma,
} from "./pictures.js";

const SIGMA_ABOVE = 2000;
const place = document.getElementById("network");
const get = (id) => document.getElementById(id);
const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
// Which colour a value has, for as long as the page is open, whatever layer is looked at.
const hues = { industry: new Map(), stage: new Map(), place: new Map() };
let picture = null;
let found = null;

async function placed(libraries) {
  if (found.nodes.every((one) => one.x !== undefined)) return stretched(found.nodes, place);
  await library(libraries.graphology);
  await library(libraries.forces);
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
  found.places = await placed(libraries);
  if (large) {
    await library(libraries.graphology);
    await library(libraries.sigma);
  }
  if (picture) picture.destroy();
  picture = (large ? withSigma : withCytoscape)(place, found, chosen);
  colour();
  get("drawing").hidden = true;
  get("card").hidden = true;
  seek(false);
  await missing();
  place.dataset.drawn = large ? "sigma" : "cytoscape";
  place.dataset.ready = "yes";
}

/** The place of a node among the colours, for what the reader colours by. */
function hueOf(node) {
  const by = get("colour").value;
  if (by === "kind") return kindHue(node.kind);
  return hues[by].get(node[by]) ?? HUES - 1;
}

function colour() {
  const by = get("colour").value;
  const counts = new Map();
  found.nodes.forEach((node) => counts.set(node[by], (counts.get(node[by]) ?? 0) + 1));
  const values = [...counts.keys()].filter(Boolean)
    .sort((a, b) => counts.get(b) - counts.get(a) || a.localeCompare(b));
  if (by !== "kind") {
    for (const value of values) if (hues[by].size < HUES - 1) hues[by].set(value, hues[by].get(value) ?? hues[by].size);
  }
  picture.colour(hueOf);
  const kinds = JSON.parse(place.dataset.kinds);
  const entries = values.filter((value) => by === "kind" || hues[by].has(value)).map((value) => ({
    hue: by === "kind" ? kindHue(value) : hues[by].get(value), shape: by === "kind" ? value : "any",
    title: by === "kind" ? kinds[value] : value, count: counts.get(value),
  }));
  const named = entries.reduce((sum, { count }) => sum + count, 0);
  if (named < found.nodes.length) {
    entries.push({ hue: HUES - 1, shape: "any", title: place.dataset.others, count: found.nodes.length - named });
  }
  get("legend").replaceChildren(...entries.map(({ hue, shape, title, count }) => {
    const item = document.createElement("li");
    const dot = document.createElement("span");
    dot.className = `dot ${shape} hue-${hue}`;
    item.append(dot, ` ${title} `);
    const figure = document.createElement("small");
    figure.textContent = count;
    item.append(figure);
    return item;
  }));
}

function neighbours(ids) {
  const near = new Set();
  for (const { source, target } of found.ties) {
    if (ids.has(source)) near.add(target);
    if (ids.has(target)) near.add(source);
  }
  return near;
}

/** A member that was tapped, with those around it; "" for the ground between them. */
function chosen(id) {
  if (!id) {
    get("card").hidden = true;
    seek(false);
    return;
  }
  const ids = new Set([id]);
  picture.focus(ids, neighbours(ids), false);
  card(id);
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
    button.addEventListener("click", () => {
      picture.focus(new Set([other]), neighbours(new Set([other])));
      card(other);
    });
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
  const colours = theme();
  const lines = [
    ...found.ties.map((one) => line(one, `stroke="${colours.line}"`)),
    ...shown.map((one) => line(one, `stroke="${colours.sought}" stroke-width="2" stroke-dasharray="6 4"`)),
  ];
  const dots = found.nodes.map((one) => {
    const at = places[one.id];
    return `<circle cx="${at.x}" cy="${at.y}" r="${size(one) / 2}" fill="${colours.hues[hueOf(one)]}"/>`
      + `<text x="${at.x}" y="${at.y - size(one) / 2 - 2}" font-size="12" font-family="sans-serif" text-anchor="middle" fill="${colours.ink}">${escaped(one.label ?? one.name)}</text>`;
  });
  const ground = `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colours.paper}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}">${ground}${lines.join("")}${dots.join("")}</svg>`;
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

function seek(moves = true) {
  const hits = new Set(sought().map((one) => one.id));
  picture.focus(hits, neighbours(hits), moves);
  get("hits").textContent = get("seek").value.trim() ? hits.size : "";
}

/** The picture over the whole window and back; on a phone the page scrolls beside it otherwise. */
function enlarge(large) {
  get("picture").classList.toggle("enlarged", large);
  get("enlarge").setAttribute("aria-pressed", String(large));
  requestAnimationFrame(() => picture?.fit());
}

/** Fetched and drawn when the picture or what steers it is about to be seen. */
function begin() {
  get("layer").addEventListener("change", draw);
  get("year").addEventListener("change", draw);
  get("missing").addEventListener("change", missing);
  get("colour").addEventListener("change", colour);
  get("seek").addEventListener("input", () => seek());
  get("nearer").addEventListener("click", () => picture?.zoom(1.4));
  get("farther").addEventListener("click", () => picture?.zoom(1 / 1.4));
  get("whole").addEventListener("click", () => picture?.fit());
  get("enlarge").addEventListener("click", () => enlarge(!get("picture").classList.contains("enlarged")));
  addEventListener("keydown", ({ key }) => { if (key === "Escape") enlarge(false); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  get("seek").addEventListener("keydown", (event) => {
    // Enter opens the card of the first hit, so that nobody needs a mouse for it.
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = sought();
    if (first) chosen(first.id);
  });
  get("png").addEventListener("click", async () => save("network.png", await picture.png()));
  get("svg").addEventListener("click", async () => save("network.svg", new Blob([await asSvg()], { type: "image/svg+xml" })));
  get("graphml").addEventListener("click", () => save("network.graphml", new Blob([asGraphml()], { type: "application/xml" })));
  return draw();
}

if (place) {
  const sight = new IntersectionObserver(async (entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    sight.disconnect();
    try {
      await library(JSON.parse(place.dataset.libraries).cytoscape);
      await begin();
    } catch (problem) {
      get("drawing").textContent = place.dataset.failed;
      console.warn(problem.message);
    }
  }, { rootMargin: "300px" });
  sight.observe(place.closest(".needs-script"));
}
