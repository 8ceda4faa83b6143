// The editors' desk: keeps a forecast's state up to date without a reload. The data grid has files of its own.
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
  });
})();
