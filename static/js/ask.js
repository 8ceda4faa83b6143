// Any number can be asked: a click shows where it comes from in a dialog. Without this script the same link is a page.
// Tables of numbers take one stop of the Tab key; arrow keys move from number to number.
let dialog = null;
let opener = null;

function build() {
  dialog = document.createElement("dialog");
  dialog.className = "answer-dialog";
  dialog.setAttribute("aria-label", "Where this number comes from");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "answer-close";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  const place = document.createElement("div");
  place.dataset.place = "";
  place.setAttribute("aria-live", "polite");
  dialog.append(close, place);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => opener?.focus());
  document.body.append(dialog);
}

// A number that the page itself says is locked has no answer to fetch: what it is, and the page's own ways to get in.
function lockedAnswer(figure) {
  const ways = document.querySelector("main .unlock");
  if (!ways) return null;
  const answer = document.createElement("article");
  answer.className = "answer";
  answer.dataset.answer = "";
  const name = document.createElement("h2");
  name.className = "answer-name";
  name.textContent = figure.title;
  const says = document.createElement("p");
  says.className = "answer-locked";
  says.textContent = "This number is in the full report, and a licence opens it.";
  answer.append(name, says, ways.cloneNode(true));
  return answer;
}

async function show(link) {
  if (!dialog) build();
  const place = dialog.querySelector("[data-place]");
  const figure = link.querySelector(".figure-locked");
  const locked = figure && lockedAnswer(figure);
  if (locked) {
    place.replaceChildren(locked);
    dialog.showModal();
    return;
  }
  const waiting = document.createElement("p");
  waiting.className = "aside";
  waiting.textContent = "Looking it up…";
  place.replaceChildren(waiting);
  if (!dialog.open) dialog.showModal();
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-answer]");
    if (!found) throw new Error("no answer on the page");
    const heading = found.querySelector("h1");
    const second = document.createElement("h2");
    second.className = heading.className;
    second.textContent = heading.textContent;
    heading.replaceWith(second); // the page below has its first heading already
    for (const lower of found.querySelectorAll("h2:not(.answer-name)")) {
      const third = document.createElement("h3");
      third.textContent = lower.textContent;
      lower.replaceWith(third);
    }
    place.replaceChildren(document.importNode(found, true));
    dialog.scrollTop = 0;
  } catch {
    location.assign(link.href);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.ask");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!link.closest("dialog")) opener = link;
  show(link);
});

const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

for (const table of document.querySelectorAll("table[data-numbers]")) {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.querySelector("a.ask")));
  const links = rows.flat().filter(Boolean);
  if (!links.length) continue;
  const choose = (link) => {
    for (const one of links) one.tabIndex = one === link ? 0 : -1;
  };
  choose(links[0]);
  table.addEventListener("focusin", (event) => {
    if (links.includes(event.target)) choose(event.target);
  });
  table.addEventListener("keydown", (event) => {
    const here = event.target.closest("a.ask");
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    let row = rows.findIndex((one) => one.includes(here));
    let column = rows[row].indexOf(here);
    let next = null;
    if (event.key === "Home") next = rows[row].find(Boolean);
    else if (event.key === "End") next = rows[row].findLast(Boolean);
    else if (event.key in STEPS) {
      const [down, across] = STEPS[event.key];
      do {
        row += down;
        column += across;
        next = rows[row]?.[column];
      } while (!next && rows[row] && column >= 0 && column < rows[row].length);
    } else return;
    event.preventDefault();
    next?.focus();
  });
}
