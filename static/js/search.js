// "/" leads to the search box from anywhere, and the box suggests names while the reader types. Works without this too.
const boxes = [...document.querySelectorAll("[data-search]")];

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = boxes.find((one) => one.offsetParent) ?? boxes[0];
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

for (const box of boxes) {
  const list = document.createElement("datalist");
  list.id = `${box.id}-names`;
  box.after(list);
  box.setAttribute("list", list.id);
  let timer = 0;
  let asked = "";
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const typed = box.value.trim();
      if (typed.length < 2 || typed === asked) return;
      asked = typed;
      try {
        const answer = await fetch(`${box.dataset.search}?q=${encodeURIComponent(typed)}`);
        const { suggestions } = await answer.json();
        if (typed !== box.value.trim()) return;
        list.replaceChildren(...suggestions.map((one) => {
          const option = document.createElement("option");
          option.value = one.title;
          option.label = one.place === "Report" ? "Report" : `${one.place}, ${one.report}`;
          return option;
        }));
      } catch {
        // Suggestions are a help only; the form works without them.
      }
    }, 150);
  });
}
