// The grid on the screen: Tabulator's cells and ranges, with what an analyst's hands expect of a spreadsheet.

const NAVIGATION = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export class Grid {
  constructor(form, sheet, { onEdit, onSave, say }) {
    Object.assign(this, { form, sheet, onEdit, onSave, say });
    this.place = form.querySelector("[data-grid-table]");
    this.line = form.querySelector("[data-cell-says]");
    this.note = form.querySelector("[data-note]");
    this.readOnly = "readOnly" in form.dataset;
    this.closed = new Set();
    this.batches = [];
    this.undone = [];
    this.fresh = new Set();
    this.first = null;
    this.table = new window.Tabulator(this.place, {
      data: sheet.rows.map((row) => this.record(row)),
      index: "key",
      columns: this.columns(),
      layout: "fitColumns",
      maxHeight: "max(20rem, 72vh)",
      columnDefaults: { headerSort: false, resizable: false },
      selectableRange: 1,
      selectableRangeColumns: true,
      selectableRangeRows: true,
      selectableRangeAutoFocus: false,
      editTriggerEvent: "dblclick",
      history: true,
      clipboard: true,
      clipboardCopyStyled: false,
      clipboardCopyRowRange: "range",
      clipboardCopyConfig: { rowHeaders: false, columnHeaders: false },
      clipboardCopyFormatter: (type) => (type === "plain" ? this.copied() : ""),
      clipboardPasteParser: (text) => text,
      clipboardPasteAction: (text) => { this.paste(text); return []; },
      // Tab leaves the grid, or those who use the keyboard alone could not.
      keybindings: { navPrev: false, navNext: false, undo: false, redo: false },
      rowFormatter: (row) => this.describeRow(row),
    });
    this.table.on("tableBuilt", () => this.built());
    this.table.on("rangeChanged", () => this.moved());
    this.table.on("cellEdited", (cell) => this.wrote(cell));
  }

  record(row) {
    const record = { key: row.key, name: row.name };
    for (const column of this.sheet.columns) record[column] = this.sheet.text(`${row.key}-${column}`);
    return record;
  }

  columns() {
    const editable = (cell) => !this.readOnly && !this.sheet.isGroup(cell.getData().key);
    const format = (cell) => this.format(cell);
    const editor = (...given) => this.editor(...given);
    const longest = Math.max(6, ...[...this.sheet.texts, ...this.sheet.computed].filter(([key]) => !key.endsWith("-growth")).map(([, text]) => text.length));
    const minWidth = Math.round(longest * 7.25 + 24);
    const years = this.sheet.years.map((year) => ({ title: String(year), field: String(year), hozAlign: "right", headerHozAlign: "right", minWidth, formatter: format, editor, editable }));
    return [
      { title: "Segment", field: "name", frozen: true, width: window.innerWidth < 640 ? 136 : 236, formatter: (cell) => this.formatName(cell) },
      ...years,
      { title: "Growth, % a year", field: "growth", hozAlign: "right", headerHozAlign: "right", headerWordWrap: true, minWidth: 88, formatter: format, editor, editable },
    ];
  }

  built() {
    this.place.setAttribute("role", "treegrid");
    this.place.setAttribute("aria-rowcount", String(this.sheet.rows.length + 1));
    this.place.setAttribute("aria-multiselectable", "true");
    if (this.readOnly) this.place.setAttribute("aria-readonly", "true");
    this.place.removeAttribute("aria-owns");
    // What takes the focus between the grid and its rows must have a place in their tree too.
    const holder = this.place.querySelector(".tabulator-tableholder");
    holder.setAttribute("role", "rowgroup");
    holder.querySelector(".tabulator-table").setAttribute("role", "presentation");
    this.holder = holder;
    this.place.querySelector(".tabulator-header").removeAttribute("tabindex");
    this.place.addEventListener("keydown", (event) => this.key(event), true);
    holder.addEventListener("focus", () => this.focusActive());
    holder.addEventListener("scroll", () => this.showNote());
    this.form.querySelector("[data-undo]")?.addEventListener("click", () => this.undo());
    this.form.querySelector("[data-redo]")?.addEventListener("click", () => this.redo());
    this.isBuilt = true;
    this.place.dataset.ready = "true";
  }

  // ---- How cells look ----

  format(cell) {
    const { key: row } = cell.getData(), column = cell.getField(), one = this.sheet.cell(row, column), element = cell.getElement();
    element.className = element.className.replace(/\bgrid-\S+/g, "").trim();
    element.classList.add(`grid-${one.kind}`);
    element.classList.toggle("grid-edited", Boolean(one.edited));
    element.classList.toggle("grid-wrong", Boolean(one.wrong));
    element.classList.toggle("grid-pin", Boolean(one.pinned));
    element.classList.toggle("grid-off", Boolean(one.gap));
    element.classList.toggle("grid-fresh", this.fresh.has(one.key));
    element.dataset.cell = one.key;
    element.dataset.kind = one.kind;
    element.setAttribute("aria-label", this.sheet.says(row, column));
    element.toggleAttribute("aria-invalid", Boolean(one.wrong));
    if (one.wrong) element.setAttribute("aria-invalid", "true");
    if (one.kind === "group") element.setAttribute("aria-readonly", "true");
    const content = document.createElement("span");
    content.textContent = one.text;
    const mark = one.wrong ? "!" : one.gap ? "≠" : one.edited ? "" : one.pinned ? "P" : { actual: "A", estimate: "E" }[column === "growth" ? "" : one.kind];
    if (mark) {
      const letter = document.createElement("sup");
      letter.textContent = mark;
      letter.setAttribute("aria-hidden", "true");
      content.append(letter);
    }
    return content;
  }

  formatName(cell) {
    const row = this.sheet.row.get(cell.getData().key), element = cell.getElement(), content = document.createElement("span");
    element.setAttribute("role", "rowheader");
    content.className = "grid-name";
    content.dataset.level = String(row.level);
    if (this.sheet.parts.get(row.key)?.length) {
      const toggle = document.createElement("button");
      toggle.type = "button";
      toggle.className = "grid-toggle";
      toggle.tabIndex = -1;
      toggle.textContent = this.closed.has(row.key) ? "▸" : "▾";
      toggle.setAttribute("aria-label", `${this.closed.has(row.key) ? "Show" : "Hide"} the parts of ${row.name}`);
      toggle.setAttribute("aria-expanded", String(!this.closed.has(row.key)));
      toggle.addEventListener("mousedown", (event) => event.stopPropagation());
      toggle.addEventListener("click", (event) => { event.stopPropagation(); this.fold(row.key); });
      content.append(toggle);
    }
    const name = document.createElement("span");
    name.className = "grid-title";
    name.textContent = row.name;
    name.title = row.path || row.name;
    content.append(name);
    if (row.about) {
      const about = document.createElement("small");
      about.textContent = row.about;
      content.append(about);
    } else if (row.path) {
      const why = document.createElement("a");
      why.className = "grid-why";
      why.tabIndex = -1;
      why.href = `${this.form.dataset.why}?path=${encodeURIComponent(row.path)}`;
      why.textContent = "Why?";
      why.setAttribute("aria-label", `Why the numbers of ${row.name} are what they are`);
      why.addEventListener("mousedown", (event) => event.stopPropagation());
      content.append(why);
    }
    return content;
  }

  describeRow(row) {
    const data = this.sheet.row.get(row.getData().key), element = row.getElement();
    element.classList.toggle("grid-group", data.about !== undefined);
    element.setAttribute("aria-level", String(data.about === undefined ? data.level + 1 : 1));
    element.setAttribute("aria-rowindex", String(this.sheet.rows.indexOf(data) + 2));
    if (this.sheet.parts.get(data.key)?.length) element.setAttribute("aria-expanded", String(!this.closed.has(data.key)));
  }

  /** Show cells anew: those whose text was changed by the server light up for a moment. */
  paint(keys = null) {
    this.fresh = new Set(keys || []);
    for (const row of this.table.getRows()) {
      const data = row.getData(), update = this.record(this.sheet.row.get(data.key));
      Object.assign(data, update);
      for (const cell of row.getCells()) if (cell.getField() !== "name") cell._cell.value = update[cell.getField()];
      this.redraw(row);
    }
    if (keys) window.setTimeout(() => { this.fresh.clear(); this.place.querySelectorAll(".grid-fresh").forEach((one) => one.classList.remove("grid-fresh")); }, 1500);
    this.moved(false);
  }

  /** Put a row's contents into the cells that stand there: drawing the row anew would take the focus away. */
  redraw(row) {
    for (const cell of row.getCells()) {
      const element = cell.getElement();
      if (element.classList.contains("tabulator-editing")) continue;
      element.replaceChildren(cell.getField() === "name" ? this.formatName(cell) : this.format(cell));
    }
    this.describeRow(row);
  }

  /** Show again the rows whose looks hang on what was typed: the row, what it is a part of, and every heading. */
  repaint(rowKeys) {
    const affected = new Set(this.sheet.rows.filter((row) => row.about !== undefined).map((row) => row.key));
    for (let key of rowKeys) for (; key; key = this.sheet.row.get(key)?.parent) affected.add(key);
    for (const key of affected) this.redraw(this.table.getRow(key));
    this.moved(false);
    this.form.querySelector("[data-undo]").disabled = !this.batches.length;
    this.form.querySelector("[data-redo]").disabled = !this.undone.length;
    this.onEdit();
  }

  fold(key) {
    if (!this.closed.delete(key)) this.closed.add(key);
    const hidden = (row) => { for (let above = row.parent; above; above = this.sheet.row.get(above)?.parent) if (this.closed.has(above)) return true; return false; };
    this.table.setFilter((data) => !hidden(this.sheet.row.get(data.key)));
    const row = this.table.getRow(key);
    this.redraw(row);
    row.getElement().querySelector(".grid-toggle").focus();
  }

  // ---- Where the editor is ----

  active() {
    const cell = this.table.modules.selectRange.getActiveCell();
    return cell ? cell.getComponent() : null;
  }

  moved(focus = true) {
    if (!this.isBuilt) return;
    const cell = this.active();
    if (!cell) return;
    const says = this.sheet.says(cell.getData().key, cell.getField());
    if (this.line.textContent !== says) this.line.textContent = says;
    if (focus && this.place.contains(document.activeElement)) this.focusActive();
    this.showNote();
  }

  focusActive() {
    if (this.place.querySelector(".tabulator-editing")) return;
    const cell = this.active()?.getElement();
    if (!cell || document.activeElement === cell) return;
    this.place.querySelectorAll('.tabulator-cell[tabindex="0"]').forEach((one) => { one.tabIndex = -1; });
    cell.tabIndex = -1;
    cell.focus({ preventScroll: true });
  }

  /** The sentence of a wrong cell, at the cell. */
  showNote() {
    const cell = this.active(), element = cell?.getElement();
    const wrong = cell && element?.isConnected ? this.sheet.problem(`${cell.getData().key}-${cell.getField()}`) : "";
    this.note.hidden = !wrong;
    if (!wrong) return;
    const here = element.getBoundingClientRect(), frame = this.note.parentElement.getBoundingClientRect();
    this.note.textContent = wrong;
    this.note.style.top = `${here.bottom - frame.top + 2}px`;
    this.note.style.left = `${Math.max(0, Math.min(here.left - frame.left, frame.width - this.note.offsetWidth - 8))}px`;
  }

  goTo(key) {
    const at = key.lastIndexOf("-"), row = this.table.getRow(key.slice(0, at));
    for (let above = this.sheet.row.get(key.slice(0, at))?.parent; above; above = this.sheet.row.get(above)?.parent) if (this.closed.has(above)) this.fold(above);
    const cell = row && row.getCell(key.slice(at + 1));
    if (!cell) return;
    row.scrollTo("center", false).catch(() => {});
    this.table.scrollToColumn(key.slice(at + 1), "middle", false).catch(() => {});
    this.table.getRanges()[0].setBounds(cell, cell);
    this.place.querySelector(".tabulator-tableholder").focus();
    this.focusActive();
    this.moved();
  }

  step(direction) {
    window.setTimeout(() => {
      const go = () => direction && this.table.modules.selectRange.navigate(false, false, direction);
      go();
      // Writing goes on in the next cell that can hold a number.
      if (direction && this.sheet.isGroup(this.active().getData().key)) go();
      this.focusActive();
    }, 0);
  }

  // ---- Writing ----

  editor(cell, onRendered, success, cancel) {
    const input = document.createElement("input"), key = `${cell.getData().key}-${cell.getField()}`, started = this.first;
    input.value = started ?? this.sheet.text(key);
    input.placeholder = this.sheet.computed.get(key) || "";
    input.inputMode = "decimal";
    input.autocomplete = "off";
    input.setAttribute("aria-label", this.sheet.name(key));
    this.first = null;
    this.note.hidden = true;
    let done = false;
    const finish = (direction) => {
      if (done) return;
      done = true;
      success(input.value.trim());
      if (direction) this.step(direction);
    };
    input.addEventListener("blur", () => finish());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.preventDefault(); done = true; cancel(); this.step(); }
      else if (event.key === "Enter") { event.preventDefault(); finish(event.shiftKey ? "up" : "down"); }
      else if (event.key === "Tab") { event.preventDefault(); finish(event.shiftKey ? "left" : "right"); }
      else if (started !== null && NAVIGATION[event.key]) { event.preventDefault(); finish(NAVIGATION[event.key]); }
      else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); finish(); this.onSave(); }
      event.stopPropagation();
    });
    onRendered(() => { input.focus(); if (started === null) input.select(); });
    return input;
  }

  key(event) {
    if (this.place.querySelector(".tabulator-editing") || event.target.closest("button, a")) return;
    const control = event.ctrlKey || event.metaKey, letter = event.key.toLowerCase();
    const does = (action) => { event.preventDefault(); event.stopPropagation(); action(); };
    if (this.readOnly) {
      const writes = control ? "zyds".includes(letter) : /^(Delete|Backspace|F2|[\d.,(+\-−])$/.test(event.key);
      if (writes) does(() => this.refuse());
      return;
    }
    if (control && letter === "z") does(() => (event.shiftKey ? this.redo() : this.undo()));
    else if (control && letter === "y") does(() => this.redo());
    else if (control && letter === "d") does(() => this.fill("down"));
    else if (control && letter === "r") does(() => this.fill("right"));
    else if (control && letter === "s") does(() => this.onSave());
    else if (control) return;
    else if (event.key === "Delete" || event.key === "Backspace") does(() => this.write(this.selected().flat().map((cell) => [cell, ""])));
    else if (event.key === "F2") does(() => this.active()?.edit());
    else if (event.key.length === 1 && /[\d.,(+\-−]/.test(event.key) && !event.altKey) {
      const cell = this.active();
      if (cell && !this.sheet.isGroup(cell.getData().key)) does(() => { this.first = event.key; cell.edit(); });
    }
  }

  refuse() { this.say("You may read these numbers, not change them."); }

  /** The selected cells that can hold a number, row by row. */
  selected() {
    const range = this.table.getRanges()[0];
    return range ? range.getStructuredCells().map((row) => row.filter((cell) => this.holds(cell))).filter((row) => row.length) : [];
  }

  holds(cell) { return cell.getField() !== "name" && !this.sheet.isGroup(cell.getData().key); }

  /** Put texts into cells, as one step that can be undone. */
  write(pairs) {
    const rows = new Set();
    let count = 0;
    this.writing = true;
    for (const [cell, text] of pairs) {
      const key = `${cell.getData().key}-${cell.getField()}`, before = this.sheet.text(key);
      this.sheet.type(key, text);
      if (this.sheet.text(key) === before) continue;
      cell.setValue(this.sheet.text(key));
      rows.add(cell.getData().key);
      count += 1;
    }
    this.writing = false;
    if (count) { this.batches.push(count); this.undone = []; }
    this.repaint(rows);
    return count;
  }

  /** A cell was edited by hand. Tabulator has stored the text as typed; the sheet writes it the house's way. */
  wrote(cell) {
    if (this.writing) return;
    const key = `${cell.getData().key}-${cell.getField()}`;
    this.sheet.type(key, cell.getValue() || "");
    this.batches.push(1);
    this.undone = [];
    this.repaint([cell.getData().key]);
  }

  undo() { this.replay(this.batches, this.undone, () => this.table.undo()); }

  redo() { this.replay(this.undone, this.batches, () => this.table.redo()); }

  replay(from, to, step) {
    const count = from.pop();
    if (!count) { this.say("There is nothing more to take back or do again."); return; }
    to.push(count);
    for (let done = 0; done < count; done += 1) step();
    const rows = new Set();
    for (const row of this.table.getRows()) {
      const data = row.getData();
      if (this.sheet.isGroup(data.key)) continue;
      for (const column of this.sheet.columns) {
        const key = `${data.key}-${column}`, value = data[column] || "";
        if (this.sheet.text(key) === value) continue;
        this.sheet.type(key, value);
        rows.add(data.key);
      }
    }
    this.repaint(rows);
  }

  fill(direction) {
    const cells = this.selected();
    if (!cells.length) return;
    const pairs = direction === "down"
      ? cells.slice(1).flatMap((row) => row.map((cell, at) => [cell, this.textOf(cells[0][at])]))
      : cells.flatMap((row) => row.slice(1).map((cell) => [cell, this.textOf(row[0])]));
    if (!pairs.length) { this.say(`Select the cell to fill from and the cells ${direction === "down" ? "below" : "beside"} it.`); return; }
    if (pairs.every(([, text]) => !text)) { this.say("Nothing is entered in the cells to fill from."); return; }
    this.write(pairs);
    this.say(`${pairs.length} ${pairs.length === 1 ? "cell" : "cells"} filled. Save to keep them.`);
  }

  textOf(cell) { return this.sheet.text(`${cell.getData().key}-${cell.getField()}`); }

  /** The selection for a spreadsheet: what is shown, numbers without thousands separators, headings left out. */
  copied() {
    const cells = this.selected();
    this.say(`${cells.flat().length} cells copied.`);
    return cells.map((row) => row.map((cell) => {
      const number = cell.getField() === "growth" ? this.textOf(cell) : this.sheet.number(cell.getData().key, cell.getField());
      return number === null ? "" : String(number).replaceAll(",", "");
    }).join("\t")).join("\n");
  }

  /** A block from a spreadsheet goes to the right of and below the selection's top left; one value into all of it. */
  paste(text) {
    if (this.readOnly) { this.refuse(); return; }
    const block = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t").map((one) => one.replace(/^"([^"]*)"$/, "$1")));
    const target = this.selected();
    if (!target.length) { this.say("Choose a cell of a segment to paste into.", true); return; }
    if (block.length === 1 && block[0].length === 1) {
      this.pasted(this.write(target.flat().map((cell) => [cell, block[0][0]])), 0);
      return;
    }
    const rows = this.table.getRows("active").filter((row) => !this.sheet.isGroup(row.getData().key));
    const top = rows.findIndex((row) => row.getData().key === target[0][0].getData().key);
    const left = this.sheet.columns.indexOf(target[0][0].getField());
    const pairs = [];
    let outside = 0;
    block.forEach((line, down) => line.forEach((value, right) => {
      const column = this.sheet.columns[left + right], row = rows[top + down];
      if (!row || !column) { if (value.trim()) outside += 1; return; }
      pairs.push([row.getCell(column), value]);
    }));
    this.pasted(this.write(pairs), outside);
  }

  pasted(count, outside) {
    const cells = count === 1 ? "1 cell" : `${count} cells`;
    this.say(`Pasted: ${cells} changed${outside ? `; ${outside} fell outside the grid and were left out` : ""}. Save to keep them.`, outside > 0);
  }
}
