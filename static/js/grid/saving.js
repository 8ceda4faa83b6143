// Saving the grid: one request for all that was typed. A refusal marks the cells, or lays theirs beside mine.

export class Saving {
  constructor(form, sheet, grid) {
    Object.assign(this, { form, sheet, grid });
    this.message = form.querySelector("[data-message]");
    this.panel = form.querySelector("[data-problems]");
    form.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    form.addEventListener("keydown", (event) => {
      // Enter in the source line must not save half a thought.
      if (event.key === "Enter" && event.target.matches("input[name=source]")) event.preventDefault();
    });
  }

  say(text, wrong = false) {
    this.message.textContent = text;
    this.message.classList.toggle("grid-message-wrong", wrong);
  }

  /** After every edit: how much waits to be saved, and what can't be. */
  edited() {
    const edits = this.sheet.edits();
    if (!this.panel.dataset.conflict) this.list(this.sheet.problems());
    this.say(edits.length ? `${edits.length === 1 ? "1 cell" : `${edits.length} cells`} not saved yet.` : "");
  }

  list(problems) {
    this.panel.hidden = !problems.length;
    const list = document.createElement("ul");
    for (const [key, sentence] of problems.slice(0, 20)) list.append(this.entry(key, sentence));
    if (problems.length > 20) {
      const more = document.createElement("li");
      more.textContent = `And ${problems.length - 20} more.`;
      list.append(more);
    }
    this.panel.replaceChildren(list);
  }

  entry(key, sentence) {
    const item = document.createElement("li"), go = document.createElement("button");
    go.type = "button";
    go.className = "grid-go";
    go.textContent = this.sheet.name(key);
    go.addEventListener("click", () => this.grid().goTo(key));
    item.append(go, `: ${sentence}`);
    return item;
  }

  async save() {
    if (this.busy) return;
    const edits = this.sheet.edits(), fields = this.form.elements, problems = this.sheet.problems();
    if (!edits.length) { this.say("Nothing to save."); return; }
    if (problems.length) {
      this.say(problems.length === 1 ? "Nothing was saved. One cell is wrong. It says why." : `Nothing was saved. ${problems.length} cells are wrong. Each says why.`, true);
      this.grid().goTo(problems[0][0]);
      return;
    }
    const added = edits.some((key) => !key.endsWith("-growth") && this.sheet.text(key) && !this.sheet.stored.get(key));
    if (added && !fields.source.value.trim()) {
      this.say("Say where the new numbers come from, then save.", true);
      fields.source.focus();
      return;
    }
    const body = new FormData(this.form);
    body.set("version", this.sheet.version);
    for (const key of edits) body.set(`c:${key}`, this.sheet.text(key));
    this.say("Saving …");
    this.busy = true;
    try {
      const response = await fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (response.ok) this.saved(answer);
      else if (response.status === 409) this.outdated(answer);
      else this.refused(answer);
    } catch {
      this.say("The server could not be reached, so nothing was saved. What you typed is still here; save again.", true);
    } finally {
      this.busy = false;
    }
  }

  saved(answer) {
    delete this.panel.dataset.conflict;
    this.sheet.take(answer.entered, answer.inputs_version);
    this.list([]);
    this.grid().paint();
    this.say(answer.sentence);
    document.dispatchEvent(new Event("saved"));
  }

  refused(answer) {
    this.sheet.refused = new Map(Object.entries(answer.errors || {}));
    this.grid().paint();
    this.list([...this.sheet.refused]);
    this.say(answer.sentence || "Nothing was saved, and the server did not say why. Reload the page in another tab to see whether you are still signed in.", true);
    const first = Object.keys(answer.errors || {})[0];
    if (first) this.grid().goTo(first);
  }

  outdated(answer) {
    const conflicts = this.sheet.take(answer.entered, answer.inputs_version);
    this.grid().paint();
    this.say(answer.sentence, true);
    document.dispatchEvent(new Event("saved"));
    if (!conflicts.length) {
      this.panel.hidden = false;
      this.panel.replaceChildren(Object.assign(document.createElement("p"), { textContent: "They changed other cells, which now show their numbers. Yours are untouched: save again to keep them." }));
      return;
    }
    this.compare(conflicts);
  }

  /** Theirs beside mine, a cell a row; one click takes either. Saving again keeps what the grid shows. */
  compare(conflicts) {
    const table = document.createElement("table"), body = document.createElement("tbody");
    table.className = "desk-table";
    table.innerHTML = '<thead><tr><th scope="col">Cell</th><th scope="col" class="desk-number">Before</th><th scope="col" class="desk-number">Theirs, stored now</th><th scope="col" class="desk-number">Yours</th><th scope="col"><span class="sr-only">Choose</span></th></tr></thead>';
    for (const { key, before, theirs, mine } of conflicts) {
      const row = document.createElement("tr"), head = document.createElement("th"), choice = document.createElement("td");
      head.scope = "row";
      head.append(this.entry(key, "").firstChild);
      row.append(head, ...[before, theirs, mine].map((text) => Object.assign(document.createElement("td"), { className: "desk-number", textContent: text || "nothing" })));
      const take = this.button("Take theirs", () => this.choose(key, theirs, take, keep));
      const keep = this.button("Keep mine", () => this.choose(key, mine, keep, take));
      keep.setAttribute("aria-pressed", "true");
      choice.append(keep, " ", take);
      row.append(choice);
      body.append(row);
    }
    table.append(body);
    this.panel.dataset.conflict = "true";
    this.panel.hidden = false;
    const heading = Object.assign(document.createElement("p"), { textContent: "You both changed these cells. Saving again keeps what you choose here." });
    this.panel.replaceChildren(heading, table);
    this.grid().goTo(conflicts[0].key);
  }

  button(text, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "desk-button", textContent: text });
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", act);
    return button;
  }

  choose(key, text, pressed, other) {
    const at = key.lastIndexOf("-");
    this.grid().write([[this.grid().table.getRow(key.slice(0, at)).getCell(key.slice(at + 1)), text]]);
    pressed.setAttribute("aria-pressed", "true");
    other.setAttribute("aria-pressed", "false");
  }
}
