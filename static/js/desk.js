// The editors' desk: keeps a forecast's state up to date, and makes the data grid save and paste without a reload.
// Everything works without this file too; it only spares the editor the waiting.
(() => {
  "use strict";

  const FAST = 250, SLOW = 4000;

  function follow(bar) {
    const sentence = bar.querySelector("[data-sentence]");
    let timer = 0;
    async function look() {
      window.clearTimeout(timer);
      let wait = SLOW;
      try {
        const address = bar.dataset.forecastStatus + "?since=" + encodeURIComponent(bar.dataset.version);
        const answer = await (await fetch(address, { headers: { Accept: "application/json" } })).json();
        if (bar.dataset.state !== answer.state) bar.dataset.state = answer.state;
        if (sentence.textContent !== answer.sentence) sentence.textContent = answer.sentence;
        if (answer.cells) {
          bar.dataset.version = answer.forecast_version;
          document.dispatchEvent(new CustomEvent("forecast", { detail: answer.cells }));
        }
        if (answer.state === "waiting" || answer.state === "running") wait = FAST;
      } catch {
        sentence.textContent = "The server does not answer. What you typed is still here; trying again.";
      }
      if (!document.hidden) timer = window.setTimeout(look, wait);
    }
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
    document.addEventListener("saved", () => look());
    timer = window.setTimeout(look, bar.dataset.state === "current" ? SLOW : FAST);
  }

  function grid(form) {
    const message = form.querySelector("[data-message]");
    const inputs = () => [...form.querySelectorAll("td input")];
    const original = new Map(inputs().map((input) => [input.name, input.value]));
    const changed = () => inputs().filter((input) => input.value.trim() !== original.get(input.name).trim());
    const mark = (input) => input.classList.toggle("grid-changed", input.value.trim() !== original.get(input.name).trim());
    form.addEventListener("input", (event) => { if (original.has(event.target.name)) mark(event.target); });

    function say(text, wrong) {
      message.textContent = text;
      message.classList.toggle("grid-message-wrong", Boolean(wrong));
    }

    function show(errors) {
      form.querySelectorAll(".grid-error").forEach((one) => one.remove());
      form.querySelectorAll(".grid-wrong").forEach((one) => one.classList.remove("grid-wrong"));
      for (const [key, sentence] of Object.entries(errors)) {
        const input = form.elements["c:" + key];
        if (!input) continue;
        input.parentElement.classList.add("grid-wrong");
        const note = document.createElement("span");
        note.className = "grid-error";
        note.textContent = sentence;
        input.after(note);
      }
      form.querySelector(".grid-wrong input")?.focus();
    }

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const edits = changed();
      if (!edits.length) { say("Nothing to save."); return; }
      const body = new FormData();
      for (const name of ["csrfmiddlewaretoken", "version", "source"]) body.set(name, form.elements[name].value);
      for (const input of edits) body.set(input.name, input.value);
      say("Saving …");
      try {
        const response = await fetch(location.href, { method: "POST", body, headers: { Accept: "application/json" } });
        const answer = await response.json();
        show(answer.errors || {});
        say(answer.sentence, !response.ok);
        if (!response.ok) return;
        form.elements.version.value = answer.inputs_version;
        for (const input of edits) { original.set(input.name, input.value); mark(input); }
        document.dispatchEvent(new Event("saved"));
      } catch {
        say("The server could not be reached, so nothing was saved. What you typed is still here; save again.", true);
      }
    });

    // A block copied from a spreadsheet goes into the cells to the right of and below the one that has the focus.
    form.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
      const cell = event.target.closest("td");
      if (!cell || !/[\t\n]/.test(text)) return;
      event.preventDefault();
      const rows = [...form.querySelectorAll("tbody tr:not(.grid-group)")];
      const top = rows.indexOf(cell.parentElement), left = cell.cellIndex;
      let placed = 0, outside = 0;
      text.split(/\r?\n/).forEach((line, down) => line.split("\t").forEach((value, right) => {
        const input = rows[top + down]?.cells[left + right]?.querySelector("input");
        if (!input) { outside += 1; return; }
        input.value = value.trim();
        mark(input);
        placed += 1;
      }));
      say(`${placed} cells pasted${outside ? `; ${outside} fell outside the grid and were left out` : ""}. Save to keep them.`, outside > 0);
    });

    form.addEventListener("keydown", (event) => {
      const cell = event.target.closest("td");
      const step = { ArrowDown: 1, Enter: 1, ArrowUp: -1 }[event.key];
      if (!cell || !step || event.shiftKey || event.ctrlKey || event.metaKey) return;
      const rows = [...form.querySelectorAll("tbody tr:not(.grid-group)")];
      const next = rows[rows.indexOf(cell.parentElement) + step]?.cells[cell.cellIndex]?.querySelector("input");
      if (next) { event.preventDefault(); next.focus(); next.select(); }
    });

    document.addEventListener("forecast", (event) => {
      for (const input of inputs()) {
        const value = event.detail[input.name.slice(2)];
        if (value === undefined && !input.name.endsWith("growth")) input.placeholder = "–";
        else if (value !== undefined && input.placeholder !== value) {
          input.placeholder = value;
          input.classList.add("grid-fresh");
          window.setTimeout(() => input.classList.remove("grid-fresh"), 1500);
        }
      }
    });

    window.addEventListener("beforeunload", (event) => { if (changed().length) event.preventDefault(); });
  }

  // Findings of a stale forecast are worth nothing once it has caught up; words already typed are worth more.
  function reloadWithForecast() {
    document.addEventListener("forecast", () => {
      const typed = [...document.querySelectorAll("#content-main input[name=reason]")].some((input) => input.value);
      if (!typed) location.reload();
    });
  }

  // After a refused save: typing in a field again means mine, whatever was chosen for it above.
  document.addEventListener("input", (event) => {
    const three = event.target.id && document.querySelector(`[data-three="${CSS.escape(event.target.id)}"]`);
    const mine = three && three.querySelector("input[value=mine]");
    if (mine) mine.checked = true;
  });

  // Tells the others that this page is open, and shows who else has a page of the report open.
  function here(line) {
    const place = document.querySelector(".desk-bar [aria-current]")?.textContent.trim() ?? "";
    async function say() {
      try {
        const body = new URLSearchParams({ place, csrfmiddlewaretoken: line.dataset.token });
        const answer = await fetch(line.dataset.here, { method: "POST", body });
        const sentence = answer.ok ? (await answer.json()).sentence : "";
        line.hidden = !sentence;
        if (line.textContent !== sentence) line.textContent = sentence;
      } catch { /* the forecast's line says that the server does not answer */ }
    }
    say();
    window.setInterval(() => { if (!document.hidden) say(); }, 15_000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) say(); });
  }

  // Ctrl+S or Cmd+S saves the form of the page.
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const save = document.querySelector("button[name=_save], input[name=_save], [data-grid] [type=submit]");
    if (!save) return;
    event.preventDefault();
    save.click();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-here]").forEach(here);
    for (const button of document.querySelectorAll("[data-open-search]")) {
      button.hidden = false;
      button.addEventListener("click", (event) => { event.stopPropagation(); window.dispatchEvent(new Event("opencommand")); });
    }
    const current = document.querySelector(".desk-bar [aria-current]");
    if (current) current.closest(".desk-bar").scrollLeft = current.offsetLeft - 16;
    if (document.querySelector("[data-reload-with-forecast]")) reloadWithForecast();
    document.querySelectorAll("[data-forecast-status]").forEach(follow);
    document.querySelectorAll("[data-grid]").forEach(grid);
  });
})();
