// "/" leads to the search box from anywhere. While the reader types, names are suggested below it: arrows choose, Enter
// opens, Escape closes. On the search page the arrows go on through what was found. Works without this too.
const boxes = [...document.querySelectorAll("[data-search]")];
const WAIT = 140;

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const box = boxes.find((one) => one.offsetParent) ?? boxes[0];
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const found = [...document.querySelectorAll(".found h3 a")];
  const place = found.indexOf(document.activeElement);
  if (place < 0) return;
  event.preventDefault();
  const next = place + (event.key === "ArrowDown" ? 1 : -1);
  if (next < 0) boxes.find((one) => one.offsetParent)?.focus();
  else found[next]?.focus();
});

for (const box of boxes) suggest(box);

function suggest(box) {
  const list = document.createElement("ul");
  list.id = `${box.id}-names`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  box.after(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", list.id);
  let timer = 0;
  let chosen = -1;

  function close() {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function choose(next) {
    const options = [...list.children];
    chosen = (next + options.length + 1) % (options.length + 1);
    // One place beyond the last is the box itself: what was typed.
    if (chosen === options.length) chosen = -1;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) box.removeAttribute("aria-activedescendant");
    else {
      box.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  function show(suggestions) {
    list.replaceChildren(...suggestions.map((one, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.address = one.address;
      const name = document.createElement("span");
      name.textContent = one.title;
      const kind = document.createElement("small");
      kind.textContent = one.place === "Report" ? "Report" : `${one.place}, ${one.report}`;
      option.append(name, kind);
      // The box would lose the focus before the click arrives.
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => location.assign(one.address));
      return option;
    }));
    chosen = -1;
    list.hidden = !suggestions.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const typed = box.value.trim();
    if (typed.length < 2) return close();
    try {
      const answer = await fetch(`${box.dataset.search}?q=${encodeURIComponent(typed)}`);
      const { suggestions } = await answer.json();
      if (typed === box.value.trim() && document.activeElement === box) show(suggestions);
    } catch {
      close(); // Suggestions are a help only; the form works without them.
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) {
        const first = event.key === "ArrowDown" && document.querySelector(".found h3 a");
        if (!first) return;
        event.preventDefault();
        event.stopPropagation();
        first.focus();
        return;
      }
      event.preventDefault();
      choose(chosen < 0 && event.key === "ArrowUp" ? list.children.length - 1 : chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.address);
    }
  });
}
