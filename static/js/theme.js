// Lets the reader choose light or dark. The choice is a cookie, so that the server draws the first paint in it.
const root = document.documentElement;
const button = document.querySelector("[data-theme-switch]");

function current() {
  return root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function describe() {
  button.setAttribute("aria-label", current() === "dark" ? "Switch to light colours" : "Switch to dark colours");
}

if (button) {
  button.hidden = false;
  describe();
  button.addEventListener("click", () => {
    const chosen = current() === "dark" ? "light" : "dark";
    root.dataset.theme = chosen;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    describe();
  });
}
