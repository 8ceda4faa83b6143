// Lets a list or a chart change without leaving the page. A form marked data-refine="id" names the part of the page that
// its answer replaces; links marked data-refine-link do the same. Without scripts both load a page as any form and link do.
let newest = 0;

function part() {
  const form = document.querySelector("form[data-refine]");
  return form && document.getElementById(form.dataset.refine);
}

function addressOf(form) {
  const address = new URL(form.action);
  // What is empty says nothing: a short address is one that can be read and shared.
  for (const [name, value] of new FormData(form)) if (value !== "") address.searchParams.append(name, value);
  return address;
}

function placeOf(element) {
  if (!element || !element.matches("input, select, button, a, summary")) return null;
  return { id: element.id, name: element.name, value: element.value, text: element.textContent };
}

function focusAgain(place) {
  if (!place) return;
  const found = place.id
    ? document.getElementById(place.id)
    : [...document.querySelectorAll("button, summary, a")].find((one) => one.textContent === place.text);
  found?.focus({ preventScroll: true });
}

async function refine(address, { keep = true } = {}) {
  const target = part();
  if (!target) return;
  const asked = ++newest;
  const place = placeOf(document.activeElement);
  const open = new Set([...target.querySelectorAll("details[data-keep][open] > summary")].map((one) => one.textContent));
  target.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (asked !== newest) return;
    const fresh = page.getElementById(target.id);
    if (!answer.ok || !fresh) {
      location.assign(address);
      return;
    }
    for (const details of fresh.querySelectorAll("details[data-keep]")) {
      if (open.has(details.querySelector("summary").textContent)) details.open = true;
    }
    target.replaceWith(fresh);
    document.title = page.title;
    if (keep) history.pushState({ refined: true }, "", answer.url);
    focusAgain(place);
    say(fresh);
    document.dispatchEvent(new CustomEvent("refined"));
  } catch {
    if (asked === newest) location.assign(address);
  }
}

function say(fresh) {
  // A status that arrives with its words is often not read aloud; words that arrive in a status are.
  const status = fresh.querySelector("[role='status']");
  if (!status) return;
  const words = status.textContent;
  status.textContent = "";
  requestAnimationFrame(() => { status.textContent = words; });
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form?.matches("form[data-refine]") || event.target.matches("[name='add']")) return;
  refine(addressOf(form));
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-refine]")) return;
  event.preventDefault();
  refine(addressOf(event.target));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-refine-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  refine(new URL(link.href));
});

addEventListener("popstate", () => refine(new URL(location.href), { keep: false }));
