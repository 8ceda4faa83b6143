// Under the pointer, or moved by the arrow keys, a line on a chart reads out every row's number of that year. The numbers
// are those of the table below the chart, so nothing can be read here that is not printed there.
function numbersOf(plot) {
  const table = plot.closest("main")?.querySelector("[data-numbers]");
  if (!table) return null;
  const years = [...table.tHead.rows[table.tHead.rows.length - 1].cells].map((cell) => cell.textContent.trim()).filter((text) => /^\d{4}$/.test(text));
  const rows = [...table.tBodies[0].rows].filter((row) => row.dataset.tone).map((row) => ({
    tone: row.dataset.tone,
    name: row.cells[0].firstChild.textContent.trim(),
    values: new Map([...row.querySelectorAll("[data-year]")].map((cell) => [cell.dataset.year, cell.textContent.trim()])),
  }));
  return { years, rows };
}

function prepare(plot) {
  const found = numbersOf(plot);
  const drawing = plot.querySelector("svg.plot");
  if (!found || !found.years.length || plot.dataset.ready) return;
  plot.dataset.ready = "yes";
  const columns = Boolean(plot.querySelector(".piece"));
  const cursor = document.createElement("div");
  cursor.className = "plot-cursor";
  const box = document.createElement("div");
  box.className = "plot-values";
  cursor.hidden = box.hidden = true;
  plot.append(cursor, box);
  const last = found.years.length - 1;

  function show(index) {
    const year = found.years[index];
    const width = drawing.getBoundingClientRect().width;
    const left = columns ? ((index + 0.5) / (last + 1)) * width : last ? (index / last) * width : width / 2;
    const heading = document.createElement("strong");
    heading.textContent = year;
    const list = document.createElement("dl");
    for (const row of found.rows) {
      if (!row.values.has(year)) continue;
      const pair = document.createElement("div");
      pair.className = `tone-${row.tone}`;
      const name = document.createElement("dt");
      name.textContent = row.name;
      const value = document.createElement("dd");
      value.textContent = row.values.get(year);
      pair.append(name, value);
      list.append(pair);
    }
    if (!list.children.length) return hide();
    box.replaceChildren(heading, list);
    cursor.hidden = box.hidden = false;
    cursor.style.left = `${left}px`;
    const room = width - left > box.offsetWidth + 16;
    box.style.left = `${room ? left + 12 : Math.max(left - box.offsetWidth - 12, -8)}px`;
  }

  function hide() {
    cursor.hidden = box.hidden = true;
  }

  drawing.addEventListener("pointermove", (event) => {
    const area = drawing.getBoundingClientRect();
    const part = (event.clientX - area.left) / area.width;
    show(Math.min(last, Math.max(0, columns ? Math.floor(part * (last + 1)) : Math.round(part * last))));
  });
  drawing.addEventListener("pointerleave", hide);
}

function all() {
  // Where a browser can't show closed details by style alone, wide screens get them open.
  const controls = document.querySelector("[data-controls]");
  if (controls && !CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60.01rem)").matches) controls.open = true;
  for (const plot of document.querySelectorAll("[data-plot]")) prepare(plot);
  for (const field of document.querySelectorAll("input[data-copy]")) field.addEventListener("focus", () => field.select());
}

all();
document.addEventListener("refined", all);
