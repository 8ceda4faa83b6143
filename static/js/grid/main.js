// The data grid: a spreadsheet over what the server says is stored and computed. Without it the plain form does the same.

import { Sheet } from "./sheet.js";
import { Grid } from "./table.js";
import { Saving } from "./saving.js";

const template = document.getElementById("grid");
template.replaceWith(template.content);
const form = document.querySelector("[data-sheet]");
const sheet = new Sheet(JSON.parse(document.getElementById("sheet").textContent));
const saving = new Saving(form, sheet, () => grid);
const grid = new Grid(form, sheet, { onEdit: () => saving.edited(), onSave: () => form.requestSubmit(), say: (text, wrong) => saving.say(text, wrong) });

document.addEventListener("forecast", (event) => {
  const fresh = Object.entries(event.detail).filter(([key, text]) => sheet.computed.get(key) !== text).map(([key]) => key);
  sheet.computed = new Map(Object.entries(event.detail));
  grid.paint(fresh);
});
window.addEventListener("beforeunload", (event) => { if (sheet.edits().length) event.preventDefault(); });
