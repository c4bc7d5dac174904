"use strict";
document.documentElement.classList.add("script");
// Everything works without this file; it only says when there is no connection, and
// keeps somebody from sending a form twice.
addEventListener("offline", () => { document.getElementById("offline").hidden = false; });
addEventListener("online", () => { document.getElementById("offline").hidden = true; });
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
// htmx shows nothing where a request fails: say so, as the offline notice does.
addEventListener("htmx:sendError", () => { document.getElementById("offline").hidden = false; });
addEventListener("htmx:responseError", ({ detail }) => {
  const ended = detail.xhr.status === 401;
  if (ended && detail.xhr.getResponseHeader("HX-Redirect")) return;
  document.getElementById(ended ? "expired" : "failed").hidden = false;
});
addEventListener("htmx:beforeRequest", () => {
  for (const id of ["offline", "failed", "expired"]) document.getElementById(id).hidden = true;
});
// A question that is too long for an address is sent as a form; its answer has an address.
addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "question" || event.target.elements.text.value.length <= 1000) return;
  event.preventDefault();
  event.target.submit();
});
// Times as the reader's own clock and habit have them; the page has them in UTC.
function localise(root) {
  const moments = root.querySelectorAll("time.moment");
  if (!moments.length) return;
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium", timeStyle: "short" });
  for (const one of moments) {
    one.textContent = format.format(new Date(one.dateTime));
    one.classList.remove("moment");
  }
}
addEventListener("DOMContentLoaded", () => localise(document));
addEventListener("htmx:afterSwap", () => localise(document));
// A long list to tick is searched by name; what is ticked stays in sight.
for (const search of document.querySelectorAll("[data-filters]")) {
  search.hidden = false;
  const choices = [...document.getElementById(search.dataset.filters).querySelectorAll("label")];
  search.addEventListener("input", ({ target }) => {
    const text = target.value.trim().toLowerCase();
    for (const choice of choices) {
      const isMeant = choice.textContent.toLowerCase().includes(text);
      choice.hidden = !isMeant && !choice.querySelector("input").checked;
    }
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
// A link to pass on is longer than its field; copying needs no https here, as `navigator.clipboard` would.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.parentElement.querySelector("input").select();
    if (document.execCommand("copy")) button.textContent = button.dataset.done;
  });
}
// Times are proposed on the reader's own clock, unless another zone is chosen.
addEventListener("DOMContentLoaded", () => {
  const choices = document.querySelectorAll("select[data-own-zone]");
  const own = choices.length && Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const choice of own ? choices : []) {
    if (![...choice.options].some(({ value }) => value === own)) choice.add(new Option(own, own));
    choice.value = own;
  }
});
// What an address points at may lie in a part that is folded: it opens.
function unfold() {
  const target = location.hash.length > 1
    && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target && target.parentElement; part; part = part.parentElement) {
    if (part.tagName === "DETAILS") part.open = true;
  }
}
addEventListener("hashchange", unfold);
addEventListener("DOMContentLoaded", unfold);
// Where one is in a row of tabs that is wider than the screen is in sight.
addEventListener("DOMContentLoaded", () => {
  for (const here of document.querySelectorAll("nav.sub [aria-current]")) {
    const row = here.closest("ul");
    row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - 16;
  }
});
// Of many that are ticked somebody may want one.
function offerToUntick(root) {
  for (const button of root.querySelectorAll("[data-untick]")) button.hidden = false;
}
addEventListener("DOMContentLoaded", () => offerToUntick(document));
addEventListener("htmx:afterSwap", () => offerToUntick(document));
addEventListener("click", ({ target }) => {
  if (!target.matches("[data-untick]")) return;
  for (const box of target.form.querySelectorAll("input[type=checkbox]")) box.checked = false;
});
// On a phone the answer begins below the question: it comes into sight.
addEventListener("htmx:afterSettle", ({ detail }) => {
  const results = detail.requestConfig?.elt.id === "question" && document.getElementById("results");
  if (results && results.getBoundingClientRect().top > innerHeight / 2) results.scrollIntoView();
});
