"use strict";
// The picture of a cluster's network: layers, search, missing ties with what they would change.
addEventListener("DOMContentLoaded", async () => {
  const place = document.getElementById("network");
  if (!place || !window.cytoscape) return;
  const get = (id) => document.getElementById(id);
  const colours = {
    firm: "#2f6fb2", university: "#b2622f", research_institute: "#8a4fb0",
    platform: "#2f8f5b", public_body: "#7a7a7a",
  };
  const shapes = {
    firm: "ellipse", university: "diamond", research_institute: "triangle",
    platform: "rectangle", public_body: "hexagon",
  };
  let drawn = null;
  let found = null;

  async function draw() {
    const address = `${place.dataset.source}?layer=${encodeURIComponent(get("layer").value)}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) { get("card").textContent = answer.statusText; return; }
    found = await answer.json();
    const ink = getComputedStyle(document.body).color;
    const many = found.nodes.length > 600;
    if (drawn) drawn.destroy();
    drawn = cytoscape({
      container: place,
      elements: [
        ...found.nodes.map((one) => ({ data: { ...one, size: 12 + 6 * Math.sqrt(one.degree) } })),
        ...found.ties.map((one) => ({ data: one })),
      ],
      style: [
        { selector: "node", style: {
          "background-color": (node) => colours[node.data("kind")],
          "shape": (node) => shapes[node.data("kind")],
          "width": "data(size)", "height": "data(size)",
          "label": many ? "" : "data(name)", "font-size": 9, "color": ink,
          "min-zoomed-font-size": 8, "text-max-width": 90, "text-wrap": "ellipsis",
        } },
        { selector: "edge", style: { "width": 1, "line-color": "#999", "curve-style": "haystack" } },
        { selector: "edge.missing", style: {
          "line-style": "dashed", "line-color": "#d33", "width": 2, "curve-style": "bezier" } },
        { selector: ".sought", style: { "border-width": 4, "border-color": "#d33" } },
      ],
      layout: many
        ? { name: "concentric", concentric: (node) => node.data("degree"), levelWidth: () => 3 }
        : { name: "cose", animate: false, nodeRepulsion: () => 400000, idealEdgeLength: () => 90,
          gravity: 0.4, numIter: 600, padding: 20, nodeDimensionsIncludeLabels: true },
      hideEdgesOnViewport: many, textureOnViewport: many, pixelRatio: many ? 1 : "auto",
    });
    drawn.on("tap", "node", (event) => {
      const one = event.target;
      const link = document.createElement("a");
      link.href = `/organizations/${encodeURI(one.id())}`;
      link.textContent = one.data("name");
      const names = one.neighborhood("node").map((other) => other.data("name"));
      get("card").replaceChildren(link, ` · ${names.join(" · ")}`);
    });
    if (get("missing").checked) missing();
    place.dataset.ready = "yes";
  }

  async function missing() {
    drawn.remove("edge.missing");
    get("whatif").textContent = "";
    if (!get("missing").checked) return;
    const there = found.missing.filter((one) => drawn.getElementById(one.source).length
      && drawn.getElementById(one.target).length);
    drawn.add(there.map((one) => ({ data: { ...one }, classes: "missing" })));
    if (!there.length) return;
    const token = document.querySelector("meta[name=csrf-token]").content;
    const answer = await fetch(place.dataset.whatif, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify({
        ties: there.map(({ source, target }) => ({ source, target })), layer: get("layer").value,
      }),
    });
    if (!answer.ok) return;
    const { before, after } = await answer.json();
    const change = (name) => `${+before[name].toFixed(3)} → ${+after[name].toFixed(3)}`;
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
  const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);

  function asSvg() {
    const box = drawn.elements().boundingBox();
    const lines = drawn.edges().map((one) => {
      const [a, b] = [one.source().position(), one.target().position()];
      const dash = one.hasClass("missing") ? ' stroke-dasharray="4" stroke="#d33"' : ' stroke="#999"';
      return `<line x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}"${dash}/>`;
    });
    const dots = drawn.nodes().map((one) => {
      const { x, y } = one.position();
      return `<circle cx="${x}" cy="${y}" r="${one.data("size") / 2}" fill="${colours[one.data("kind")]}"/>`
        + `<text x="${x}" y="${y - one.data("size") / 2 - 2}" font-size="9" text-anchor="middle">${escaped(one.data("name"))}</text>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.x1} ${box.y1} ${box.w} ${box.h}">${lines.join("")}${dots.join("")}</svg>`;
  }

  function asGraphml() {
    const nodes = found.nodes.map((one) => `<node id="${escaped(one.id)}"><data key="name">${escaped(one.name)}</data><data key="kind">${one.kind}</data></node>`);
    const ties = found.ties.map((one) => `<edge source="${escaped(one.source)}" target="${escaped(one.target)}"/>`);
    return '<?xml version="1.0" encoding="UTF-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
      + '<key id="name" for="node" attr.name="name" attr.type="string"/><key id="kind" for="node" attr.name="kind" attr.type="string"/>'
      + `<graph edgedefault="undirected">${nodes.join("")}${ties.join("")}</graph></graphml>`;
  }

  get("layer").addEventListener("change", draw);
  get("missing").addEventListener("change", missing);
  get("seek").addEventListener("input", () => {
    const sought = get("seek").value.trim().toLowerCase();
    drawn.nodes().removeClass("sought");
    if (!sought) return;
    const hits = drawn.nodes().filter((one) => one.data("name").toLowerCase().includes(sought));
    hits.addClass("sought");
    if (hits.length) drawn.animate({ fit: { eles: hits, padding: 120 }, duration: 0 });
  });
  get("png").addEventListener("click", () => save("network.png", drawn.png({ output: "blob", full: true, scale: 2, bg: "#fff" })));
  get("svg").addEventListener("click", () => save("network.svg", new Blob([asSvg()], { type: "image/svg+xml" })));
  get("graphml").addEventListener("click", () => save("network.graphml", new Blob([asGraphml()], { type: "application/xml" })));
  await draw();
});
