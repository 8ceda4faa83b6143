// Marks the section being read in the contents beside the text, and keeps that line in view.
const contents = document.querySelector("[data-contents]");
const narrow = matchMedia("(max-width: 60rem)");

function watch(links) {
  const sections = [...links.keys()];
  let current = null;

  function mark() {
    // A jump can carry the reader over sections that never crossed the window, so every place is asked anew.
    const reached = sections.filter((section) => section.getBoundingClientRect().top < innerHeight * 0.34);
    const next = reached.length ? links.get(reached[reached.length - 1]) : null;
    if (next === current) return;
    current?.removeAttribute("aria-current");
    next?.setAttribute("aria-current", "location");
    current = next;
    if (next && !narrow.matches) {
      const box = contents.getBoundingClientRect();
      const line = next.getBoundingClientRect();
      if (line.top < box.top + 24 || line.bottom > box.bottom - 24) {
        contents.scrollTop += line.top - box.top - box.height / 2;
      }
    }
  }

  // A section counts as reached once its top has passed the upper third of the window.
  const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px", threshold: [0, 1] });
  for (const section of sections) observer.observe(section);
}

if (contents) {
  const links = new Map();
  for (const link of contents.querySelectorAll("a[href^='#']")) {
    const section = document.getElementById(link.hash.slice(1));
    if (section) links.set(section, link);
  }
  watch(links);
  contents.addEventListener("click", (event) => {
    if (narrow.matches && event.target.closest("a")) contents.open = false;
  });
  if (!CSS.supports("selector(::details-content)") && !narrow.matches) contents.open = true;
}
