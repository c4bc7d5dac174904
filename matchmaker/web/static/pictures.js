// Two ways to draw a network behind one face: cytoscape up to 2,000 nodes, sigma above.
//
// Both take (container, { nodes, ties, places }, chosen) and answer { places(), colour(hueOf),
// focus(ids, near), missing(ties), zoom(factor), fit(), png(), destroy() }; places are
// { id: { x, y } } with y downwards, hueOf gives a node's place among the colours.

const SHAPES = {
  firm: "ellipse", university: "diamond", research_institute: "triangle",
  platform: "rectangle", public_body: "hexagon",
};
const KINDS = Object.keys(SHAPES);
// As many colours as app.css has classes .hue-0 …; the last is of all others.
export const HUES = 8;
export const kindHue = (kind) => (KINDS.indexOf(kind) < HUES - 1 ? KINDS.indexOf(kind) : HUES - 1);
export const size = (node) => 8 + 4 * Math.sqrt(node.degree);
const ROOM = 130;
const ROW = 70;
const LETTER = 12;
const MOST_LABELS = 400;

const loaded = new Map();

/** A library of ours, fetched once and only when it is needed. */
export function library(address) {
  if (!loaded.has(address)) {
    loaded.set(address, new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => failed(new Error(address));
      document.head.append(script);
    }));
  }
  return loaded.get(address);
}

/** The colours of the theme as the browser has them now: light, dark, or printed. */
export function theme() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const colour = (name) => { probe.className = name; return getComputedStyle(probe).color; };
  const colours = {
    hues: Array.from({ length: HUES }, (_, number) => colour(`hue-${number}`)),
    ink: colour("ink"), line: colour("thread"), sought: colour("sought"), fresh: colour("fresh"), paper: colour("sheet"),
  };
  probe.remove();
  return colours;
}

/** Those without a place in rows under the others: among them they would only take room. */
export function rowsBelow(nodes, box) {
  const width = Math.max(box.x2 - box.x1, ROOM * Math.ceil(Math.sqrt(nodes.length)));
  const across = Math.max(1, Math.floor(width / ROOM));
  return Object.fromEntries(nodes.map((one, number) => [one.id, {
    x: box.x1 + ROOM * (number % across) + ROOM / 2,
    y: box.y2 + ROW * (1 + Math.floor(number / across)),
  }]));
}

/** Places by attraction and repulsion (ForceAtlas2), where the server gave none. */
export function arranged(nodes, ties) {
  const graph = new graphology.Graph({ multi: true, type: "undirected" });
  nodes.forEach((one, number) => graph.addNode(one.id, {
    x: Math.cos(number * 2.4) * Math.sqrt(number), y: Math.sin(number * 2.4) * Math.sqrt(number),
    size: size(one),
  }));
  ties.forEach((one) => graph.addEdge(one.source, one.target));
  const forceAtlas2 = graphologyLibrary.layoutForceAtlas2;
  const settings = { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: nodes.length > 500 };
  const found = forceAtlas2(graph, { iterations: nodes.length > 5000 ? 40 : 120, settings });
  const spread = Object.values(found).reduce(
    (most, { x, y }) => Math.max(most, Math.abs(x), Math.abs(y)), 1);
  const scale = (ROOM * Math.sqrt(nodes.length)) / (2 * spread);
  return Object.fromEntries(Object.entries(found).map(
    ([id, { x, y }]) => [id, { x: x * scale, y: y * scale }]));
}

/** The server's places (0 to 1) in the proportions of the container, wide enough for many. */
export function stretched(nodes, { clientWidth, clientHeight }) {
  const crowd = Math.max(1, Math.sqrt((nodes.length * 3200) / (clientWidth * clientHeight)));
  const [width, height] = [clientWidth * crowd, clientHeight * crowd];
  return Object.fromEntries(nodes.map(({ id, x, y }) => [id, { x: x * width, y: y * height }]));
}

const wide = (text) => [...text].reduce((sum, one) => sum + (one > "\u2e80" ? 1 : 0.58), 0);
const shortened = (text) => (wide(text) > 11 ? `${[...text].slice(0, /[\u2e80-\uffff]/.test(text) ? 9 : 17).join("")}…` : text);

/** Names that do not lie on each other, the most tied first; what is in focus goes before. */
function withoutOverlap(drawn, zoom) {
  const taken = [];
  const shown = new Set();
  const { x1, y1, x2, y2 } = drawn.extent();
  const weight = (node) => (node.hasClass("sought") ? 1e6 : node.hasClass("near") ? 1e3 : 0)
    + node.data("degree");
  const nodes = drawn.nodes().filter((node) => {
    const { x, y } = node.position();
    return !node.hasClass("dim") && x >= x1 && x <= x2 && y >= y1 && y <= y2;
  }).sort((a, b) => weight(b) - weight(a) || (a.id() < b.id() ? -1 : 1));
  for (const node of nodes) {
    const { x, y } = node.renderedPosition();
    const half = (wide(node.data("brief")) * LETTER) / 2 + 2;
    const top = y - (node.data("size") * zoom) / 2 - LETTER - 4;
    const box = [x - half, top, x + half, top + LETTER + 3];
    const isFree = taken.every(([left, up, right, down]) => (
      box[0] >= right || box[2] <= left || box[1] >= down || box[3] <= up));
    if (!isFree) continue;
    taken.push(box);
    shown.add(node.id());
    if (shown.size >= MOST_LABELS) break;
  }
  return shown;
}

export function withCytoscape(place, { nodes, ties, places }, chosen) {
  const many = nodes.length > 600;
  const colours = theme();
  const scale = place.clientWidth < 500 ? 0.7 : 1;
  const drawn = cytoscape({
    container: place,
    elements: [
      ...nodes.map((one) => ({
        data: { ...one, size: size(one) * scale, brief: shortened(one.label ?? one.name), shown: "", hue: 0 },
        position: places[one.id],
      })),
      ...ties.map((one) => ({ data: one })),
    ],
    style: [
      { selector: "node", style: {
        "background-color": (node) => colours.hues[node.data("hue")],
        "shape": (node) => SHAPES[node.data("kind")] ?? "ellipse",
        "width": "data(size)", "height": "data(size)", "label": "data(shown)",
        "font-size": LETTER, "color": colours.ink, "font-family": getComputedStyle(place).fontFamily,
        "text-margin-y": -2, "text-outline-width": 2, "text-outline-color": colours.paper,
      } },
      { selector: "edge", style: {
        "width": 1, "line-color": colours.line, "curve-style": "haystack", "opacity": 0.6 } },
      { selector: "edge[?new]", style: { "width": 3, "line-color": colours.fresh, "opacity": 1 } },
      { selector: "edge.missing", style: {
        "line-style": "dashed", "line-color": colours.sought, "width": 2, "curve-style": "bezier" } },
      { selector: ".dim", style: { "opacity": 0.15 } },
      { selector: "edge.near", style: { "width": 2, "line-color": colours.ink, "opacity": 1 } },
      { selector: "node.sought", style: { "border-width": 3, "border-color": colours.sought } },
    ],
    layout: { name: "preset" }, minZoom: 0.02, maxZoom: 6,
    hideEdgesOnViewport: many, textureOnViewport: many, pixelRatio: many ? 1 : "auto",
  });
  let waiting = 0;
  const label = () => {
    waiting = 0;
    if (drawn.destroyed()) return;
    const zoom = drawn.zoom();
    const shown = withoutOverlap(drawn, zoom);
    drawn.batch(() => drawn.nodes().forEach((node) => {
      node.data("shown", shown.has(node.id()) ? node.data("brief") : "");
      node.style({ "font-size": LETTER / zoom, "text-outline-width": 2 / zoom });
    }));
  };
  const relabel = () => { waiting ||= setTimeout(label, 60); };
  drawn.fit(undefined, 24);
  if (drawn.zoom() > 1.2) { drawn.zoom(1.2); drawn.center(); }
  label();
  drawn.on("zoom pan dragfree resize", relabel);
  drawn.on("tap", "node", (event) => chosen(event.target.id()));
  drawn.on("tap", (event) => { if (event.target === drawn) chosen(""); });
  return {
    places: () => Object.fromEntries(drawn.nodes().map((one) => [one.id(), one.position()])),
    colour(hueOf) {
      drawn.batch(() => drawn.nodes().forEach((node) => node.data("hue", hueOf(node.data()))));
      drawn.style().update();
    },
    focus(ids, near, moves = true) {
      drawn.batch(() => {
        drawn.elements().removeClass("sought near dim");
        if (!ids.size) return;
        drawn.elements().addClass("dim");
        const hits = drawn.nodes().filter((one) => ids.has(one.id()));
        const around = drawn.nodes().filter((one) => near.has(one.id()));
        hits.union(around).removeClass("dim");
        hits.addClass("sought");
        around.addClass("near");
        drawn.edges().filter((one) => hits.contains(one.source()) || hits.contains(one.target()))
          .removeClass("dim").addClass("near");
      });
      const shown = drawn.nodes().not(".dim");
      if (moves) drawn.fit(shown, ids.size ? 60 : 24);
      if (drawn.zoom() > 1.6) { drawn.zoom(1.6); drawn.center(shown); }
      label();
    },
    missing(pairs) {
      drawn.remove("edge.missing");
      drawn.add(pairs.map((one) => ({ data: { ...one }, classes: "missing" })));
    },
    zoom(factor) {
      drawn.zoom({
        level: drawn.zoom() * factor,
        renderedPosition: { x: drawn.width() / 2, y: drawn.height() / 2 },
      });
    },
    fit() { drawn.resize(); drawn.fit(undefined, 24); label(); },
    png: () => drawn.png({ output: "blob-promise", full: true, scale: 2, bg: colours.paper }),
    destroy: () => drawn.destroy(),
  };
}

export function withSigma(place, { nodes, ties, places }, chosen) {
  const colours = theme();
  const graph = new graphology.Graph({ multi: true, type: "undirected" });
  nodes.forEach((one) => graph.addNode(one.id, {
    ...places[one.id], y: -places[one.id].y, label: one.label ?? one.name,
    size: 2 + Math.sqrt(one.degree), color: colours.hues[0],
  }));
  ties.forEach((one) => graph.addEdge(one.source, one.target, { color: one.new ? colours.fresh : colours.line, size: one.new ? 2 : 0.5 }));
  let sought = new Set();
  let around = new Set();
  let pairs = [];
  const drawn = new Sigma(graph, place, {
    hideEdgesOnMove: true, labelColor: { color: colours.ink }, labelRenderedSizeThreshold: 8,
    nodeReducer: (id, data) => {
      if (sought.has(id)) return { ...data, color: colours.sought, highlighted: true, forceLabel: true, zIndex: 1 };
      if (!sought.size || around.has(id)) return data;
      return { ...data, color: colours.line, label: "" };
    },
  });
  // Sigma has no dashed line of its own, so missing ties are drawn on a layer above.
  drawn.createCanvasContext("missing", { style: { pointerEvents: "none" } });
  const above = drawn.getCanvases().missing.getContext("2d");
  drawn.resize(true);
  const dash = () => {
    const { width, height } = drawn.getDimensions();
    above.clearRect(0, 0, width, height);
    above.strokeStyle = colours.sought;
    above.lineWidth = 2;
    above.setLineDash([6, 4]);
    for (const { source, target } of pairs) {
      const [a, b] = [source, target].map((id) => drawn.framedGraphToViewport(
        drawn.getNodeDisplayData(id)));
      above.beginPath();
      above.moveTo(a.x, a.y);
      above.lineTo(b.x, b.y);
      above.stroke();
    }
  };
  drawn.on("afterRender", dash);
  drawn.on("clickNode", ({ node }) => chosen(node));
  drawn.on("clickStage", () => chosen(""));
  return {
    places: () => places,
    colour(hueOf) {
      for (const one of nodes) graph.setNodeAttribute(one.id, "color", colours.hues[hueOf(one)]);
    },
    focus(ids, near, moves = true) {
      [sought, around] = [ids, near];
      drawn.refresh();
      const [first] = ids;
      if (first && moves) drawn.getCamera().animate({ ...drawn.getNodeDisplayData(first), ratio: 0.3 });
    },
    missing(all) { pairs = all; drawn.refresh(); },
    zoom(factor) { drawn.getCamera().animatedZoom({ factor }); },
    fit() { drawn.resize(); drawn.refresh(); drawn.getCamera().animatedReset(); },
    png() {
      // What WebGL drew is only there until the browser shows it: draw and copy in one go.
      drawn.refresh();
      const [canvases, whole] = [drawn.getCanvases(), document.createElement("canvas")];
      whole.width = canvases.nodes.width;
      whole.height = canvases.nodes.height;
      const onto = whole.getContext("2d");
      onto.fillStyle = colours.paper;
      onto.fillRect(0, 0, whole.width, whole.height);
      for (const name of ["edges", "nodes", "missing", "labels"]) {
        onto.drawImage(canvases[name], 0, 0, whole.width, whole.height);
      }
      return new Promise((done) => { whole.toBlob(done); });
    },
    destroy: () => drawn.kill(),
  };
}
