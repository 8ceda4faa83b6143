// Numbers as editors type and paste them. The same rules as forecasts/datagrid/numbers.py, which has the last word;
// tests/browser/test_desk_grid.py gives both the same texts.

const LIMIT = 1e14;

/** What a text says, or an Error whose message is a sentence. "" is null. */
export function parse(text) {
  const written = text.trim();
  if (!written) return null;
  let plain = written.replace(/[\s\u00a0\u202f']/g, "").replace(/%$/, "").replace("\u2212", "-");
  if (/^\(.+\)$/.test(plain)) plain = "-" + plain.slice(1, -1);
  if (/\d/.test(plain) && /[A-Za-z$€£¥₹]/.test(plain)) {
    throw new Error(`“${written}” is not a number alone. Leave out the currency or the unit.`);
  }
  if (plain.includes(",")) {
    if (!/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) {
      throw new Error(`“${written}” can be read in two ways. Write thousands as 2,274.97 and decimals with a point.`);
    }
    plain = plain.replaceAll(",", "");
  }
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(plain)) {
    throw new Error(`“${written}” is not a number. Write, for example, 2,274.97.`);
  }
  return Number(plain);
}

/** What is wrong with a cell's text, in a sentence; "" when nothing is. `column` is a year or "growth". */
export function problem(text, column) {
  let number;
  try { number = parse(text); } catch (wrong) { return wrong.message; }
  if (number === null) return "";
  if (column === "growth") {
    return number < -100 || number > 1000 ? "A growth rate lies between −100 and 1,000 % a year." : "";
  }
  if (text.trim().endsWith("%")) {
    return `“${text.trim()}” is a percentage; this column holds values. Rates belong in the last column.`;
  }
  if (number < 0) return "A market’s value cannot be negative.";
  return number >= LIMIT ? "The number is too large. Check the unit of this market." : "";
}

/** A number as the grid shows it: thousands grouped, at least the market's decimals, none that was typed lost. */
export function shown(number, decimals, typed = "") {
  const places = Math.max(decimals, (typed.replace(/[^\d.]/g, "").split(".")[1] || "").replace(/0+$/, "").length);
  return number.toLocaleString("en-GB", { minimumFractionDigits: places, maximumFractionDigits: places });
}
