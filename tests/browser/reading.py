"""What the browser tests of reading pages share: a look at a page as every reader must find it."""

from collections.abc import Iterator
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENS: list[tuple[int, int, Literal["light", "dark"]]] = [
    (1280, 900, "light"), (1280, 900, "dark"), (390, 844, "dark"), (390, 844, "light"),
]  # fmt: skip
"""Both screens in both colour schemes. A page is loaded once and turned to each: that costs no request."""


def on_each_screen(page: Page) -> Iterator[str]:
    """Turns a page to each screen and scheme in turn; yields which it is, such as "390 dark"."""
    for width, height, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        yield f"{width} {scheme}"


def violations(page: Page) -> list[str]:
    """What axe finds, each with the first place it is found in."""
    report = Axe().run(page)
    return [f"{one['id']}, {one['nodes'][0]['html'][:160]}" for one in report.response["violations"]]


def faults_of(page: Page, address: str, folded: str = "main details") -> list[str]:
    """What is wrong with a page on any screen: what axe finds, and whether it is wider than the screen.

    Folded parts are opened, for what is folded away must be as accessible as the rest.
    """
    page.goto(address)
    page.evaluate("(folded) => document.querySelectorAll(folded).forEach((one) => { one.open = true })", folded)
    found = []
    for on in on_each_screen(page):
        found += [f"{address}, {on}: {one}" for one in violations(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{address}, {on}: {wide} pixels wider than the screen"] if wide > 0 else []
    return found
