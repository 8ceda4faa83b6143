// Figures: read a chart year by year or a map place by place, copy link and citation, fill the screen, fetch files
// with a word on how it goes. Everything here is extra: charts, tables, files and citations are on the page without it.

function say(take, words) {
  const said = take.querySelector("[data-said]");
  said.textContent = words;
  clearTimeout(said.timer);
  said.timer = setTimeout(() => { said.textContent = ""; }, 6000);
}

async function copy(take, text, words) {
  try {
    await navigator.clipboard.writeText(text);
    say(take, words);
  } catch {
    say(take, "The browser did not allow copying. Open “Cite this” and copy the text there.");
  }
}

async function fetchFile(take, link) {
  const kind = link.textContent.trim();
  const slow = setTimeout(() => say(take, `Preparing ${kind}…`), 400);
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href);
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
    const made = URL.createObjectURL(await answer.blob());
    const save = document.createElement("a");
    save.href = made;
    save.download = named ? named[1] : "";
    save.click();
    setTimeout(() => URL.revokeObjectURL(made), 60_000);
    clearTimeout(slow);
    say(take, `${kind} saved.`);
  } catch {
    clearTimeout(slow);
    location.assign(link.href); // the portal's own page says what is wrong
  } finally {
    link.removeAttribute("aria-busy");
  }
}

for (const take of document.querySelectorAll("[data-take]")) {
  const figure = take.closest("figure");
  for (const button of take.querySelectorAll("button")) {
    if (!("fullScreen" in button.dataset) || document.fullscreenEnabled) button.hidden = false;
  }
  take.addEventListener("click", (event) => {
    const target = event.target.closest("button, a");
    if (!target) return;
    if ("copyLink" in target.dataset) copy(take, take.querySelector("[data-link]").href, "Link copied.");
    else if ("copyCitation" in target.dataset) copy(take, take.querySelector("[data-cite]").textContent, "Citation copied.");
    else if ("fullScreen" in target.dataset) {
      if (document.fullscreenElement) document.exitFullscreen();
      else figure.requestFullscreen().catch(() => say(take, "The browser did not allow the full screen."));
    } else if ("file" in target.dataset && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      fetchFile(take, target);
    }
  });
}
document.addEventListener("fullscreenchange", () => {
  for (const button of document.querySelectorAll("[data-full-screen]")) {
    const on = document.fullscreenElement === button.closest("figure");
    button.textContent = on ? "Leave full screen" : "Full screen";
    button.setAttribute("aria-pressed", String(on));
  }
});

// A link to a table or to a place within one shows the view that it is in; one to a company's profile opens it.
function reveal() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.matches("details")) target.open = true;
  const view = target.closest(".view");
  if (!view) return;
  const kind = [...view.classList].find((name) => name.startsWith("view-")).slice(5);
  const choice = view.closest("figure").querySelector(`.views input[value="${kind}"]`);
  if (choice) choice.checked = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();

const STATUS = { A: "actual", E: "estimated", F: "projected" };

function read(points) {
  return new Map(points.split(";").map((one) => {
    const [year, y, value, low, wide, status] = one.split("|");
    return [Number(year), { y: Number(y), value, low, wide, status: STATUS[status] }];
  }));
}

function slider(from, to, label, move) {
  const line = document.createElement("p");
  line.className = "scrub";
  const name = document.createElement("label");
  name.textContent = label;
  const range = document.createElement("input");
  range.type = "range";
  range.min = from;
  range.max = to;
  range.value = to;
  range.id = `scrub-${slider.made = (slider.made ?? 0) + 1}`;
  name.htmlFor = range.id;
  const shown = document.createElement("strong");
  shown.setAttribute("aria-hidden", "true"); // the slider says its year and the values itself
  line.append(name, range, shown);
  const set = (year) => {
    range.value = year;
    shown.textContent = year;
    range.setAttribute("aria-valuetext", move(Number(year)));
  };
  range.addEventListener("input", () => set(range.value));
  return { line, set };
}

// Segments side by side: one year for all of them.
for (const panels of document.querySelectorAll(".panels[data-readout]")) {
  const from = Number(panels.dataset.from);
  const to = Number(panels.dataset.to);
  if (to <= from) continue;
  const all = [...panels.querySelectorAll("[data-points]")].map((item) => ({
    name: item.querySelector(".panel-name").textContent,
    points: read(item.dataset.points),
    says: item.querySelector("[data-says]"),
    dot: item.querySelector(".end"),
    plot: item.querySelector(".plot"),
  }));
  const { line, set } = slider(from, to, "Year", (year) => all.map((one) => {
    const point = one.points.get(year);
    const strong = document.createElement("strong");
    strong.textContent = point ? point.value : "·";
    one.says.replaceChildren(strong, ` in ${year}`, ...(point?.wide ? [Object.assign(document.createElement("span"), { className: "panel-interval", textContent: `95 %: ${point.wide}` })] : []));
    one.dot.setAttribute("cx", `${2 + 96 * (year - from) / (to - from)}%`);
    one.dot.setAttribute("visibility", point ? "visible" : "hidden");
    if (point) one.dot.setAttribute("cy", point.y);
    return `${one.name} ${point ? point.value : "no value"}`;
  }).join(", ") + ` in ${year}`);
  panels.before(line);
  set(to);
  for (const one of all) {
    one.plot.addEventListener("pointermove", (event) => {
      const box = one.plot.getBoundingClientRect();
      const part = ((event.clientX - box.left) / box.width - 0.02) / 0.96;
      set(Math.round(from + Math.min(Math.max(part, 0), 1) * (to - from)));
    });
  }
  panels.addEventListener("pointerleave", () => set(to));
}

// The whole market: the year's column is marked and its numbers stand below the chart.
for (const readout of document.querySelectorAll(".readout[data-readout]")) {
  const points = read(readout.dataset.points);
  const years = [...points.keys()];
  if (years.length < 3) continue; // two columns carry their numbers already
  const columns = new Map([...readout.closest("figure").querySelectorAll(".column")].map((one, at) => [years[at], one]));
  let touched = false;
  const { line, set } = slider(years[0], years.at(-1), "Year", (year) => {
    const point = points.get(year);
    for (const [other, column] of columns) column.classList.toggle("chosen", touched && other === year);
    const words = point
      ? `${year}: ${point.value}, ${point.status}${point.low ? `. 80 % interval ${point.low}, 95 % interval ${point.wide}` : ""}`
      : `${year}: no value`;
    readout.textContent = words;
    return words;
  });
  readout.hidden = false;
  readout.before(line);
  set(years.at(-1));
  touched = true;
  for (const [year, column] of columns) column.addEventListener("pointerenter", () => set(year));
}

// The map: hover, tap or choose a place.
for (const map of document.querySelectorAll("[data-map]")) {
  const areas = [...map.querySelectorAll(".world g")];
  const line = document.createElement("p");
  line.className = "scrub";
  const name = document.createElement("label");
  name.textContent = "Place";
  const choice = document.createElement("select");
  choice.id = `place-${map.closest("figure").id}`;
  name.htmlFor = choice.id;
  const shown = document.createElement("output");
  shown.htmlFor = choice.id;
  choice.append(new Option("Choose a place", ""));
  areas.forEach((area, at) => choice.append(new Option(area.querySelector("title").textContent.split(":")[0], at)));
  line.append(name, choice, shown);
  map.querySelector(".world").before(line);
  const set = (at) => {
    areas.forEach((area, place) => area.classList.toggle("chosen", String(place) === String(at)));
    choice.value = at;
    shown.textContent = at === "" ? "" : areas[at].querySelector("title").textContent;
  };
  choice.addEventListener("change", () => set(choice.value));
  areas.forEach((area, at) => {
    area.addEventListener("pointerenter", () => set(at));
    area.addEventListener("click", () => set(at));
  });
}
