"use strict";
// Partners of a survey are searched by name among the cluster's members, ticked, and as many as
// there are. Without this file three fields of each question take names, with the browser's list.
{
  const LIMIT = 6;
  const roster = [...document.querySelectorAll("#roster option")].map((option) => ({
    id: option.dataset.id, name: option.value, other: option.textContent }));
  const shown = document.documentElement.lang.startsWith("zh")
    ? ({ name }) => name : ({ name, other }) => other || name;
  const isMeant = (member, text) => (
    member.name.toLowerCase().includes(text) || member.other.toLowerCase().includes(text));
  function tick(asked, member) {
    const boxes = [...asked.querySelectorAll(".partner input[type=checkbox]")];
    let box = boxes.find(({ value }) => value === member.id);
    if (!box) {
      const [pattern] = asked.querySelectorAll("template");
      const row = pattern.content.cloneNode(true);
      for (const field of row.querySelectorAll("[name]")) {
        field.name = field.name.replace("PARTNER", () => member.id);
      }
      box = row.querySelector("input[type=checkbox]");
      box.value = member.id;
      row.querySelector("label span").textContent = shown(member);
      pattern.before(row);
    }
    box.checked = true;
  }
  function keep(asked, name) {
    const pattern = asked.querySelectorAll("template")[1];
    const row = pattern.content.cloneNode(true);
    row.querySelector("input").value = name;
    pattern.before(row);
  }
  for (const asked of document.querySelectorAll("[data-question]")) {
    const [first, ...rest] = asked.querySelectorAll(".other");
    for (const other of rest) other.remove();
    const search = first.querySelector("input"), list = document.createElement("ul");
    list.className = "plain matches";
    first.after(list);
    search.removeAttribute("list");
    const choose = (act) => { act(); search.value = ""; list.replaceChildren(); search.focus(); };
    const choices = () => {
      const written = search.value.trim(), text = written.toLowerCase();
      if (!text) return [];
      const found = roster.filter((member) => isMeant(member, text)).slice(0, LIMIT);
      return [
        ...found.map((member) => [shown(member), () => tick(asked, member)]),
        ...found.some(({ name, other }) => [name, other].includes(written)) ? [] : [
          [search.dataset.asWritten.replace("NAME", () => written), () => keep(asked, written)]],
      ];
    };
    search.addEventListener("input", () => {
      list.replaceChildren(...choices().map(([label, act]) => {
        const item = document.createElement("li"), button = document.createElement("button");
        button.type = "button";
        button.className = "link";
        button.textContent = label;
        button.addEventListener("click", () => choose(act));
        item.append(button);
        return item;
      }));
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const [best] = choices();
      if (best) choose(best[1]);
    });
  }
}
