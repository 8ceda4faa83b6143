"""Editors in the browser: a page that remembers complaints, signing in, and a check that a screen is whole."""

import re
from collections.abc import Callable

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from portal.access.models import User
from portal.access.roles import ensure_roles
from tests.factories import UserFactory

# How much wider than its window the page was at any frame, from the first on: the narrowest moment hides the others.
WIDEST = """window.sideways = 0;
(function look() {
  const page = document.documentElement;
  if (page) window.sideways = Math.max(window.sideways, page.scrollWidth - innerWidth);
  requestAnimationFrame(look);
})();"""


def person(email: str, *roles: str) -> User:
    user: User = UserFactory.create(email=email, is_staff=True)
    user.groups.set([ensure_roles()[role] for role in roles])
    return user


class Desk:
    """One person's browser at the desk. `complaints` holds every error of the console, policy violations included."""

    def __init__(self, browser: Browser, url: str, user: User, *, width: int = 1280, dark: bool = False) -> None:
        self.url = url
        self.complaints: list[str] = []
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        if dark:
            context.add_init_script("localStorage.setItem('_x_adminTheme', JSON.stringify('dark'))")
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
        context.add_init_script(WIDEST)
        self.page: Page = context.new_page()
        self.page.on(
            "console", lambda m: self.complaints.append(f"{m.text} {m.location}") if m.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def goto(self, path: str) -> None:
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        assert answer.ok, (path, answer.status)

    def says(self, text: str) -> None:
        expect(self.page.get_by_text(re.compile(re.escape(text))).first).to_be_visible()

    def tab(self, name: str) -> None:
        parts = self.page.get_by_role("navigation", name="Parts of the report")
        parts.get_by_role("link", name=name, exact=True).click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def is_whole(self) -> None:
        """Nothing complained, and the page never scrolled sideways, from before its scripts came until now; what is
        wide scrolls within itself."""
        assert self.complaints == [], self.complaints
        assert self.page.evaluate("window.sideways") <= 0, self.page.url


type OpenDesk = Callable[..., Desk]
