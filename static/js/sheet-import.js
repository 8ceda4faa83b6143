// The desk's page of one spreadsheet: its progress without a reload, and a reload when the worker has done its part.
(() => {
  "use strict";

  const WAIT = 700, PATIENCE = 5000;
  const place = document.querySelector("[data-sheet]");
  if (!place || !["checking", "importing"].includes(place.dataset.state)) return;
  const sentence = place.querySelector("[data-sentence]"), bar = place.querySelector("[data-bar]");

  async function look() {
    let wait = WAIT;
    try {
      const response = await fetch(place.dataset.sheet, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.status);
      const answer = await response.json();
      if (answer.state !== place.dataset.state) { location.replace(location.pathname); return; }
      bar.max = answer.whole || 1;
      bar.value = answer.done;
      if (sentence.textContent !== answer.sentence) sentence.textContent = answer.sentence;
    } catch {
      sentence.textContent = "The server does not answer; trying again.";
      wait = PATIENCE;
    }
    window.setTimeout(look, wait);
  }
  window.setTimeout(look, WAIT);
})();
