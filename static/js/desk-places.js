// From a finding to the field that mends it: `?at=sections-12-body` is the row 12 of the part "sections", its field
// "body"; `#id_name` is a field of the form itself. Without this file the right screen and tab open all the same.
(() => {
  "use strict";

  function show(place, field) {
    place.classList.add("desk-here");
    place.scrollIntoView({ block: "center" });
    (field?.matches("input, select, textarea") && field.offsetParent ? field : place.querySelector(
      "[contenteditable=true], textarea, select, input:not([type=hidden])"))?.focus({ preventScroll: true });
  }

  // The rows of an inline are numbered as they stand on the page; a row is known by the hidden input with its key.
  function ofRow(at) {
    const wanted = /^([a-z_]+)-(\d+)(?:-([a-z_]+))?$/.exec(at);
    if (!wanted) return;
    const [, part, key, name] = wanted;
    const keys = [...document.querySelectorAll(`input[type=hidden][name^="${part}-"][name$="-id"]`)];
    const prefix = keys.find((input) => input.value === key)?.name.slice(0, -3);
    const row = prefix && document.getElementById(prefix);
    if (!row) return;
    const field = name && document.getElementById(`id_${prefix}-${name}`);
    show(field?.closest(".field-row, .form-row, td, .flex-col") ?? row, field);
  }

  function find() {
    const at = new URLSearchParams(location.search).get("at");
    if (at) { ofRow(at); return; }
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named && /^(id_|claim-|alias-|unplaced)/.test(named.id)) show(named.closest(".desk-card") ?? named.parentElement, named);
  }

  // After the tabs have been shown, which the desk's own scripts do once everything is there.
  window.addEventListener("load", () => window.setTimeout(find, 150));
})();
