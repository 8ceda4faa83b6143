"""What the browser tests of reading pages share: a look at a page as every reader must find it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENS = [(1280, 900, "light"), (390, 844, "dark"), (1280, 900, "dark"), (390, 844, "light")]


def faults_of(page: Page, address: str) -> list[str]:
    """What is wrong with a page: what axe finds, and whether it is wider than the screen. Folded parts are opened."""
    page.goto(address)
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
    report = Axe().run(page)
    found = [f"{address}: {one['id']}, {one['nodes'][0]['html'][:160]}" for one in report.response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found + ([f"{address}: {wide} pixels wider than the screen"] if wide > 0 else [])
