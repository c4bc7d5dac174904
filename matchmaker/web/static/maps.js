// Maps beside lists, drawn as SVG on the world's coasts when they come into sight. Everything is
// from this server. Borders are not drawn: names of provinces and cities say where one is.

const SVG = "http://www.w3.org/2000/svg";
const KM_PER_DEGREE = 111.195;
const RINGS = [25, 50, 100, 200, 500, 1000, 2000, 5000];
const LETTER = 12;
// Pixels to a radian above which the coarser coasts look rough.
const FINE = 1200;
const loaded = new Map();
const drawn = new WeakSet();

function once(key, make) {
  if (!loaded.has(key)) loaded.set(key, make());
  return loaded.get(key);
}

function library(address) {
  return once(address, () => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = () => failed(new Error(address));
    document.head.append(script);
  }));
}

async function json(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(address);
  return answer.json();
}

/** Coasts, each piece of land by itself with its bounds: a map draws those it shows. */
const coasts = (address) => once(address, () => json(address).then((world) => (
  topojson.feature(world, world.objects.land).features
    .flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates))
    .map((coordinates) => {
      const geometry = { type: "Polygon", coordinates };
      return { geometry, bounds: d3.geoBounds(geometry) };
    })
)));

async function parts(place) {
  for (const address of JSON.parse(place.dataset.libraries)) await library(address);
  return once(place.dataset.landmarks, () => json(place.dataset.landmarks));
}

const wide = (text) => [...text].reduce((sum, one) => sum + (one > "\u2e80" ? 1 : 0.56), 0);
/** What stands in a spot: how many are there; of ranked ones the best rank, and how many more. */
const inside = ({ count, ranks = [] }) => {
  if (ranks.length) return ranks.length > 1 ? `${ranks[0]}+${ranks.length - 1}` : String(ranks[0]);
  return count > 2 ? String(count) : "";
};
const radius = (group) => Math.max(
  Math.min(22, 4 + 2.6 * Math.sqrt(group.count)), group.ranks?.length ? 5 + 3.2 * inside(group).length : 0);

/** Who is beside oneself stands in one's own spot: else one number hides the other. */
const isJoined = (group, point) => (
  group.mark === "own" ? Boolean(point.ranks?.length) : group.mark === point.mark
);

/** Points that would lie on each other as one, the largest first; apart again when nearer. */
function merged(points, project) {
  const groups = [];
  const order = points.map((point, number) => ({ ...point, number }))
    .filter((point) => point.count || point.mark === "own")
    .sort((a, b) => (b.mark === "own") - (a.mark === "own") || b.count - a.count);
  for (const point of order) {
    const [x, y] = project([point.x, point.y]) ?? [NaN, NaN];
    if (!Number.isFinite(x)) continue;
    const near = groups.find((group) => isJoined(group, point)
      && Math.hypot(group.x - x, group.y - y) < 0.7 * (radius(group) + radius(point)));
    if (near) {
      near.points.push(point);
      near.count += point.count;
      near.ranks = [...near.ranks, ...point.ranks].sort((a, b) => a - b);
    } else {
      groups.push({ x, y, count: point.count, ranks: point.ranks, mark: point.mark, points: [point] });
    }
  }
  return groups;
}

class Atlas {
  constructor(place, data, landmarks) {
    Object.assign(this, { place, data, landmarks, land: [], near: 1, shift: [0, 0] });
    this.card = place.parentElement.querySelector(".map-card");
    this.fit();
    new ResizeObserver(() => { if (place.clientWidth !== this.width) this.fit(); }).observe(place);
    place.parentElement.querySelectorAll("[data-map-do]").forEach((button) => {
      button.addEventListener("click", () => this.go(button.dataset.mapDo));
    });
    this.drag();
  }

  /** The projection that shows all points, and not less than a district. */
  fit() {
    [this.width, this.height] = [this.place.clientWidth, this.place.clientHeight];
    if (!this.width) return;
    const shown = this.data.points.filter((point) => point.count || point.mark === "own");
    const places = shown.length ? shown.map(({ x, y }) => [x, y]) : [[105, 35], [120, 30], [114, 23]];
    const centre = d3.geoCentroid({ type: "MultiPoint", coordinates: places });
    const far = Math.max(...places.map((point) => d3.geoDistance(centre, point)));
    this.projection = (far > 0.9 ? d3.geoEqualEarth() : d3.geoMercator()).rotate([-centre[0], 0]);
    const least = d3.geoCircle().center(centre).radius(far > 0.9 ? 1 : 0.5)();
    this.projection.fitExtent([[36, 30], [this.width - 36, this.height - 30]], {
      type: "GeometryCollection",
      geometries: [{ type: "MultiPoint", coordinates: places }, { type: "MultiPoint", coordinates: least.coordinates[0] }],
    });
    this.base = { scale: this.projection.scale(), translate: this.projection.translate() };
    [this.near, this.shift] = [1, [0, 0]];
    this.draw();
  }

  go(what) {
    if (what === "whole") { this.fit(); return; }
    const factor = what === "nearer" ? 1.7 : 1 / 1.7;
    const next = Math.max(0.2, Math.min(400, this.near * factor));
    this.shift = this.shift.map((each) => (each * next) / this.near);
    this.near = next;
    this.draw();
  }

  /** By mouse: a finger scrolls the page, and has the buttons. */
  drag() {
    let from = null;
    this.place.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.target.closest(".spot")) return;
      from = [event.clientX - this.shift[0], event.clientY - this.shift[1]];
      this.place.setPointerCapture(event.pointerId);
    });
    this.place.addEventListener("pointermove", (event) => {
      if (!from) return;
      this.shift = [event.clientX - from[0], event.clientY - from[1]];
      requestAnimationFrame(() => this.draw());
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.place.addEventListener(end, () => { from = null; });
    }
  }

  element(name, attributes, ...inside) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  }

  draw() {
    const { width, height, base, near } = this;
    const [x, y] = base.translate;
    this.projection.scale(base.scale * near).translate([
      width / 2 + (x - width / 2) * near + this.shift[0],
      height / 2 + (y - height / 2) * near + this.shift[1],
    ]).clipExtent([[-20, -20], [width + 20, height + 20]]);
    const path = d3.geoPath(this.projection);
    const project = (point) => this.projection(point);
    const groups = merged(this.data.points, project);
    const svg = this.element("svg", { viewBox: `0 0 ${width} ${height}`, width, height });
    svg.append(this.element("path", { class: "coast", d: this.shown().map(path).join("") }));
    const taken = groups.map((group) => {
      const [left, top, size] = [group.x, group.y, radius(group)];
      return [left - size, top - size, left + size, top + size];
    });
    const names = this.names(groups, taken);
    if (this.data.rings) svg.append(...this.rings(path, taken));
    svg.append(...this.lines(groups));
    const labels = [...names, ...this.around(project, taken)];
    svg.append(...labels, ...groups.map((group) => this.spot(group)));
    this.place.replaceChildren(svg);
  }

  /** The land that the view may show; coasts as fine as its scale needs come when they are there. */
  shown() {
    const { finer, land } = this.place.dataset;
    const address = this.projection.scale() > FINE ? finer : land;
    coasts(address).then((pieces) => {
      if (this.land === pieces) return;
      this.land = pieces;
      this.draw();
    }, () => {});
    const corners = [0, 0.5, 1].flatMap((across) => [0, 0.5, 1].map((down) => (
      this.projection.invert([across * this.width, down * this.height]))));
    const isWorld = this.projection.scale() < 200 || corners.some((corner) => !corner?.every(Number.isFinite));
    const [west, east, south, north] = [
      Math.min(...corners.map((corner) => corner?.[0])), Math.max(...corners.map((corner) => corner?.[0])),
      Math.min(...corners.map((corner) => corner?.[1])), Math.max(...corners.map((corner) => corner?.[1])),
    ];
    return this.land.filter(({ bounds: [[left, bottom], [right, top]] }) => (
      // Land that crosses the date line has its west in the east.
      isWorld || left > right || (left <= east && right >= west && bottom <= north && top >= south)
    )).map(({ geometry }) => geometry);
  }

  rings(path, taken) {
    const own = this.data.points.find((point) => point.mark === "own");
    const across = d3.geoDistance(
      this.projection.invert([0, this.height / 2]) ?? [own.x - 1, own.y],
      this.projection.invert([this.width, this.height / 2]) ?? [own.x + 1, own.y],
    ) * 6371;
    return RINGS.filter((km) => km > across / 12 && km < across).slice(0, 3).flatMap((km) => {
      const circle = d3.geoCircle().center([own.x, own.y]).radius(km / KM_PER_DEGREE)();
      const [left, top] = this.projection([own.x, own.y + km / KM_PER_DEGREE]) ?? [NaN, NaN];
      const ring = this.element("path", { class: "ring", d: path(circle) ?? "" });
      if (!(top > 8 && top < this.height && left > 0 && left < this.width)) return [ring];
      const title = `${new Intl.NumberFormat(document.documentElement.lang).format(km)} km`;
      return [ring, ...this.text(title, left, top - 3, "ring-name", taken)];
    });
  }

  lines(groups) {
    const at = new Map();
    groups.forEach((group) => group.points.forEach(({ number }) => at.set(number, group)));
    const joined = new Map();
    for (const [start, end, count, outside] of this.data.lines) {
      const [a, b] = [at.get(start), at.get(end)];
      if (!a || !b || a === b) continue;
      const key = [groups.indexOf(a), groups.indexOf(b)].sort((left, right) => left - right).join();
      const line = joined.get(key) ?? { a, b, count: 0, outside };
      line.count += count;
      joined.set(key, line);
    }
    return [...joined.values()].map(({ a, b, count, outside }) => this.element("line", {
      class: outside ? "tie outside" : "tie", x1: a.x, y1: a.y, x2: b.x, y2: b.y,
      "stroke-width": Math.min(6, 0.8 + 0.5 * Math.sqrt(count)).toFixed(2),
    }, this.element("title", {}, String(count))));
  }

  /** A text where nothing else is, else nothing. */
  text(name, x, y, kind, taken) {
    const half = (wide(name) * LETTER) / 2 + 2;
    const box = [x - half, y - LETTER, x + half, y + 3];
    const isInside = box[0] > 0 && box[2] < this.width && box[1] > 0 && box[3] < this.height;
    const isFree = taken.every(([left, top, right, bottom]) => (
      box[0] >= right || box[2] <= left || box[1] >= bottom || box[3] <= top));
    if (!isInside || !isFree) return [];
    taken.push(box);
    return [this.element("text", { class: kind, x, y }, name)];
  }

  names(groups, taken) {
    return groups.flatMap((group) => {
      const [first] = group.points;
      const more = group.points.length > 1 ? ` +${group.points.length - 1}` : "";
      const name = group.mark === "own" ? this.place.dataset.here : `${first.name}${more}`;
      const below = this.text(name, group.x, group.y + radius(group) + LETTER + 1, "spot-name", taken);
      return below.length ? below
        : this.text(name, group.x, group.y - radius(group) - 4, "spot-name", taken);
    });
  }

  /** Names of provinces and cities, for whoever looks where this is. */
  around(project, taken) {
    const named = new Set(this.data.points.map(({ name }) => name));
    let left = 24;
    return this.landmarks.flatMap(([name, x, y, level]) => {
      if (!left || named.has(name)) return [];
      const [across, down] = project([x, y]) ?? [NaN, NaN];
      if (!(across > 0 && across < this.width && down > 0 && down < this.height)) return [];
      const made = this.text(name, across, down + 4, `landmark ${level}`, taken);
      if (made.length) left -= 1;
      return made;
    });
  }

  spot(group) {
    const title = group.points.map(({ name, count }) => `${name}: ${count}`).join("\n");
    const made = this.element("g", { class: `spot ${group.mark}`, transform: `translate(${group.x.toFixed(1)} ${group.y.toFixed(1)})` },
      this.element("circle", { r: Math.max(12, radius(group)), class: "touch" }),
      this.element("circle", { r: radius(group) }),
      this.element("title", {}, title));
    if (inside(group)) made.append(this.element("text", { y: 4 }, inside(group)));
    made.addEventListener("click", () => this.tell(group));
    return made;
  }

  /** Who is in a spot, under the map. */
  tell(group) {
    this.card.hidden = false;
    this.card.replaceChildren(...group.points.filter(({ count }) => count).flatMap((point) => {
      const heading = document.createElement("h3");
      const figure = document.createElement("small");
      heading.dir = "auto";
      figure.textContent = point.count;
      heading.append(`${point.name} `, figure);
      const list = document.createElement("ul");
      const links = point.link ? [[this.place.dataset.all, point.link]] : point.entries;
      for (const [name, address] of links) {
        const [item, link] = [document.createElement("li"), document.createElement("a")];
        link.href = address;
        link.dir = "auto";
        link.textContent = name;
        item.append(link);
        list.append(item);
      }
      if (!point.link && point.count > point.entries.length) list.append(this.place.dataset.further);
      return [heading, list];
    }));
  }
}

async function show(place) {
  if (drawn.has(place)) return;
  drawn.add(place);
  try {
    const landmarks = await parts(place);
    if (!place.isConnected) return;
    new Atlas(place, JSON.parse(place.dataset.map), landmarks);
    place.dataset.ready = "yes";
  } catch (problem) {
    place.textContent = place.dataset.failed;
    if (!(problem instanceof TypeError)) console.warn(problem.message);
  }
}

const sight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    sight.unobserve(target);
    show(target);
  }
}, { rootMargin: "200px" });
const watch = () => document.querySelectorAll("[data-map]").forEach((place) => {
  if (!drawn.has(place)) sight.observe(place);
});
watch();
addEventListener("htmx:afterSettle", watch);
