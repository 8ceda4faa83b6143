// What the grid holds: what is stored, what was typed over it, what the engine computed, and the sums that follow.

import { parse, problem, shown } from "./numbers.js";

export class Sheet {
  constructor(data) {
    Object.assign(this, { years: data.years, decimals: data.decimals, unit: data.unit, version: data.version });
    this.columns = [...data.years.map(String), "growth"];
    this.rows = data.rows;
    this.row = new Map(data.rows.map((row) => [row.key, row]));
    this.parts = new Map();
    this.stored = new Map();   // cell key -> text, as the server holds it
    this.texts = new Map();    // cell key -> text, as it stands in the grid
    this.about = new Map();    // cell key -> {status, source, illustrative, pinned}
    this.computed = new Map(); // cell key -> text
    this.refused = new Map();  // cell key -> the server's sentence
    for (const row of data.rows) {
      if (row.parent) this.parts.set(row.parent, [...(this.parts.get(row.parent) || []), row.key]);
      if (!row.cells) continue;
      for (const [year, cell] of Object.entries(row.cells)) {
        const key = `${row.key}-${year}`;
        if (cell.typed) this.stored.set(key, cell.typed);
        if (cell.computed) this.computed.set(key, cell.computed);
        this.about.set(key, cell);
      }
      if (row.growth) this.stored.set(`${row.key}-growth`, row.growth);
    }
    this.texts = new Map(this.stored);
    // A partial dimension's own total is a row of its group, and not a part of it.
    for (const group of data.rows.filter((row) => row.about !== undefined)) {
      this.parts.set(group.key, (this.parts.get(group.key) || []).filter((key) => key !== group.whole));
    }
  }

  isGroup(key) { return this.row.get(key).about !== undefined; }

  text(key) { return this.texts.get(key) || ""; }

  /** Take over what was typed; a number is written the house's way. */
  type(key, text) {
    const column = key.slice(key.lastIndexOf("-") + 1), trimmed = text.trim();
    this.refused.delete(key);
    if (!trimmed) { this.texts.delete(key); return; }
    const value = problem(trimmed, column) ? null : parse(trimmed);
    const places = column === "growth" ? 0 : this.decimals;
    this.texts.set(key, value === null ? trimmed : shown(value, places, trimmed));
  }

  differs(key) {
    const now = this.text(key), before = this.stored.get(key) || "";
    if (now === before) return false;
    try { return parse(now) !== parse(before); } catch { return true; }
  }

  edits() { return [...new Set([...this.texts.keys(), ...this.stored.keys()])].filter((key) => this.differs(key)); }

  problem(key) {
    return this.refused.get(key) || (this.differs(key) ? problem(this.text(key), key.slice(key.lastIndexOf("-") + 1)) : "");
  }

  problems() { return this.edits().map((key) => [key, this.problem(key)]).filter(([, sentence]) => sentence); }

  /** A cell's number: what is typed, else the sum of its parts where those were edited, else what was computed. */
  number(rowKey, year) {
    const key = `${rowKey}-${year}`;
    if (this.text(key)) return problem(this.text(key), year) ? null : parse(this.text(key));
    const sum = this.touched(rowKey, year) ? this.sum(rowKey, year) : null;
    if (sum !== null) return sum;
    return this.computed.has(key) ? parse(this.computed.get(key)) : null;
  }

  /** The sum of a row's parts in a year; null while none of them has a number. */
  sum(rowKey, year) {
    const numbers = (this.parts.get(rowKey) || []).map((part) => this.number(part, year)).filter((one) => one !== null);
    return numbers.length ? Number(numbers.reduce((sum, one) => sum + one, 0).toFixed(6)) : null;
  }

  /** Whether something below a row was typed over and not saved yet. */
  touched(rowKey, year) {
    return (this.parts.get(rowKey) || []).some((part) => this.differs(`${part}-${year}`) || this.touched(part, year));
  }

  /** By how much the parts of a row miss it: their sum, the whole, the difference; null where they agree. */
  gap(rowKey, year) {
    const group = this.isGroup(rowKey), whole = group ? this.row.get(rowKey).whole : rowKey;
    if (!whole || (!group && !this.text(`${rowKey}-${year}`))) return null;
    const parts = this.parts.get(rowKey) || [], sum = this.sum(rowKey, year), total = this.number(whole, year);
    if (sum === null || total === null || parts.some((part) => this.number(part, year) === null)) return null;
    const off = sum - total;
    return Math.abs(off) < 0.5 * 10 ** -this.decimals ? null : { sum, total, off, whole };
  }

  /** How a cell looks: its text, and what kind of number that is. */
  cell(rowKey, column) {
    const key = `${rowKey}-${column}`, about = this.about.get(key) || {};
    if (this.isGroup(rowKey)) {
      const sum = column === "growth" || !this.row.get(rowKey).whole ? null : this.sum(rowKey, column);
      const gap = column === "growth" ? null : this.gap(rowKey, column);
      return { key, text: sum === null ? "" : shown(sum, this.decimals), kind: "group", gap };
    }
    const edited = this.differs(key), wrong = this.problem(key);
    const gap = column === "growth" ? null : this.gap(rowKey, column);
    const common = { key, edited, wrong, gap, pinned: about.pinned, source: about.source, illustrative: about.illustrative };
    if (this.text(key)) return { ...common, text: this.text(key), kind: about.status === "A" && !edited ? "actual" : "estimate" };
    if (column === "growth") return { ...common, text: this.row.get(rowKey).method || "", kind: "method" };
    if (this.touched(rowKey, column)) {
      const sum = this.sum(rowKey, column);
      if (sum !== null) return { ...common, text: `Σ ${shown(sum, this.decimals)}`, kind: "sum" };
    }
    return { ...common, text: this.computed.get(key) || "–", kind: this.computed.has(key) ? "computed" : "none" };
  }

  name(key) {
    const at = key.lastIndexOf("-"), column = key.slice(at + 1), row = this.row.get(key.slice(0, at));
    return `${row ? row.name : "A row that is gone"}, ${column === "growth" ? "growth in per cent a year" : column}`;
  }

  /** A cell in words: for the line under the grid and for those who hear the grid. */
  says(rowKey, column) {
    const cell = this.cell(rowKey, column), name = this.name(cell.key), parts = [];
    const kind = { actual: "actual", estimate: "estimated", computed: "computed", none: "not estimated", sum: "sum of what you typed",
      method: "no rate of its own", group: "sum of its parts" }[cell.kind];
    const value = cell.kind === "none" ? "" : cell.text;
    parts.push(`${name}: ${[value, cell.edited ? `${this.text(cell.key) ? "typed" : "emptied"}, not saved yet` : kind].filter(Boolean).join(", ")}.`);
    if (cell.wrong) parts.push(cell.wrong);
    if (cell.edited && this.stored.get(cell.key)) parts.push(`Stored: ${this.stored.get(cell.key)}.`);
    if (cell.pinned) parts.push(`${cell.pinned.replace(/\.$/, "")}.`);
    if (cell.gap) {
      const more = cell.gap.off > 0 ? "more" : "less", off = shown(Math.abs(cell.gap.off), this.decimals);
      parts.push(`Its parts add up to ${shown(cell.gap.sum, this.decimals)}, ${off} ${more} than ${shown(cell.gap.total, this.decimals)}.`);
    }
    if (cell.source && !cell.edited) parts.push(`Source: ${cell.source.replace(/\.$/, "")}.`);
    if (cell.illustrative && !cell.edited) parts.push("Illustrative, not market data.");
    return parts.join(" ");
  }

  /** What the server holds now: after a save, or after somebody else's. Returns the cells both changed, differently. */
  take(entered, version) {
    const conflicts = [];
    for (const key of new Set([...Object.keys(entered), ...this.stored.keys()])) {
      const before = this.stored.get(key) || "", now = entered[key] ? entered[key].typed : "";
      const mine = this.text(key), changed = this.differs(key);
      if (entered[key] && !key.endsWith("-growth")) this.about.set(key, { ...this.about.get(key), ...entered[key] });
      else if (!now && this.about.has(key)) this.about.set(key, { ...this.about.get(key), status: "", source: "", illustrative: false });
      if (now) this.stored.set(key, now); else this.stored.delete(key);
      if (!changed) { if (now) this.texts.set(key, now); else this.texts.delete(key); }
      else if (now !== before && this.differs(key)) conflicts.push({ key, before, theirs: now, mine });
      else if (!this.differs(key)) { if (now) this.texts.set(key, now); else this.texts.delete(key); }
    }
    this.version = version;
    this.refused.clear();
    return conflicts;
  }
}
