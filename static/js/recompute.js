// The desk's page "Recompute all": counts and bar kept up to date without a reload, except when a forecast fails.
(() => {
  "use strict";

  const FAST = 1000, SLOW = 5000;
  const place = document.querySelector("[data-recompute]");
  if (!place) return;
  const sentence = place.querySelector("[data-sentence]"), bar = place.querySelector("[data-bar]");

  async function look() {
    let wait = SLOW;
    try {
      const response = await fetch(place.dataset.recompute, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.status);
      const answer = await response.json();
      if (String(answer.failed) !== place.dataset.failed) { location.reload(); return; }
      for (const count of place.querySelectorAll("[data-count]")) count.textContent = answer[count.dataset.count];
      bar.max = answer.markets || 1;
      bar.value = answer.settled;
      if (sentence.textContent !== answer.sentence) sentence.textContent = answer.sentence;
      if (answer.waiting || answer.running) wait = FAST;
    } catch {
      sentence.textContent = "The server does not answer; trying again.";
    }
    window.setTimeout(look, wait);
  }
  window.setTimeout(look, FAST);
})();
