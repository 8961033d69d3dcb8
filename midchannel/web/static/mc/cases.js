/* Cases: walking lists by J and K, opening an item to fill it in, what its values would bring, choosing a colleague. The rest is htmx and app.js. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isTyping = (element) => element?.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || $("dialog[open]")) return;
    const by = { j: 1, k: -1 }[event.key];
    if (!by) return;
    const rows = $$("[data-walk-row]").filter((row) => row.getClientRects().length);
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
    next.focus(); next.scrollIntoView({ block: "nearest" });
    event.preventDefault();
  }, true);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens-item]");
    const item = opener && document.getElementById(`more-${opener.dataset.opensItem}`);
    if (!item) return;
    item.open = true;
    ($(".case-fields select, .case-fields input", item) || $("summary", item)).focus();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-closes]")) setTimeout(() => form.closest("dialog")?.close());
    if (form.matches("[data-closes-own]") && form.title.value.trim()) setTimeout(() => { form.reset(); form.closest("details").open = false; }, 400);
    if (form.closest(".case-other, .case-known")) setTimeout(() => { const box = form.closest(".case-other, .case-known"); if (box && (!form.reason || form.reason.value.trim())) box.open = false; }, 400);
  });

  document.addEventListener("input", (event) => {
    const list = event.target.dataset?.narrow && $(event.target.dataset.narrow);
    if (!list) return;
    const wanted = event.target.value.trim().toLowerCase();
    $$(".menu-item", list).forEach((item) => { item.hidden = !item.textContent.toLowerCase().includes(wanted); });
  });

  /* what a step would bring, with the values typed so far */
  const waiting = new WeakMap();
  document.addEventListener("input", (event) => {
    const form = event.target.form, place = form && $("[data-foresee]", form);
    if (!place) return;
    clearTimeout(waiting.get(place));
    waiting.set(place, setTimeout(() => {
      const asked = new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
      window.htmx.ajax("GET", `${place.dataset.foresee}?${asked}`, { source: place, target: place, swap: "innerHTML" });
    }, 250));
  });
  /* A page drawn anew, since a colleague did something, keeps what was chosen here: what that would bring is asked for again. */
  const isChosen = (field) => field.matches("select") ? field.selectedIndex > 0 && !field.selectedOptions[0].defaultSelected : field.type !== "hidden" && field.defaultValue !== undefined && field.value !== field.defaultValue;
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target?.id !== "case-page") return;
    $$("[data-foresee]").forEach((place) => { [...place.closest("form").elements].find(isChosen)?.dispatchEvent(new Event("input", { bubbles: true })); });
  });

  document.addEventListener("toggle", (event) => {
    const opened = event.target;
    if (!opened.open) return;
    if (opened.matches?.(".case-other")) $$(".case-other[open]", opened.parentElement).forEach((other) => { if (other !== opened) other.open = false; });
    if (opened.matches?.(".case-other, .case-own, .case-known")) $("input:not([type=hidden]), select, textarea", opened)?.focus();
  }, true);
})();
