// What an editor typed and did not save, kept in this browser: it survives a crash and a closed tab. It is put back
// only when the editor says so, and saved only by the editor's own save, which the server still compares with others'.

const KEPT_DAYS = 30;

export class Draft {
  constructor(who, place) { this.key = `plumbline-draft:${who}:${place}`; }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      if (kept && Date.now() - kept.at < KEPT_DAYS * 86_400_000) return kept;
    } catch { /* unreadable, or a browser that keeps nothing */ }
    return null;
  }

  /** Returns whether it is kept; a full or forbidden store is no reason to stop anybody from typing. */
  keep(content) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ ...content, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  }

  drop() { try { localStorage.removeItem(this.key); } catch { /* nothing was kept */ } }
}

export const time = (at) => new Date(at).toLocaleString("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

/** A bar above the form: what was kept, and the choice. */
export function offer(before, kept, count, aside, { putBack, throwAway }) {
  const bar = document.createElement("div"), sentence = document.createElement("p");
  bar.className = "desk-card desk-draft";
  bar.setAttribute("role", "status");
  bar.dataset.draft = "offered";
  sentence.textContent = `You typed here on ${time(kept.at)} and did not save (${count === 1 ? "1 field" : `${count} fields`}). ${aside}`;
  const button = (text, main, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.className = `desk-button${main ? " desk-button-main" : ""}`;
    one.textContent = text;
    one.addEventListener("click", () => { bar.remove(); act(); });
    return one;
  };
  const choice = document.createElement("p");
  choice.className = "desk-form";
  choice.append(button("Put it back", true, putBack), button("Throw it away", false, throwAway));
  bar.append(sentence, choice);
  before.before(bar);
}
