// Typing [[ in a text of a report: a list of figures with their values, by name. Arrow keys, Enter or Tab, Escape.
// Without this file the reference is typed by hand, as docs/editors.md says.
(() => {
  "use strict";

  const report = location.pathname.match(/^(.*\/reports\/report\/\d+)\/change\//);
  if (!report) return;

  const list = document.createElement("ul");
  list.id = "figure-suggestions";
  list.className = "figure-suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Figures");
  list.hidden = true;
  let field = null, start = -1, chosen = 0, asked = 0, timer = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function close() {
    window.clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    field?.removeAttribute("aria-controls");
    field?.removeAttribute("aria-activedescendant");
    field = null;
  }

  function choose(index) {
    const all = options();
    if (!all.length) return;
    chosen = (index + all.length) % all.length;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    all[chosen].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", all[chosen].id);
  }

  function insert(option) {
    const text = option.dataset.insert, target = field;
    const after = target.value.slice(target.selectionStart).replace(/^\]{1,2}/, "");
    target.value = target.value.slice(0, start) + text + after;
    target.selectionStart = target.selectionEnd = start + text.length;
    close();
    target.focus();
    target.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(figures) {
    list.replaceChildren(...figures.map((figure, at) => {
      const item = document.createElement("li");
      item.id = `figure-${at}`;
      item.setAttribute("role", "option");
      item.dataset.insert = figure.insert;
      const name = document.createElement("span"), value = document.createElement("strong");
      name.textContent = figure.name;
      value.textContent = figure.value;
      item.append(name, value);
      return item;
    }));
    if (!figures.length) {
      const none = document.createElement("li");
      none.textContent = "No figure of this market has all these words.";
      list.append(none);
    }
    field.after(list);
    list.hidden = false;
    field.setAttribute("aria-controls", list.id);
    choose(0);
  }

  async function look(words) {
    const mine = ++asked;
    try {
      const answer = await fetch(`${report[1]}/figures/?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
      const { figures } = await answer.json();
      if (mine === asked && field) show(figures);
    } catch {
      if (mine === asked) close();
    }
  }

  document.addEventListener("input", (event) => {
    const target = event.target;
    if (!(target instanceof HTMLTextAreaElement)) return;
    const open = target.value.slice(0, target.selectionStart).match(/\[\[([^\[\]\n]{0,80})$/);
    if (!open) { if (field) close(); return; }
    field = target;
    start = target.selectionStart - open[0].length;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => look(open[1].replace("|", " ")), 120);
  });

  document.addEventListener("keydown", (event) => {
    if (!field || list.hidden || event.target !== field) return;
    if (event.key === "Escape") { event.preventDefault(); close(); return; }
    const option = options()[chosen];
    if (!option) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
    else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); insert(option); }
  });

  // pointerdown, since a click would first take the focus, and with it the list, away.
  list.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && field) { event.preventDefault(); insert(option); }
  });
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
})();
