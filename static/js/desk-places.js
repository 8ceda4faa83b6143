// From a finding to the field that mends it: the address ends in `#id_sections-0-body`, the field gets the focus and a
// frame. Without this file the browser scrolls there all the same.
(() => {
  "use strict";

  const MARKED = /^(id_|claim-|alias-|unplaced|.*-group$)/;

  function show() {
    const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place || !MARKED.test(place.id)) return;
    // A field may be hidden behind an editor or a picker that a script has put in its stead.
    const isField = place.matches("input, select, textarea");
    const around = isField ? place.closest(".form-row, .field-row, td, [data-field]") ?? place.parentElement : place;
    around.classList.add("desk-here");
    around.scrollIntoView({ block: "center" });
    const seen = isField && place.offsetParent !== null && !place.matches(".select2-hidden-accessible");
    const field = seen ? place : around.querySelector("[contenteditable=true], .select2-selection, input:not([type=hidden])");
    field?.focus({ preventScroll: true });
  }

  // Once the desk's own scripts have put their editors and pickers in place.
  window.addEventListener("load", () => window.setTimeout(show, 100));
})();
