// What was typed into the grid and not saved, kept in this browser until it is.

import { Draft, offer } from "../drafts.js";

export class GridDraft {
  constructor(form, sheet, grid, saving) {
    Object.assign(this, { form, sheet, grid, saving, answered: true });
    this.draft = new Draft(form.dataset.drafts, location.pathname);
    const kept = this.draft.read(), cells = (kept?.cells || []).filter(({ key, text }) => this.row(key) && sheet.text(key) !== text);
    if (!cells.length) { if (kept) this.draft.drop(); return; }
    this.answered = false;
    const theirs = cells.filter(({ key, was }) => (sheet.stored.get(key) || "") !== was);
    const aside = theirs.length ? "Somebody changed some of these cells since: put yours back to see both." : "Nothing of it is stored yet.";
    offer(form.querySelector(".grid-holder"), kept, cells.length, aside, {
      putBack: () => this.putBack(cells, theirs, kept.source),
      throwAway: () => { this.answered = true; this.draft.drop(); },
    });
  }

  row(key) { return this.sheet.row.has(key.slice(0, key.lastIndexOf("-"))); }

  putBack(cells, theirs, source) {
    this.answered = true;
    if (!this.form.elements.source.value) this.form.elements.source.value = source || "";
    const table = this.grid.table;
    this.grid.write(cells.map(({ key, text }) => [table.getRow(key.slice(0, key.lastIndexOf("-"))).getCell(key.slice(key.lastIndexOf("-") + 1)), text]));
    if (theirs.length) this.saving.compare(theirs.map(({ key, text, was }) => ({ key, before: was, theirs: this.sheet.stored.get(key) || "", mine: text })));
  }

  keep() {
    if (!this.answered) return;
    const cells = this.sheet.edits().map((key) => ({ key, text: this.sheet.text(key), was: this.sheet.stored.get(key) || "" }));
    if (cells.length) this.draft.keep({ cells, source: this.form.elements.source.value }); else this.draft.drop();
  }
}
