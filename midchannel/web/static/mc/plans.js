/* The editor of plans: line numbers with what is wrong, pieces put in at the cursor, a remedy with one click, Enter that keeps the indentation. */
(() => {
  "use strict";
  const area = document.getElementById("plan-text"), gutter = document.querySelector(".code-gutter"), checked = document.getElementById("checked");
  const at = document.getElementById("at-line"), saved = document.getElementById("plan-saved");
  if (!area || !gutter || !checked) return;
  let marks = new Map(), drawn = "";

  const lineOf = (place) => area.value.slice(0, place).split("\n").length;
  const startOf = (line) => area.value.split("\n").slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);

  function readMarks() {
    marks = new Map();
    checked.querySelectorAll("[data-hint-line]").forEach((each) => marks.set(Number(each.dataset.hintLine), { kind: "is-hint", words: each.dataset.message }));
    checked.querySelectorAll("[data-problem-line]").forEach((each) => {
      const line = Number(each.dataset.problemLine), before = marks.get(line);
      marks.set(line, { kind: "is-wrong", words: before?.kind === "is-wrong" ? `${before.words} ${each.dataset.message}` : each.dataset.message });
    });
    area.setAttribute("aria-invalid", String(checked.querySelector("[data-problem-line]") !== null));
    drawn = "";
    draw();
  }
  function draw() {
    const count = area.value.split("\n").length, key = `${count}|${[...marks].map(([line, { kind }]) => line + kind).join()}`;
    if (key !== drawn) {
      drawn = key;
      const rows = document.createDocumentFragment();
      for (let line = 1; line <= Math.min(count, 20000); line += 1) {
        const row = document.createElement("span");
        row.textContent = String(line);
        if (marks.has(line)) { row.className = marks.get(line).kind; row.title = marks.get(line).words; }
        rows.append(row);
      }
      gutter.replaceChildren(rows);
    }
    gutter.scrollTop = area.scrollTop;
    tell();
  }
  function tell() {
    const mark = marks.get(lineOf(area.selectionStart)), words = mark ? mark.words : "";
    if (at.textContent !== words) { at.textContent = words; at.classList.toggle("is-hint", mark?.kind === "is-hint"); }
  }
  function goTo(line, column = 1) {
    const place = Math.min(startOf(line) + column - 1, area.value.length);
    area.focus();
    area.setSelectionRange(place, place);
    const height = parseFloat(getComputedStyle(area).lineHeight) || 20;
    area.scrollTop = Math.max(0, (line - 1) * height - area.clientHeight / 3);
    draw();
  }
  function put(text, from, to, select) {
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
    if (select) area.setSelectionRange(select[0], select[1]);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* A piece goes below the line with the cursor, as deep as what stands there: an item beside the item, a key into it. */
  function putPiece(piece, kind) {
    const lines = area.value.split("\n"), line = lineOf(area.selectionStart);
    const found = nearest(lines, line, kind);
    const text = piece.replace(/\n$/, "").split("\n").map((each) => " ".repeat(found.indent) + each);
    const before = found.head ? [found.head] : [];
    const from = startOf(found.after + 1), is_end = found.after >= lines.length;
    const body = [...before, ...text].join("\n");
    const start = is_end ? area.value.length : from;
    const lead = is_end && area.value && !area.value.endsWith("\n") ? "\n" : "";
    put(lead + body + "\n", start, start);
    const word = /: (\S.*)$/m.exec(text[0]), base = start + lead.length + (found.head ? found.head.length + 1 : 0);
    if (word) area.setSelectionRange(base + word.index + 2, base + word.index + 2 + word[1].length);
    area.scrollTop = Math.max(0, (lineOf(area.selectionStart) - 1) * (parseFloat(getComputedStyle(area).lineHeight) || 20) - area.clientHeight / 3);
    draw();
  }
  const depth = (line) => line.length - line.trimStart().length;
  const isText = (line) => line.trim() !== "" && !line.trimStart().startsWith("#");
  function nearest(lines, line, kind) {
    let item = 0;
    for (let n = Math.min(line, lines.length); n >= 1 && !item; n -= 1) if (/^\s*- /.test(lines[n - 1])) item = n;
    const indent = item ? depth(lines[item - 1]) : 2;
    if (kind === "item") return { indent: item ? indent : 0, after: item || Math.min(line, lines.length) };
    if (kind === "may_add") {
      const table = lines.findIndex((each) => /^may_add:\s*$/.test(each));
      if (table < 0) return { indent: 2, after: lastOf(lines), head: "may_add:" };
      return { indent: depth(lines[table + 1] || "  ") || 2, after: endOf(lines, table + 1, -1) };
    }
    if (!item) { const items = lines.findIndex((each) => /^items:\s*$/.test(each)); return items < 0 ? { indent: 2, after: lastOf(lines), head: "items:" } : { indent: 2, after: items + 1 }; }
    return { indent, after: endOf(lines, item, indent) };
  }
  function endOf(lines, from, indent) {
    let end = from;
    for (let n = from + 1; n <= lines.length; n += 1) { if (!isText(lines[n - 1])) continue; if (depth(lines[n - 1]) <= Math.max(indent, 0) && !(indent < 0 && depth(lines[n - 1]) > 0)) break; end = n; }
    return end;
  }
  const lastOf = (lines) => { let n = lines.length; while (n > 0 && !lines[n - 1].trim()) n -= 1; return n; };

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(selector);
    const piece = on("[data-piece]"); if (piece) { putPiece(piece.dataset.piece, piece.dataset.pieceOf); return; }
    const place = on("[data-goto]"); if (place) { goTo(Number(place.dataset.goto), Number(place.dataset.column)); return; }
    const remedy = on("[data-put]");
    if (remedy) {
      const start = startOf(Number(remedy.dataset.atLine)), line = area.value.split("\n")[Number(remedy.dataset.atLine) - 1] || "";
      const found = line.indexOf(remedy.dataset.insteadOf);
      if (found >= 0) put(remedy.dataset.put, start + found, start + found + remedy.dataset.insteadOf.length);
      return;
    }
    const entry = on("#checked [data-line]"); if (entry) goTo(Number(entry.dataset.line));
  });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = area.selectionStart, start = area.value.lastIndexOf("\n", place - 1) + 1, line = area.value.slice(start, place);
    const deeper = /^\s*- .*[^:]$|^\s*- \S+: \S/.test(line) ? 2 : /:\s*$/.test(line) ? 2 : 0;
    event.preventDefault();
    put("\n" + " ".repeat(depth(line) === line.length ? line.length : depth(line) + deeper), place, area.selectionEnd);
  });
  area.addEventListener("input", () => { draw(); if (saved) saved.textContent = saved.dataset.saving; });
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  ["keyup", "click", "focus"].forEach((name) => area.addEventListener(name, tell));
  document.addEventListener("htmx:after:swap", () => { readMarks(); });
  document.addEventListener("htmx:finally:request", (event) => {
    const status = event.detail?.ctx?.response?.status;
    if (saved && event.detail?.ctx?.target === checked) saved.textContent = status === 200 ? saved.dataset.savedWords : saved.dataset.failed;
  });
  new MutationObserver(readMarks).observe(checked, { childList: true });
  readMarks();
})();
