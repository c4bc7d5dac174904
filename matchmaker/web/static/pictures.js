// Two ways to draw a network behind one face: cytoscape up to 2,000 nodes, sigma above.
//
// Both take { nodes, ties, places } and answer { places(), seek(ids), missing(ties), png(),
// destroy() }; places are { id: { x, y } } with y downwards.

export const COLOURS = {
  firm: "#2f6fb2", university: "#b2622f", research_institute: "#8a4fb0",
  platform: "#2f8f5b", public_body: "#7a7a7a",
};
export const size = (node) => 12 + 6 * Math.sqrt(node.degree);
const SHAPES = {
  firm: "ellipse", university: "diamond", research_institute: "triangle",
  platform: "rectangle", public_body: "hexagon",
};
const SOUGHT = "#d33";
const TIE = "#999";
// The picture is on white paper in light and dark, as it is when it is saved.
const INK = "#222";
const ROOM = 130;
const ROW = 70;

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

/** Those without a tie in rows under the others: among them they would only take room. */
export function rowsBelow(nodes, box) {
  const width = Math.max(box.x2 - box.x1, ROOM * Math.ceil(Math.sqrt(nodes.length)));
  const across = Math.max(1, Math.floor(width / ROOM));
  return Object.fromEntries(nodes.map((one, number) => [one.id, {
    x: box.x1 + ROOM * (number % across) + ROOM / 2,
    y: box.y2 + ROW * (1 + Math.floor(number / across)),
  }]));
}

/** Places by attraction and repulsion (ForceAtlas2), for more than cose can do at once. */
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

export function withCytoscape(place, { nodes, ties, places }, chosen) {
  const many = nodes.length > 600;
  const drawn = cytoscape({
    container: place,
    elements: [
      ...nodes.map((one) => ({ data: { ...one, size: size(one) }, position: places?.[one.id] })),
      ...ties.map((one) => ({ data: one })),
    ],
    style: [
      { selector: "node", style: {
        "background-color": (node) => COLOURS[node.data("kind")],
        "shape": (node) => SHAPES[node.data("kind")],
        "width": "data(size)", "height": "data(size)",
        "label": many ? "" : "data(name)", "font-size": 15, "color": INK,
        "min-zoomed-font-size": 7, "text-max-width": 120, "text-wrap": "ellipsis",
      } },
      { selector: "edge", style: { "width": 1, "line-color": TIE, "curve-style": "haystack" } },
      { selector: "edge.missing", style: {
        "line-style": "dashed", "line-color": SOUGHT, "width": 2, "curve-style": "bezier" } },
      { selector: ".sought", style: { "border-width": 4, "border-color": SOUGHT } },
    ],
    layout: { name: "preset" },
    hideEdgesOnViewport: many, textureOnViewport: many, pixelRatio: many ? 1 : "auto",
  });
  if (!places) {
    const tied = drawn.elements().filter((one) => one.isEdge() || one.degree() > 0);
    tied.layout({
      name: "cose", animate: false, randomize: true, nodeRepulsion: () => 400000,
      idealEdgeLength: () => 110, gravity: 0.8, numIter: 600, nodeDimensionsIncludeLabels: true,
    }).run();
    // In the proportions of the place it has, and no larger than names need: so they are read.
    const alone = drawn.nodes().difference(tied);
    const width = 230 * Math.sqrt(nodes.length);
    const rows = Math.ceil(alone.length / Math.max(1, Math.floor(width / ROOM)));
    const tall = (width * place.clientHeight) / place.clientWidth;
    const height = Math.max(tall - rows * ROW, tall * 0.4);
    const [xs, ys] = ["x", "y"].map((axis) => tied.nodes().map((one) => one.position(axis)));
    const spread = (all) => [Math.min(...all), Math.max(...all) - Math.min(...all) || 1];
    const [[left, across], [top, down]] = [spread(xs), spread(ys)];
    tied.nodes().positions((one) => ({
      x: ((one.position("x") - left) / across) * (width - ROOM) + ROOM / 2,
      y: ((one.position("y") - top) / down) * height,
    }));
    const below = rowsBelow(alone.map((one) => one.data()), {
      x1: 0, x2: width, y2: tied.length ? height : 0 });
    alone.positions((one) => below[one.id()]);
  }
  drawn.fit(undefined, 20);
  drawn.on("tap", "node", (event) => chosen(event.target.id()));
  return {
    places: () => Object.fromEntries(drawn.nodes().map((one) => [one.id(), one.position()])),
    seek(ids) {
      const hits = drawn.nodes().removeClass("sought").filter((one) => ids.has(one.id()));
      hits.addClass("sought");
      if (hits.length) drawn.fit(hits, 120);
    },
    missing(pairs) {
      drawn.remove("edge.missing");
      drawn.add(pairs.map((one) => ({ data: { ...one }, classes: "missing" })));
    },
    png: () => drawn.png({ output: "blob-promise", full: true, scale: 2, bg: "#fff" }),
    destroy: () => drawn.destroy(),
  };
}

export function withSigma(place, { nodes, ties, places }, chosen) {
  const graph = new graphology.Graph({ multi: true, type: "undirected" });
  nodes.forEach((one) => graph.addNode(one.id, {
    ...places[one.id], y: -places[one.id].y, label: one.name, size: 2 + Math.sqrt(one.degree),
    color: COLOURS[one.kind],
  }));
  ties.forEach((one) => graph.addEdge(one.source, one.target, { color: TIE, size: 0.5 }));
  let sought = new Set();
  let pairs = [];
  const drawn = new Sigma(graph, place, {
    hideEdgesOnMove: true, labelColor: { color: INK }, labelRenderedSizeThreshold: 8,
    nodeReducer: (id, data) => (sought.has(id)
      ? { ...data, color: SOUGHT, highlighted: true, forceLabel: true, zIndex: 1 } : data),
  });
  // Sigma has no dashed line of its own, so missing ties are drawn on a layer above.
  drawn.createCanvasContext("missing", { style: { pointerEvents: "none" } });
  const above = drawn.getCanvases().missing.getContext("2d");
  drawn.resize(true);
  const dash = () => {
    const { width, height } = drawn.getDimensions();
    above.clearRect(0, 0, width, height);
    above.strokeStyle = SOUGHT;
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
  return {
    places: () => places,
    seek(ids) {
      sought = ids;
      drawn.refresh();
      const [first] = ids;
      if (first) drawn.getCamera().animate({ ...drawn.getNodeDisplayData(first), ratio: 0.3 });
    },
    missing(all) { pairs = all; drawn.refresh(); },
    png() {
      // What WebGL drew is only there until the browser shows it: draw and copy in one go.
      drawn.refresh();
      const [canvases, whole] = [drawn.getCanvases(), document.createElement("canvas")];
      whole.width = canvases.nodes.width;
      whole.height = canvases.nodes.height;
      const onto = whole.getContext("2d");
      onto.fillStyle = "#fff";
      onto.fillRect(0, 0, whole.width, whole.height);
      for (const name of ["edges", "nodes", "missing", "labels"]) {
        onto.drawImage(canvases[name], 0, 0, whole.width, whole.height);
      }
      return new Promise((done) => { whole.toBlob(done); });
    },
    destroy: () => drawn.kill(),
  };
}
