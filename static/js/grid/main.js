// The data grid: a spreadsheet over what the server says is stored and computed. Without it the plain form does the same.

import { Sheet } from "./sheet.js";
import { Grid } from "./table.js";
import { Saving } from "./saving.js";
import { GridDraft } from "./drafts.js";

const template = document.getElementById("grid");
template.replaceWith(template.content);
const form = document.querySelector("[data-sheet]");
const sheet = new Sheet(JSON.parse(document.getElementById("sheet").textContent));
const saving = new Saving(form, sheet, () => grid);
const grid = new Grid(form, sheet, { onEdit: () => { saving.edited(); drafts?.keep(); }, onSave: () => form.requestSubmit(), say: (text, wrong) => saving.say(text, wrong) });

let drafts = null;
if (!grid.readOnly) grid.table.on("tableBuilt", () => { drafts = new GridDraft(form, sheet, grid, saving); });
document.addEventListener("saved", () => drafts?.keep());

document.addEventListener("forecast", (event) => {
  const fresh = Object.entries(event.detail).filter(([key, text]) => sheet.computed.get(key) !== text).map(([key]) => key);
  sheet.computed = new Map(Object.entries(event.detail));
  grid.paint(fresh);
});
window.addEventListener("beforeunload", (event) => { if (sheet.edits().length) event.preventDefault(); });
