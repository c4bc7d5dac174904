"use strict";
// The list under the search box by keyboard (ARIA APG, "Editable Combobox With List
// Autocomplete"). Without this file the box is a form and Enter opens the page of results.
{
  const box = document.getElementById("search-box"), list = document.getElementById("suggestions");
  const options = () => [...list.querySelectorAll("[role=option]")];
  let current = -1;
  function show(shown) {
    list.hidden = !shown;
    box.setAttribute("aria-expanded", String(shown));
    if (!shown) choose(-1);
  }
  function choose(number) {
    current = number;
    box.removeAttribute("aria-activedescendant");
    options().forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === number));
      if (place !== number) return;
      box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    });
  }
  const open = () => show(options().length > 0 && box.value.trim() !== "");
  list.addEventListener("htmx:afterSwap", () => { choose(-1); if (document.activeElement === box) open(); });
  box.addEventListener("focus", open);
  box.addEventListener("input", () => { if (!box.value.trim()) { list.replaceChildren(); show(false); } });
  box.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape" && !list.hidden) { show(false); event.preventDefault(); }
    if (!count || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    if (event.key === "Enter") {
      if (current < 0 || list.hidden) return;
      event.preventDefault();
      options()[current].click();
      return;
    }
    event.preventDefault();
    if (list.hidden) show(true);
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(current < 0 && step < 0 ? count - 1 : (current + step + count) % count);
  });
  addEventListener("pointerdown", (event) => { if (!event.target.closest(".seek")) show(false); });
  box.form.addEventListener("focusout", ({ relatedTarget }) => {
    if (!relatedTarget || !box.form.contains(relatedTarget)) setTimeout(() => show(false), 150);
  });
}
