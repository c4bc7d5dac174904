"use strict";
// The course of the three groups over five years; the table under it has the same figures. The
// library is large and comes when the chart is about to be seen.
function draw(place) {
  const course = JSON.parse(place.dataset.course);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const colourOf = (name) => {
    const probe = document.createElement("span");
    probe.className = name;
    place.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  const chart = echarts.init(place, dark ? "dark" : null, { renderer: "svg" });
  chart.setOption({
    backgroundColor: "transparent",
    animation: false,
    legend: { bottom: 0 },
    grid: { left: 40, right: 20, top: 20, bottom: 50 },
    xAxis: { type: "category", data: course.years.map(String) },
    color: ["hue-0", "hue-1", "hue-3"].map(colourOf),
    yAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value}%" } },
    series: course.lines.map((line, number) => ({
      name: line.name, type: "line", data: line.values.map((value) => (value === null ? null : Math.round(value * 100))), connectNulls: true,
      symbol: ["circle", "rect", "triangle"][number % 3], symbolSize: 9,
      lineStyle: { type: ["solid", "dashed", "dotted"][number % 3] },
    })),
  });
  addEventListener("resize", () => chart.resize());
}
addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("course");
  if (!place) return;
  const sight = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    sight.disconnect();
    const script = document.createElement("script");
    script.src = place.dataset.library;
    script.onload = () => draw(place);
    script.onerror = () => { place.hidden = true; };
    document.head.append(script);
  }, { rootMargin: "400px" });
  sight.observe(place);
});
