// Figures in the prose editor. Typing [[ opens a list of figures with their values, by name; behind every reference
// stands the value it has now, and a reference that names nothing says so. Values follow the data without a reload.

import { Extension, pm } from "django-prose-editor/editor";

const { Plugin, PluginKey } = pm.state, { Decoration, DecorationSet } = pm.view;
const REFERENCE = /\[\[([^[\]]{1,300})\]\]/g;
const address = document.querySelector("[data-figures]")?.dataset.figures;
const key = new PluginKey("figureReferences");
const known = new Map(); // reference -> {value} or {problem}; null while the answer is awaited
const views = new Set();
let waiting = 0;

async function ask(query) {
  const answer = await fetch(`${address}?${new URLSearchParams(query)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

const redraw = () => views.forEach((view) => { if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, "values")); });

/** Ask for the values of all references that stand in the editors, in one request. */
function lookUp(reference) {
  if (!address || known.has(reference)) return;
  known.set(reference, null);
  window.clearTimeout(waiting);
  waiting = window.setTimeout(async () => {
    const asked = [...known].filter(([, answer]) => answer === null).map(([one]) => one);
    try {
      const { values } = await ask(asked.map((one) => ["ref", one]));
      for (const one of asked) known.set(one, values[one] || { problem: "The server does not know this figure." });
    } catch {
      asked.forEach((one) => known.delete(one)); // the next edit asks again
    }
    redraw();
  }, 150);
}

document.addEventListener("forecast", () => { known.clear(); redraw(); });

function decorated(doc) {
  const found = [];
  doc.descendants((node, at) => {
    if (!node.isTextblock) return;
    const text = node.textBetween(0, node.content.size, "\n", "\ufffc");
    for (const match of text.matchAll(REFERENCE)) {
      const from = at + 1 + match.index, to = from + match[0].length, answer = known.get(match[1]);
      if (!known.has(match[1])) lookUp(match[1]);
      const looks = { class: answer?.problem ? "prose-reference prose-unknown" : "prose-reference" };
      if (answer?.problem) looks.title = answer.problem;
      found.push(Decoration.inline(from, to, looks));
      if (answer) {
        found.push(Decoration.widget(to, () => {
          const shown = document.createElement("span");
          shown.className = answer.problem ? "prose-value prose-unknown" : "prose-value";
          shown.textContent = answer.problem ? "no such figure" : answer.value;
          if (answer.problem) shown.title = answer.problem;
          return shown;
        }, { side: 1, key: `${match[1]} ${answer.value || answer.problem}` }));
      }
    }
  });
  return DecorationSet.create(doc, found);
}

/** The list under the caret. One for the page: only one editor has the caret. */
class Suggestions {
  constructor() {
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: "figure-suggestions", className: "figure-suggestions figure-suggestions-floating", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Figures");
    // pointerdown, since a click would first take the focus, and with it the list, away.
    this.list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option && this.view) this.insert(option);
    });
    this.asked = 0;
    document.body.append(this.list);
  }

  get options() { return [...this.list.querySelectorAll("[role=option]")]; }

  get isOpen() { return !this.list.hidden; }

  update(view) {
    const { $from, empty } = view.state.selection;
    const before = empty && view.hasFocus() ? $from.parent.textBetween(0, $from.parentOffset, "\n", "\ufffc").match(/\[\[([^[\]\n]{0,80})$/) : null;
    if (!before) { if (this.view === view) this.close(); return; }
    const start = $from.pos - before[0].length, words = before[1];
    if (this.view === view && this.start === start && this.words === words) { if (this.isOpen) this.place(); return; }
    if (this.dismissed === start) return;
    Object.assign(this, { view, start, words });
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.look(words), 120);
  }

  async look(words) {
    const mine = ++this.asked;
    try {
      const { figures } = await ask([["q", words]]);
      if (mine === this.asked && this.view) this.show(figures);
    } catch {
      if (mine === this.asked) this.close();
    }
  }

  show(figures) {
    this.list.replaceChildren(...figures.map((figure, at) => {
      const item = document.createElement("li"), name = document.createElement("span"), value = document.createElement("strong");
      item.id = `figure-${at}`;
      item.setAttribute("role", "option");
      item.dataset.insert = figure.insert;
      name.textContent = figure.name;
      value.textContent = figure.value;
      item.append(name, value);
      return item;
    }));
    if (!figures.length) this.list.append(Object.assign(document.createElement("li"), { textContent: "No figure of this market has all these words." }));
    this.list.hidden = false;
    this.view.dom.setAttribute("aria-controls", this.list.id);
    this.place();
    this.choose(0);
  }

  place() {
    const caret = this.view.coordsAtPos(this.view.state.selection.from), height = this.list.offsetHeight;
    const above = caret.bottom + height + 8 > window.innerHeight && caret.top > height;
    this.list.style.top = `${above ? caret.top - height - 4 : caret.bottom + 4}px`;
    this.list.style.left = `${Math.max(8, Math.min(caret.left, window.innerWidth - this.list.offsetWidth - 8))}px`;
  }

  choose(index) {
    const all = this.options;
    if (!all.length) return;
    this.chosen = (index + all.length) % all.length;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === this.chosen)));
    all[this.chosen].scrollIntoView({ block: "nearest" });
    this.view.dom.setAttribute("aria-activedescendant", all[this.chosen].id);
  }

  insert(option) {
    const { view, start } = this, { state } = view, end = state.selection.from;
    const after = state.doc.textBetween(end, Math.min(end + 2, state.selection.$from.end())).match(/^\]{1,2}/);
    view.dispatch(state.tr.insertText(option.dataset.insert, start, end + (after ? after[0].length : 0)));
    this.close();
    view.focus();
  }

  close() {
    window.clearTimeout(this.timer);
    this.asked += 1;
    this.list.hidden = true;
    this.view?.dom.removeAttribute("aria-controls");
    this.view?.dom.removeAttribute("aria-activedescendant");
    this.view = null;
    this.words = null;
  }

  /** Whether the list took the key. */
  key(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") { this.dismissed = this.start; this.close(); return true; }
    if (!this.options.length) return false;
    if (event.key === "ArrowDown") this.choose(this.chosen + 1);
    else if (event.key === "ArrowUp") this.choose(this.chosen - 1);
    else if (event.key === "Enter" || event.key === "Tab") this.insert(this.options[this.chosen]);
    else return false;
    return true;
  }
}

const suggestions = new Suggestions();
document.addEventListener("scroll", () => { if (suggestions.isOpen) suggestions.place(); }, true);

export const FigureReferences = Extension.create({
  name: "figureReferences",
  priority: 1000, // the list takes Enter and Tab before lists and tables of the text do

  addProseMirrorPlugins() {
    return [new Plugin({
      key,
      state: {
        init: (config, state) => decorated(state.doc),
        apply: (change, before) => (change.docChanged || change.getMeta(key) ? decorated(change.doc) : before),
      },
      props: {
        decorations: (state) => key.getState(state),
        handleKeyDown: (view, event) => suggestions.view === view && suggestions.key(event),
        handleDOMEvents: { blur: () => { suggestions.close(); return false; } },
      },
      view: (view) => {
        views.add(view);
        return { update: (now) => { if (address) suggestions.update(now); }, destroy: () => views.delete(view) };
      },
    })];
  },
});

// An editor takes over the label of the field it stands for, and a link to the field leads to it.
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const label = document.querySelector(`label[for="${CSS.escape(textarea.id)}"]`)?.textContent.trim().replace(/\s*[:*]$/, "");
  editor.view.dom.setAttribute("role", "textbox");
  editor.view.dom.setAttribute("aria-multiline", "true");
  editor.view.dom.setAttribute("aria-label", label || "Text");
  if (location.hash === `#${textarea.id}`) editor.commands.focus();
});
