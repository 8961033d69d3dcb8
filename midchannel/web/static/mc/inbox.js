/* The inbox: what arrives appears by itself, the list walks by keys, and nothing moves what is being read.
   Everything here also works without it, by loading the page. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const thread = () => $("#thread[data-conversation]");
  const pane = () => $("[data-thread]");
  const atEnd = (body) => body.scrollHeight - body.scrollTop - body.clientHeight < 80;

  /* One request for a burst of events, and never two at once. */
  function gather(wait, work) {
    let timer = 0, busy = false, again = false;
    const run = async () => {
      timer = 0;
      if (busy) { again = true; return; }
      busy = true;
      try { await work(); } catch { /* the frame says when the connection is gone */ }
      busy = false;
      if (again) { again = false; poke(); }
    };
    const poke = (soon) => { if (timer && soon) { clearTimeout(timer); timer = 0; } if (!timer) timer = setTimeout(run, soon ? 0 : wait); };
    return poke;
  }

  const refreshList = gather(700, () => {
    const rows = $("#rows");
    if (!rows) return null;
    const address = new URL(rows.dataset.rows, location.href);
    address.searchParams.set("shown", $$("[data-opens-thread]", rows).length);
    if (thread()) address.searchParams.set("current", thread().dataset.conversation);
    return window.htmx.ajax("GET", address.pathname + address.search, { source: rows, target: rows, swap: "innerMorph" });
  });

  let follow = false;
  const refreshThread = gather(250, async () => {
    const here = thread(), body = pane();
    if (!here || !body) return;
    const all = $$("[data-id]", here).map((e) => e.dataset.id), shown = all.slice(-60);
    const open = $$(".bubble-internal, .bubble:has(.delivery-queued, .delivery-sending, .delivery-sent, .delivery-unknown, .delivery-failed, [data-until])", here).map((e) => e.dataset.id).slice(-60);
    const wasAtEnd = atEnd(body), end = $("#thread-newer") ? "0" : "1";
    const query = new URLSearchParams({ shown: shown.join(","), open: open.join(","), end });
    await window.htmx.ajax("GET", `${here.dataset.live}?${query}`, { source: here, target: here, swap: "beforeend" });
    if (thread() !== here) return;
    if (follow) { follow = false; body.scrollTop = body.scrollHeight; } else if (!wasAtEnd && $$("[data-id]", here).length > all.length) $("#thread-news").hidden = false;
    sawAll();
    present();
  });
  /* What came while one writes was not yet read: only an empty composer says that all has been seen. */
  function sawAll() {
    const field = $('#composer input[name="last_seen"]'), text = $("#reply-text");
    if (field && !text?.value) field.value = $("#conversation-head").dataset.lastSeen;
  }
  const refresh = (soon) => { refreshThread(soon); refreshList(soon); };

  /* --- live --- */
  const names = (fact) => [fact.object_id, fact.about?.replace("conversation:", ""), ...(fact.touched || [])];
  for (const kind of ["messages", "message", "conversation", "delivery", "post", "question", "notice", "presence"]) {
    document.addEventListener(`mc:${kind}.any`, (event) => {
      if (!["notice", "post", "question"].includes(kind)) refreshList();
      if (thread() && names(event.detail).includes(thread().dataset.conversation)) refreshThread();
    });
  }
  document.addEventListener("mc:back", () => refresh());
  document.addEventListener("mc:inbox.mine", () => { follow = true; refresh(true); });
  document.addEventListener("mc:inbox.changed", () => refreshList(true));

  /* --- the thread keeps its place, and so does who walks the list: its rows, drawn anew, know of no step taken meanwhile --- */
  let before = null, walked = "";
  document.addEventListener("htmx:before:swap", (event) => {
    const body = pane(), target = event.detail.ctx?.target;
    walked = $("[data-opens-thread][aria-current]")?.dataset.id;
    before = body && (target?.id || target) === "thread-earlier" ? { body, height: body.scrollHeight, top: body.scrollTop } : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (before && before.body.isConnected) before.body.scrollTop = before.top + before.body.scrollHeight - before.height;
    before = null;
    markCurrent(walked);
    toUnread();
    remember();
    if (thread() && thread().dataset.conversation !== told) present();
  });
  document.addEventListener("scroll", (event) => { if (event.target === pane() && atEnd(event.target)) $("#thread-news").hidden = true; }, true);
  function toUnread() {
    const mark = $("#unread-mark"), body = pane();
    if (!mark || !body || mark.dataset.seen || location.hash) return;
    mark.dataset.seen = "1";
    const top = mark.getBoundingClientRect().top - body.getBoundingClientRect().top;
    if (top < 0) body.scrollTop += top - 16;
  }

  /* --- next, previous, and what is narrowed or closed by hand --- */
  let position = 0;
  function markCurrent(id) {
    const row = id && $(`#row-${id}`);
    if (row) { $$("[data-opens-thread][aria-current]").forEach((other) => other.removeAttribute("aria-current")); row.setAttribute("aria-current", "true"); }
  }
  function remember() { const at = $$("[data-opens-thread]").findIndex((row) => row.dataset.id === thread()?.dataset.conversation); if (at >= 0) position = at; }
  function step(by) {
    const rows = $$("[data-opens-thread]"), at = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[at >= 0 ? at + by : by > 0 ? Math.min(position, rows.length - 1) : position - 1];
    if (next) { next.click(); next.scrollIntoView({ block: "nearest" }); }
    return Boolean(next);
  }
  function leave() {
    const href = $(".view-name")?.parentElement.querySelector("[aria-current]")?.getAttribute("href") || "/inbox/";
    if ($(".panes")) $(".panes").dataset.pane = "list";
    window.htmx.ajax("GET", href, { source: "#conversation", target: "#conversation", swap: "innerHTML", push: href });
  }
  document.addEventListener("mc:inbox.next", () => { if (!step(1) && !step(-1)) leave(); refreshList(); });
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at("[data-step]")) step(Number(at("[data-step]").dataset.step));
    if (at("#thread-news")) { const body = pane(); body.scrollTop = body.scrollHeight; $("#thread-news").hidden = true; }
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset.narrow) return;
    const wanted = field.value.trim().toLowerCase();
    $$(`${field.dataset.narrow} .menu-item`).forEach((item) => { item.hidden = !item.textContent.toLowerCase().includes(wanted); });
  });
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-closes]")) setTimeout(() => event.target.closest("dialog")?.close()); });

  /* --- keys pressed while the next conversation is on its way are meant for that one --- */
  let meanwhile = null, underway = 0, waiting = 0, left = [];
  const typing = () => document.activeElement?.matches("textarea, input:not([type=checkbox], [type=radio])");
  const panes = () => $(".panes");
  document.addEventListener("htmx:before:request", (event) => {
    if (event.detail.ctx.target?.id !== "conversation") return;
    meanwhile ||= [];
    underway += 1;
    waiting ||= setTimeout(() => { if (!underway || !$("#thread-loading")) return; left = [...event.detail.ctx.target.childNodes]; event.detail.ctx.target.replaceChildren($("#thread-loading").content.cloneNode(true)); }, 300);
    setTimeout(() => { if (meanwhile && panes() && matchMedia("(max-width: 699.98px)").matches) panes().dataset.pane = "list"; });
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (event.detail.ctx.target?.id !== "conversation" || !meanwhile || --underway > 0) return;
    const keys = meanwhile;
    meanwhile = null;
    clearTimeout(waiting);
    if ($(".thread-loading", event.detail.ctx.target)) event.detail.ctx.target.replaceChildren(...left);
    waiting = 0; left = [];
    markCurrent(thread()?.dataset.conversation);
    if (panes() && thread()) panes().dataset.pane = "thread";
    keys.forEach((key) => {
      if (!typing()) document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      else if (key.length === 1) { const area = document.activeElement; area.setRangeText(key, area.selectionStart, area.selectionEnd, "end"); area.dispatchEvent(new Event("input", { bubbles: true })); }
    });
  });
  document.addEventListener("keydown", (event) => {
    if (!meanwhile || typing() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length > 1 || "jk<>".includes(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    meanwhile.push(event.key);
  }, true);

  /* --- who is looking, and a draft on its way when the page goes --- */
  let told = "", wrote = 0;
  const token = () => $('meta[name="csrf-token"]')?.content || "";
  function present() {
    const here = thread();
    if (!here || document.hidden) return;
    told = here.dataset.conversation;
    const mode = Date.now() - wrote < 25000 ? "typing" : "viewing", seen = $("#conversation-head").dataset.lastSeen;
    const row = $(`#row-${told}`); row?.classList.remove("row-unread"); row?.querySelector(".count")?.remove();
    fetch(here.dataset.presence, { method: "POST", body: new URLSearchParams({ mode, seen }), headers: { "X-CSRFToken": token() } }).catch(() => {});
  }
  setInterval(present, 20000);
  document.addEventListener("visibilitychange", present);
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-composer] textarea")) return;
    const first = Date.now() - wrote > 25000;
    wrote = Date.now();
    event.target.dataset.unsent = "1";
    if (first) present();
  });
  document.addEventListener("submit", (event) => { $$("textarea[data-unsent]", event.target).forEach((area) => delete area.dataset.unsent); }, true);
  addEventListener("pagehide", () => {
    const area = $("[data-composer] textarea[data-save][data-unsent]");
    if (area) navigator.sendBeacon(area.dataset.save, new FormData(area.form));
    if (told && thread()) navigator.sendBeacon(thread().dataset.presence, new URLSearchParams({ mode: "gone", csrfmiddlewaretoken: token() }));
  });
  function toFound() {
    const wanted = new URLSearchParams(location.search).get("m"), bubble = /^\d+$/.test(wanted || "") && $(`#message-${wanted}`);
    if (bubble) { bubble.classList.add("bubble-found"); bubble.scrollIntoView({ block: "center" }); }
  }
  addEventListener("DOMContentLoaded", () => { toUnread(); toFound(); remember(); present(); });
})();
