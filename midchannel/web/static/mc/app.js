/* What every page needs beside htmx, in plain JavaScript: theme, keys, dialogs, palette, toasts, live events, composer.
   Pages steer it by data attributes; web/components/README.md lists them. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const lang = document.documentElement.lang || "en";
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

  const cookie = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`; };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`tz=${encodeURIComponent(zone)}`)) cookie("tz", zone);

  /* --- requests: the CSRF token, and "loading" only after 300 ms --- */
  document.addEventListener("htmx:config:request", (event) => {
    const token = $('meta[name="csrf-token"]');
    if (token && event.detail.ctx.request.method !== "GET") event.detail.ctx.request.headers["X-CSRFToken"] = token.content;
  });
  const slow = new WeakMap();
  document.addEventListener("htmx:before:request", (event) => {
    const target = event.detail.ctx.target;
    if (target instanceof Element) slow.set(target, setTimeout(() => target.classList.add("slow"), 300));
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const target = event.detail.ctx.target;
    if (target instanceof Element) { clearTimeout(slow.get(target)); target.classList.remove("slow"); }
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { response, hx } = event.detail.ctx;
    if (response.status >= 500 && !hx?.trigger) toast(words("failed"), { kind: "error" });
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.error?.name !== "AbortError") toast(words("offline"), { kind: "error" });
  });
  const words = (name) => document.body.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`] || "";

  /* --- telling: toasts and polite announcements --- */
  function announce(text) { const region = $("#announce"); if (region) { region.textContent = ""; setTimeout(() => { region.textContent = text; }, 50); } }
  function toast(text, { kind = "", undo = null, seconds = 5 } = {}) {
    const region = $("#toasts"), pattern = $("#toast-pattern");
    if (!region || !pattern || !text) return null;
    const element = pattern.content.firstElementChild.cloneNode(true);
    if (kind) element.classList.add(`toast-${kind}`);
    $(".toast-words", element).textContent = text;
    const bar = $("progress", element), button = $("[data-undo]", element);
    const end = Date.now() + seconds * 1000;
    const tick = setInterval(() => { bar.value = Math.max(0, (end - Date.now()) / (seconds * 1000)); if (bar.value <= 0) close(); }, 100);
    function close() { clearInterval(tick); element.remove(); }
    $("[data-close]", element).addEventListener("click", close);
    if (undo) { button.hidden = false; button.addEventListener("click", () => { close(); undo(); }); }
    region.append(element);
    return close;
  }
  document.addEventListener("mc:toast", (event) => {
    const { text, kind, undo, seconds } = event.detail?.value ? { text: event.detail.value } : event.detail || {};
    toast(text, { kind, seconds, undo: undo ? () => window.htmx.ajax("POST", undo, { swap: "none" }) : null });
  });
  document.addEventListener("mc:announce", (event) => announce(event.detail?.text || event.detail?.value || ""));

  /* --- theme --- */
  function setTheme(theme) {
    if (theme === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
    cookie("theme", theme);
    $$("[data-set-theme]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.setTheme === theme)));
  }

  /* --- dialogs, drawers, panes, menus --- */
  function openDialog(id) { const dialog = document.getElementById(id); if (dialog && !dialog.open) { dialog.showModal(); $("[autofocus]", dialog)?.focus(); } }
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    const theme = at("[data-set-theme]"); if (theme) setTheme(theme.dataset.setTheme);
    const opener = at("[data-open]"); if (opener) { event.preventDefault(); openDialog(opener.dataset.open); }
    if (at("[data-close-dialog]") || (event.target instanceof HTMLDialogElement && event.target.open && outside(event))) (at("dialog") || event.target).close();
    const side = at("[data-side-toggle]"); if (side) { const panes = side.closest(".panes") || $(".panes"); panes.dataset.side = panes.dataset.side === "open" ? "" : "open"; }
    const pane = at("[data-show-pane]"); if (pane) { event.preventDefault(); ($(".panes") || {}).dataset.pane = pane.dataset.showPane; }
    const row = at("[data-opens-thread]"); if (row) markCurrent(row);
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target) || at(".menu-item")) menu.open = false; });
    if (!at(".suggest")) $$(".suggest-list").forEach((list) => { list.replaceChildren(); });
  });
  function outside(event) { const box = event.target.getBoundingClientRect(); return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom; }
  function markCurrent(row) {
    $$("[data-opens-thread][aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
    const panes = row.closest(".panes"); if (panes) panes.dataset.pane = "thread";
  }

  /* --- keys: data-key="r" | "Mod+Enter" | "g i" on anything that can be clicked or focused --- */
  let began = "", beganAt = 0;
  function spell(event) {
    let key = event.key === " " ? "Space" : event.key;
    const mods = [];
    if (event.ctrlKey || event.metaKey) mods.push("Mod");
    if (event.altKey) mods.push("Alt");
    if (event.shiftKey && (key.length > 1 || mods.length)) mods.push("Shift");
    return [...mods, key.length === 1 && mods.length ? key.toLowerCase() : key].join("+");
  }
  const isTyping = (element) => element?.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const isShown = (element) => element.getClientRects().length > 0 || element.matches("input[type=radio], input[type=checkbox]") && element.parentElement.getClientRects().length > 0;
  function press(key) {
    const scope = $("dialog[open]") || document;
    const element = $$(`[data-key]`, scope).find((e) => e.dataset.key.split(",").some((k) => k.trim() === key) && !e.disabled && isShown(e));
    if (!element) return false;
    if (isTyping(element)) { element.focus(); element.select?.(); } else if (element.matches("summary")) { element.parentElement.open = !element.parentElement.open; element.focus(); } else { element.click(); }
    return true;
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const key = spell(event);
    if (key === "Mod+k") { event.preventDefault(); openDialog("palette"); return; }
    if (key === "Escape") {
      if ($$(".suggest-list").some((list) => list.childElementCount)) { $$(".suggest-list").forEach((l) => l.replaceChildren()); event.preventDefault(); return; }
      const menu = $("details.menu[open]"); if (menu) { menu.open = false; $("summary", menu).focus(); return; }
      if (isTyping(document.activeElement) && !$("dialog[open]")) { document.activeElement.blur(); return; }
      const panes = $(".panes"); if (panes && !$("dialog[open]")) { if (panes.dataset.side === "open") panes.dataset.side = ""; else if (panes.dataset.pane === "thread") panes.dataset.pane = "list"; }
      return;
    }
    if (walkList(event)) return;
    if (isTyping(event.target) && !key.startsWith("Mod+")) return;
    if (key === "?" && !isTyping(event.target)) { event.preventDefault(); showKeys(); return; }
    if (["j", "k", "ArrowDown", "ArrowUp"].includes(key) && !$("dialog[open]") && step(key === "j" || key === "ArrowDown" ? 1 : -1, key.length > 1, event)) { event.preventDefault(); return; }
    const sequence = Date.now() - beganAt < 1200 && began ? `${began} ${key}` : "";
    began = key; beganAt = Date.now();
    if ((sequence && press(sequence)) || press(key)) { event.preventDefault(); began = ""; }
  });
  function step(by, onlyInList, event) {
    const rows = $$("[data-opens-thread]");
    if (!rows.length || (onlyInList && !event.target.closest?.(".rows"))) return false;
    const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next && next !== rows[at]) { next.click(); next.focus({ preventScroll: true }); next.scrollIntoView({ block: "nearest" }); }
    return true;
  }
  function walkList(event) {
    const list = event.target.closest?.("[data-walk]") || event.target.closest?.(".suggest");
    if (!list || !["ArrowDown", "ArrowUp", "Enter", "Tab"].includes(event.key)) return false;
    const items = $$(".menu-item", list).filter(isShown);
    if (!items.length || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "Enter" || (event.key === "Tab" && list.matches(".suggest"))) { event.preventDefault(); (items[at] || items[0]).click(); return true; }
    if (event.key === "Tab") return false;
    event.preventDefault();
    items[at]?.setAttribute("aria-selected", "false");
    const next = items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1) + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % items.length];
    next.setAttribute("aria-selected", "true"); next.scrollIntoView({ block: "nearest" });
    return true;
  }
  function plain(element) { const copy = element.cloneNode(true); $$("kbd, .count, .sr-only", copy).forEach((e) => e.remove()); return copy.textContent.trim(); }
  function showKeys() {
    const list = $("#keys-here"); if (!list) return;
    const seen = new Set();
    list.replaceChildren(...$$("[data-key]").filter((e) => !e.closest("dialog") && isShown(e)).flatMap((element) => {
      const label = element.dataset.keyLabel || element.getAttribute("aria-label") || element.title || plain(element.labels?.[0] || element);
      if (!label || seen.has(element.dataset.key)) return [];
      seen.add(element.dataset.key);
      const item = document.createElement("li"), name = document.createElement("span"), keys = document.createElement("span");
      name.textContent = label.replace(/\s+/g, " ");
      element.dataset.key.split(",")[0].trim().split(/[ +]/).forEach((part) => { const kbd = document.createElement("kbd"); kbd.textContent = part === "Mod" ? (isMac ? "⌘" : "Ctrl") : part === "Enter" ? "↵" : part; keys.append(kbd, " "); });
      item.append(name, keys);
      return [item];
    }));
    openDialog("keys");
  }

  /* --- palette: what is on the page is found at once, the rest is asked for by htmx --- */
  document.addEventListener("input", (event) => {
    if (!event.target.matches("#palette-input")) return;
    const wanted = event.target.value.trim().toLowerCase();
    $$("#palette-pages .menu-item").forEach((item) => { item.hidden = !item.textContent.toLowerCase().includes(wanted); });
    const field = event.target; field.closest("dialog").querySelectorAll("[aria-selected]").forEach((i) => i.setAttribute("aria-selected", "false"));
  });

  /* --- live: /events speaks, elements listen with hx-trigger="mc:conversation.changed from:body" --- */
  function listen() {
    const address = document.body.dataset.events;
    if (!address || !window.EventSource) return;
    const source = new EventSource(address);
    let lost = 0;
    const tell = (message) => {
      let fact; try { fact = JSON.parse(message.data); } catch { return; }
      const kind = fact.kind || message.type;
      document.body.dispatchEvent(new CustomEvent(`mc:${kind}`, { detail: fact, bubbles: true }));
      document.body.dispatchEvent(new CustomEvent(`mc:${kind.split(".")[0]}.any`, { detail: fact, bubbles: true }));
      if (fact.object_id) document.body.dispatchEvent(new CustomEvent(`mc:${kind.split(".")[0]}-${fact.object_id}`, { detail: fact, bubbles: true }));
    };
    source.onmessage = tell;
    source.onopen = () => { if (lost) document.body.dispatchEvent(new CustomEvent("mc:back", { bubbles: true })); lost = 0; $("#offline")?.setAttribute("hidden", ""); };
    source.onerror = () => { lost = lost || Date.now(); setTimeout(() => { if (lost && source.readyState !== 1) $("#offline")?.removeAttribute("hidden"); }, 8000); };
    addEventListener("pagehide", () => source.close());
  }

  /* --- ages grow while one looks --- */
  function grow() {
    $$("time[data-age]").forEach((time) => {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      if (!(seconds > 0) || seconds >= 7 * 86400) return;
      const [n, unit] = seconds < 60 ? [0, ""] : seconds < 3600 ? [seconds / 60, "minute"] : seconds < 86400 ? [seconds / 3600, "hour"] : [seconds / 86400, "day"];
      if (!unit) return;
      time.textContent = time.dataset.age === "ago"
        ? new Intl.RelativeTimeFormat(lang, { style: "narrow" }).format(-Math.floor(n), unit)
        : new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "narrow", maximumFractionDigits: 0 }).format(Math.floor(n));
    });
    $$("[data-until]").forEach((button) => { if (Date.parse(button.dataset.until) < Date.now()) button.closest("form")?.remove(); });
  }
  setInterval(grow, 15000);

  /* --- composer: reply or note, counting, saving the draft, suggestions behind :: and @ --- */
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (!form || event.target.name !== "mode") return;
    setMode(form, event.target.value);
    form.querySelector(event.target.value === "note" ? "#note-text" : "#reply-text")?.focus();
  });
  document.addEventListener("click", (event) => {
    const radio = event.target.closest?.('[data-composer] input[name="mode"]');
    if (radio) { setMode(radio.form, radio.value); $(radio.value === "note" ? "#note-text" : "#reply-text", radio.form)?.focus(); }
  });
  function setMode(form, mode) {
    form.dataset.mode = mode;
    const to = mode === "note" ? form.dataset.noteTo : form.dataset.replyTo;
    form.setAttribute("hx-post", to); form.setAttribute("action", to);
  }
  const timers = new WeakMap();
  function later(element, wait, work) { clearTimeout(timers.get(element)); timers.set(element, setTimeout(work, wait)); }
  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches?.("[data-composer] textarea")) return;
    const count = $("[data-count-for]", area.form), limit = Number(count?.dataset.limit || 0);
    if (limit && area.name === "text") { const left = limit - [...area.value].length; count.textContent = left < limit / 4 ? String(left) : ""; count.classList.toggle("loss", left < 0); }
    if (area.dataset.save) later(area, 800, () => {
      const body = new FormData(area.form);
      fetch(area.dataset.save, { method: "POST", body, headers: { "X-CSRFToken": $('meta[name="csrf-token"]')?.content || "" } })
        .then((answer) => { const saved = $("[data-saved]", area.form); if (saved) saved.textContent = answer.ok ? words("saved") : words("unsaved"); })
        .catch(() => { const saved = $("[data-saved]", area.form); if (saved) saved.textContent = words("unsaved"); });
    });
    suggest(area);
  });
  const asks = [["skills", /(?:^|[\s(])#([\p{L}\d\-]{0,30})$/u, "#"], ["canned", /(?:^|\s)::([\w-]{0,30})$/u, "::"], ["people", /(?:^|[\s(])@([\p{L}\d.\-]{0,30})$/u, "@"]];
  function suggest(area) {
    const before = area.value.slice(0, area.selectionStart), list = $(".suggest-list", area.parentElement);
    for (const [kind, pattern, sign] of asks) {
      const found = area.dataset[kind] && before.match(pattern);
      if (!found) continue;
      area.dataset.from = String(before.length - found[1].length - sign.length);
      later(list, 120, () => window.htmx.ajax("GET", `${area.dataset[kind]}${area.dataset[kind].includes("?") ? "&" : "?"}q=${encodeURIComponent(found[1])}`, { source: list, target: list, swap: "innerHTML" }));
      return;
    }
    clearTimeout(timers.get(list)); list.replaceChildren();
  }
  document.addEventListener("click", (event) => {
    const item = event.target.closest?.("[data-insert]");
    const area = item?.closest(".suggest")?.querySelector("textarea");
    if (!area) return;
    const end = area.selectionStart, from = Number(area.dataset.from || end);
    area.setRangeText(item.dataset.insert, from, end, "end");
    $(".suggest-list", area.parentElement).replaceChildren();
    area.focus(); area.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* --- a thread opens at its end, and a new bubble never moves what is being read --- */
  function settleThread(root) {
    const body = root.matches?.("[data-thread]") ? root : $("[data-thread]", root);
    if (!body || body.dataset.settled) return;
    body.dataset.settled = "1";
    const wanted = location.hash.startsWith("#message-") && $(location.hash.replace(/[^#\w-]/g, ""), body);
    if (wanted) wanted.scrollIntoView({ block: "center" }); else body.scrollTop = body.scrollHeight;
  }
  let readingFromEnd = null;
  document.addEventListener("htmx:before:swap", () => { const body = $("[data-thread]"); readingFromEnd = body ? { body, near: body.scrollHeight - body.scrollTop - body.clientHeight < 80, top: body.scrollTop } : null; });
  document.addEventListener("htmx:after:swap", () => {
    const kept = readingFromEnd;
    if (kept && kept.body.isConnected) { if (kept.near) kept.body.scrollTop = kept.body.scrollHeight; else kept.body.scrollTop = kept.top; }
    settleThread(document); grow();
    $("[data-focus]")?.focus(); $$("[data-focus]").forEach((e) => e.removeAttribute("data-focus"));
    $$("[data-announce]").forEach((e) => { announce(e.dataset.announce); e.removeAttribute("data-announce"); });
  });

  /* --- a choice that takes effect at once, and copying what is shown once --- */
  document.addEventListener("change", (event) => { if (event.target.matches?.("[data-submit]")) event.target.form?.requestSubmit(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]"), source = button && document.getElementById(button.dataset.copy);
    if (!source) return;
    getSelection()?.selectAllChildren(source);
    (navigator.clipboard?.writeText(source.textContent.trim()) ?? Promise.reject()).catch(() => document.execCommand("copy")).finally(() => announce(button.textContent.trim()));
    button.setAttribute("aria-pressed", "true");
  });

  addEventListener("DOMContentLoaded", () => {
    listen(); settleThread(document); grow();
    $$('nav [aria-current="page"]').forEach((e) => e.scrollIntoView({ inline: "center", block: "nearest" }));
    $$("#flash > [data-toast]").forEach((e) => toast(e.textContent.trim(), { kind: e.dataset.toast }));
    $$("kbd[data-mod]").forEach((e) => { e.textContent = isMac ? "⌘" : "Ctrl"; });
  });
  window.midchannel = { toast, announce, openDialog, setTheme };
})();
