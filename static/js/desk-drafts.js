// Keeps what is typed into a form with prose, field by field, until it is saved. See drafts.js.

import { Draft, offer, time } from "./drafts.js";

const marker = document.querySelector("[data-drafts]"), form = marker?.closest("form");
const UNKEPT = new Set(["csrfmiddlewaretoken", "version", "_save", "_continue", "_addanother"]);
const editors = new Map();
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => editors.set(textarea.name, editor));

const digest = (version) => (version || "").split("|")[0];
const fields = () => [...form.elements].filter((one) => one.name && !UNKEPT.has(one.name) && !one.name.includes("__prefix__") && !one.name.startsWith("choose") && !one.name.startsWith("theirs:") && one.type !== "file");
const value = (field) => (field.type === "checkbox" || field.type === "radio" ? String(field.checked) : field.multiple ? JSON.stringify([...field.selectedOptions].map((one) => one.value)) : field.value);
const identity = (field) => (field.type === "radio" ? `${field.name}=${field.value}` : field.name);
const snapshot = () => new Map(fields().map((field) => [identity(field), value(field)]));

function put(field, text) {
  const editor = editors.get(field.name);
  if (editor) editor.commands.setContent(text, { emitUpdate: true });
  if (field.type === "checkbox" || field.type === "radio") field.checked = text === "true";
  else if (field.multiple) for (const option of field.options) option.selected = JSON.parse(text).includes(option.value);
  else {
    // A choice that is looked up has only the chosen option on the page.
    if (field.tagName === "SELECT" && text && ![...field.options].some((one) => one.value === text)) field.append(new Option(text, text));
    if (!editor) field.value = text;
  }
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function start() {
  const draft = new Draft(marker.dataset.drafts, location.pathname + location.search);
  const version = () => form.elements.version?.value || "";
  const refused = document.querySelector(".errornote, .errorlist, #comparison") !== null;
  const initial = snapshot(), line = document.createElement("p");
  let kept = draft.read(), timer = 0, answered = true;
  line.className = "desk-meta desk-draft-line";
  line.setAttribute("role", "status");
  document.querySelector("[name=_save]")?.closest("div")?.append(line);

  // A save changes the version; what was sent with the one before is stored now.
  if (kept?.sent && !refused && digest(kept.sent) !== digest(version())) { draft.drop(); kept = null; }
  const now = snapshot();
  const differing = kept ? Object.entries(kept.fields).filter(([name, text]) => now.get(name) !== text) : [];
  if (kept && !differing.length && !refused) { draft.drop(); kept = null; }

  const putBack = () => {
    answered = true;
    for (const [name, text] of differing) {
      if (!name.endsWith("-TOTAL_FORMS")) continue;
      const group = form.querySelector(`#${CSS.escape(name.replace("id_", "").replace("-TOTAL_FORMS", ""))}-group`);
      for (let rows = Number(form.elements[name]?.value ?? 0); group && rows < Number(text); rows += 1) group.querySelector(".add-row a, a.add-row, .addlink")?.click();
    }
    // New rows' editors start in the next turns of the browser.
    window.setTimeout(() => {
      const there = new Map(fields().map((field) => [identity(field), field]));
      let missing = 0;
      for (const [name, text] of differing) {
        if (/-(TOTAL|INITIAL)_FORMS$/.test(name)) continue;
        const field = there.get(name);
        if (field) put(field, text); else if (text) missing += 1;
      }
      // Saving must be judged by what the editor saw when typing, so that somebody else's save in between is compared.
      if (form.elements.version && kept.version) form.elements.version.value = kept.version;
      line.textContent = missing ? `Put back, but ${missing} fields have no place on this page any more. They are still kept.` : "Put back. Nothing is saved until you save.";
      if (!missing) remember();
    }, 400);
  };
  if (kept && differing.length && !refused) {
    answered = false;
    const others = digest(kept.version) !== digest(version());
    const aside = others ? "Somebody saved this part since: put yours back and save, and you see both side by side before anything is stored." : "Nothing of it is stored yet.";
    const texts = differing.filter(([name]) => !/-(TOTAL|INITIAL)_FORMS$/.test(name));
    offer(form, kept, texts.length, aside, { putBack, throwAway: () => { answered = true; draft.drop(); kept = null; } });
  }

  const known = version();
  function remember() {
    if (!answered) return; // what was kept before is not replaced until the editor has chosen
    const changed = Object.fromEntries([...snapshot()].filter(([name, text]) => initial.get(name) !== text));
    const all = refused || kept?.version === version() ? { ...kept?.fields, ...changed } : changed;
    for (const [name, text] of Object.entries(all)) if (!refused && initial.get(name) === text) delete all[name];
    if (!Object.keys(all).length) { draft.drop(); kept = null; line.textContent = ""; return; }
    kept = { fields: all, version: refused ? known : version(), at: Date.now() };
    line.textContent = draft.keep(kept) ? `Not saved yet. Kept in this browser, ${time(kept.at)}.` : "Not saved yet, and this browser keeps nothing: save before you leave.";
  }
  const soon = () => { window.clearTimeout(timer); timer = window.setTimeout(remember, 400); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  window.addEventListener("pagehide", () => { if (timer) remember(); });
  form.addEventListener("submit", () => {
    window.clearTimeout(timer);
    timer = 0;
    remember();
    if (kept && answered) draft.keep({ ...kept, sent: version() });
  });
}

// After the editors stand: what they make of a stored text is not something that was typed.
if (form) window.addEventListener("load", () => window.setTimeout(start, 0));
