// The SPARQL page's editor: over the text box, which stays what the form sends.
import { autocompletion, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history as undoable, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { SparqlLanguage, sparql } from "codemirror-lang-sparql";
import { tags } from "@lezer/highlight";

const form = document.getElementById("ask");
const area = document.getElementById("query");
const share = document.getElementById("share");
const told = document.getElementById("told");
const words = JSON.parse(form.dataset.words);
const page = location.pathname;
const SHARED = 6000; // characters that an address still carries everywhere
const KEPT = { key: "reegraph.queries", most: 30, long: 20_000 };
const KEYWORDS = ("SELECT DISTINCT REDUCED WHERE CONSTRUCT DESCRIBE ASK FROM NAMED PREFIX BASE OPTIONAL UNION MINUS GRAPH FILTER BIND "
  + "VALUES UNDEF EXISTS NOT IN AS GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR "
  + "STR LANG LANGMATCHES DATATYPE BOUND IF COALESCE CONCAT CONTAINS STRSTARTS STRENDS REGEX REPLACE YEAR").split(" ");

// ---- names that can be completed

let named = null; // a promise of {prefixes, names}, asked for once

const fold = (text) => text.normalize("NFKC").toLowerCase();

function names() {
  named ??= fetch("/names.json").then((answer) => answer.json()).then(({ prefixes, names: rows }) => ({
    prefixes,
    names: rows.map(([id, kind, en, zh]) => ({
      id, kind, detail: [en, zh].filter(Boolean).join(" · "), folded: [id, id.slice(id.indexOf(":") + 1), en, zh].map(fold),
    })),
  })).catch(() => {
    named = null; // ask again at the next key
    return { prefixes: {}, names: [] };
  });
  return named;
}

const RANK = { link: 0, class: 1, value: 2, thing: 3 };
const ICON = { link: "property", class: "class", value: "property", thing: "constant" };

async function complete(context) {
  const within = syntaxTree(context.state).resolveInner(context.pos, -1).name;
  if (/Comment|String/.test(within)) return null;
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) {
    const used = new Set(context.state.doc.toString().match(/[?$]\w+/g));
    used.delete(variable.text);
    return { from: variable.from, options: [...used].map((label) => ({ label, type: "variable" })) };
  }
  const word = context.matchBefore(/[\p{L}\p{N}_][\p{L}\p{N}_:.-]*/u);
  if (!word && !context.explicit) return null;
  const typed = fold(word?.text ?? "");
  const short = /^[\x00-\x7f]*$/.test(typed) && typed.length < 2;
  if ((short && !context.explicit) || KEYWORDS.includes(typed.toUpperCase())) return null;
  const [, prefix = "", rest = typed] = typed.match(/^([a-z]+:)(.*)$/) ?? [];
  const found = [];
  for (const name of (await names()).names) {
    if (prefix && !name.id.startsWith(prefix)) continue;
    const place = Math.min(...name.folded.map((f) => (f === rest ? -1 : f.startsWith(rest) ? 0 : f.includes(rest) ? 1 : 2)));
    if (place < 2) found.push([place, RANK[name.kind], name]);
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2].id.length - b[2].id.length || (a[2].id < b[2].id ? -1 : 1));
  const keywords = prefix ? [] : KEYWORDS.filter((k) => rest && k.startsWith(rest.toUpperCase())).map((label) => ({ label, type: "keyword" }));
  return {
    from: word?.from ?? context.pos,
    filter: false,
    options: [...keywords, ...found.slice(0, 60).map(([, , { id, kind, detail }]) => (
      { label: id, detail: `${detail} (${words[kind]})`, type: ICON[kind] }))],
  };
}

// ---- prefixes: those that are used and not declared go before the query

// Texts, addresses and comments; a text that is being typed has no end yet.
const APART = /"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|<[^<>\s]*>|#.*/g;

async function declare(view) {
  const { prefixes } = await names();
  const text = view.state.doc.toString();
  const bare = text.replace(APART, " ");
  const declared = new Set([...bare.matchAll(/\bPREFIX\s+([\w-]*):/gi)].map((m) => m[1]));
  const used = new Set([...bare.matchAll(/(?<![\w?$:-])([a-z][\w-]*):/gi)].map((m) => m[1]));
  const wanted = [...used].filter((p) => prefixes[p] && !declared.has(p)).sort();
  if (!wanted.length) return;
  const from = text.match(/^(?:[ \t]*(?:#.*)?\n)*/)[0].length; // below the comments at the head
  view.dispatch({ changes: { from, insert: wanted.map((p) => `PREFIX ${p}: <${prefixes[p]}>\n`).join("") } });
}

const declares = EditorView.updateListener.of((update) => {
  for (const change of update.transactions) {
    if (!change.isUserEvent("input")) continue;
    let colon = change.isUserEvent("input.complete");
    change.changes.iterChanges((_a, _b, _c, _d, inserted) => { colon ||= inserted.toString().includes(":"); });
    if (colon) declare(update.view);
  }
});

// ---- the editor, in a shadow root, where its style sheet needs no leave of the page's policy

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.variableName, tags.bool], color: "var(--green)" },
  { tag: [tags.string, tags.typeName], color: "var(--vermilion)" },
  { tag: [tags.integer, tags.float, tags.annotation], color: "var(--purple)" },
  { tag: [tags.namespace, tags.url], color: "var(--accent)" },
  { tag: tags.comment, color: "var(--quiet)" },
]);
const looks = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "0.88rem", maxHeight: "70vh", borderRadius: "4px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', 'Noto Sans Mono CJK TC', monospace", lineHeight: "1.5", minHeight: "15rem" },
  ".cm-content, .cm-gutter": { minHeight: "15rem" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--quiet)", border: "none" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--mark) !important" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--mark)", color: "inherit" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", color: "var(--vermilion)" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--quiet)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "18em", maxWidth: "min(46rem, 92vw)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--vermilion)" },
});

// Where a browser itself replaces a selection of several lines, Chromium writes style attributes into what is left,
// which the policy forbids: so the selection is replaced here.
const replaces = EditorView.domEventHandlers({
  beforeinput(event, editor) {
    if (event.inputType !== "insertText" || event.isComposing || editor.state.selection.main.empty) return false;
    editor.dispatch(editor.state.replaceSelection(event.data ?? ""), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
  compositionstart(_event, editor) {
    if (!editor.state.selection.main.empty) editor.dispatch(editor.state.replaceSelection(""), { userEvent: "delete.selection" });
    return false;
  },
});

const host = document.createElement("div");
host.className = "editor";
area.after(host);
area.hidden = true;
const root = host.attachShadow({ mode: "open" });
const view = new EditorView({
  root,
  parent: root,
  state: EditorState.create({
    doc: area.value,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (ask(), true) }])),
      lineNumbers(), undoable(), drawSelection(), indentOnInput(), bracketMatching(), lintGutter(),
      sparql(), SparqlLanguage.data.of({ autocomplete: complete }), syntaxHighlighting(colours), looks,
      autocompletion({ icons: false, maxRenderedOptions: 60 }),
      keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]), // Tab is left to the page
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": words.label }),
      EditorView.updateListener.of((update) => update.docChanged && sync()),
      declares, replaces,
    ],
  }),
});
document.querySelector("label[for=query]").addEventListener("click", () => view.focus());
for (const part of document.querySelectorAll(".scripted")) part.hidden = false;

const asked = () => view.state.doc.toString();
const addressOf = (query, shown = "") => `${page}?${new URLSearchParams(shown ? { query, view: shown } : { query })}`;

function sync() {
  area.value = asked();
  share.href = asked().length < SHARED ? addressOf(asked()) : page;
}

// ---- asking

let last = null; // the request under way

async function ask(shown = "", query = asked()) {
  if (!query.trim()) return view.focus();
  last?.abort();
  last = new AbortController();
  const mine = last;
  told.textContent = words.running;
  remember(query);
  try {
    const answer = await fetch(addressOf(query, shown), { headers: { Accept: "text/html" }, signal: mine.signal });
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    const box = document.createElement("div");
    box.id = "answer";
    const part = drawn.getElementById("answer");
    if (part) {
      Object.assign(box.dataset, part.dataset);
      box.append(...part.childNodes);
    } else box.append(...drawn.querySelectorAll("main > h1, main > .note"));
    document.getElementById("answer").replaceWith(box);
    box.dispatchEvent(new Event("drawn", { bubbles: true }));
    if (query.length < SHARED) history.pushState(null, "", addressOf(query, shown));
    told.textContent = "";
    await present();
  } catch (error) {
    if (error.name !== "AbortError") told.textContent = words.unreachable;
  }
}

// The mark at the line of an error, and the drawing of a graph.
async function present() {
  const box = document.getElementById("answer");
  const [line, column] = [Number(box.dataset.line), Number(box.dataset.column)];
  const marks = [];
  if (line > 0 && line <= view.state.doc.lines) {
    const at = view.state.doc.line(line);
    const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
    const word = view.state.doc.sliceString(from, at.to).match(/^\S+/)?.[0].length ?? 0;
    const message = box.querySelector(".refusal")?.textContent.split("\n")[0] ?? "";
    marks.push({ from: word ? from : at.from, to: word ? from + word : at.to, severity: "error", message });
    view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  }
  view.dispatch(setDiagnostics(view.state, marks));
  if (box.querySelector("#graph")) await triples(box);
  document.documentElement.dataset.answer = String(Number(document.documentElement.dataset.answer ?? 0) + 1);
}

async function triples(box) {
  const { arrange, graph, rank } = await import("reegraph/graph");
  const cy = graph(box.querySelector("#graph"));
  const node = (cell) => {
    const id = cell.dataset.id ?? `"${cell.textContent}"`;
    const label = cell.querySelector("a")?.textContent ?? cell.textContent;
    if (cy.getElementById(id).empty()) cy.add({ data: { id, label, page: cell.querySelector("a")?.href } });
    return id;
  };
  for (const row of [...box.querySelectorAll(".triples tbody tr")].slice(0, 150)) {
    const [subject, predicate, object] = row.cells;
    cy.add({ data: { source: node(subject), target: node(object), relation: predicate.textContent } });
  }
  rank(cy);
  arrange(cy, []);
  cy.on("tap", "node[page]", ({ target }) => { location.href = target.data("page"); });
  cy.on("tap", "edge", ({ target }) => {
    told.textContent = `${target.source().data("label")} → ${target.data("relation")} → ${target.target().data("label")}`;
  });
  window.reegraph = cy;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
document.addEventListener("click", (event) => {
  const chosen = event.target.closest("#answer [data-view]");
  if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  ask(chosen.dataset.view, new URL(chosen.href).searchParams.get("query"));
});
window.addEventListener("popstate", () => location.reload());
share.addEventListener("click", async (event) => {
  if (asked().length >= SHARED) {
    event.preventDefault();
    told.textContent = words.long;
  } else if (navigator.clipboard && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    await navigator.clipboard.writeText(share.href).then(() => { told.textContent = words.copied; }, () => { location.href = share.href; });
  }
});

// ---- earlier queries, kept in this browser only

const kept = document.getElementById("history");

function earlier() {
  try {
    const list = JSON.parse(localStorage.getItem(KEPT.key) ?? "[]");
    return Array.isArray(list) ? list.filter((q) => typeof q === "string") : [];
  } catch {
    return []; // a browser that keeps nothing
  }
}

function keep(list) {
  try {
    localStorage.setItem(KEPT.key, JSON.stringify(list));
  } catch { /* as above */ }
  const items = list.map((query) => {
    const [item, button] = [document.createElement("li"), document.createElement("button")];
    button.type = "button";
    button.className = "again";
    button.textContent = query.length > 240 ? `${query.slice(0, 240)}…` : query;
    button.addEventListener("click", () => {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } });
      view.focus();
    });
    item.append(button);
    return item;
  });
  kept.querySelector("ol").replaceChildren(...items);
  kept.hidden = !list.length;
}

function remember(query) {
  if (query.length <= KEPT.long) keep([query, ...earlier().filter((q) => q !== query)].slice(0, KEPT.most));
}

kept.querySelector("p button").addEventListener("click", () => keep([]));
document.querySelector("form[action] #example")?.form.addEventListener("submit", () => remember(asked()));

keep(earlier());
sync();
await present();
document.documentElement.dataset.editor = "ready";
