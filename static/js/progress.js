// What takes longer than a moment shows that it is under way: a line across the top once a page has kept us waiting.
let timer = 0;
let line = null;

function begin() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    line ??= Object.assign(document.createElement("div"), { className: "under-way" });
    line.setAttribute("role", "status");
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = "Loading the page";
    line.replaceChildren(words);
    document.body.append(line);
  }, 500);
}

function end() {
  clearTimeout(timer);
  line?.remove();
}

// In the bubbling phase on the window, so that a script that handles the click itself has prevented the default by then.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.pathname === location.pathname && link.search === location.search) return;
  if (/\.(csv|xlsx|svg|png|json|pdf|txt|bib|ris|atom|parquet)$/.test(link.pathname)) return;
  begin();
});
addEventListener("submit", (event) => {
  if (!event.defaultPrevented) begin();
});
addEventListener("pageshow", end);
addEventListener("pagehide", end);
