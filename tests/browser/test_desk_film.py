"""The whole Car Sunroof report from its manuscript and workbook to a published edition, by the desk alone.

With PLUMBLINE_FILM=docs/images each station is photographed for docs/editors.md.
"""

import csv
import os
import re
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings as django_settings
from django.db import connections
from playwright.sync_api import expect

from forecasts.recompute import recompute
from reports.importing.sheets.working import work_through
from reports.models import Edition, Report, SheetImport
from tests.browser.desk import Desk, OpenDesk, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEMO = Path(django_settings.BASE_DIR) / "demo"
MARKET = "car-sunroof-market"


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / f"car-sunroof{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def workbook(path: Path) -> Path:
    """The demo's numbers in the form of the desk's own templates."""
    drivers = rows(".drivers")
    weights = {
        code: " | ".join(f"{row['code']}: {row[code]}" for row in drivers) for code in ("optimistic", "pessimistic")
    }
    sheets = {
        "observations": (
            ["market", "path", "year", "value", "status", "source", "illustrative"],
            [
                [MARKET, row["path"], row["year"], row["value"], row["status"], row["source"],
                 "yes" if row["illustrative"] == "true" else "no"]
                for row in rows("")
            ],
        ),
        "assumptions": (
            ["market", "path", "method", "rate", "note"],
            [[MARKET, row["path"], row["method"], row["rate"], row["note"]] for row in rows(".assumptions")],
        ),
        "drivers": (
            ["market", "code", "name", "effect", "position"],
            [[MARKET, row["code"], row["name"], row["effect"], str(place)] for place, row in enumerate(drivers)],
        ),
        "scenarios": (
            ["market", "code", "name", "weights"],
            [[MARKET, code, code.capitalize(), text] for code, text in weights.items()],
        ),
    }  # fmt: skip
    with xlsxwriter.Workbook(path) as book:
        for name, (columns, lines) in sheets.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate([columns, *lines]):
                sheet.write_row(number, 0, line)
    return path


class Film:
    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder, self.number = desk, folder, 0

    def take(self, what: str) -> None:
        self.number += 1
        self.desk.page.wait_for_timeout(400)
        path = self.folder / f"film-{self.number:02}-{what}.png"
        self.desk.page.screenshot(path=path, clip={"x": 0, "y": 0, "width": 1280, "height": 640})
        assert path.stat().st_size < 150_000, f"{path} is too large for the docs"


def test_the_whole_report_comes_from_import_to_published_by_the_desk_alone(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    desk = open_desk(person("anna@example.org", "Editor", "Publisher"))
    film = Film(desk, Path(os.environ.get("PLUMBLINE_FILM") or tmp_path))

    # The manuscript becomes a draft.
    desk.goto("/admin/reports/report/import/")
    desk.page.locator("input[type=file]").set_input_files(DEMO / "car-sunroof.md")
    film.take("manuscript")
    desk.press("Import")
    expect(desk.page.locator("[data-claim]").first).to_be_visible()
    report = Report.objects.get()
    film.take("findings")

    # The workbook brings the numbers: checked row by row, then stored.
    desk.goto("/admin/reports/sheetimport/add/")
    desk.page.locator("input[type=file]").set_input_files(workbook(tmp_path / "car-sunroof.xlsx"))
    desk.press("Upload and check")
    upload = SheetImport.objects.get()
    work_through(upload.pk)
    desk.page.reload()
    expect(desk.page.locator("[data-sheet]")).to_have_attribute("data-state", "checked")
    film.take("workbook")
    desk.page.get_by_role("button", name=re.compile("^Import ")).click()
    work_through(upload.pk)
    desk.page.reload()
    expect(desk.page.locator("[data-sheet]")).to_have_attribute("data-state", "done")
    recompute(report.market_id, trigger="test")

    # What the text claims is decided.
    review = f"/admin/reports/report/{report.pk}"
    desk.goto(f"{review}/findings/")
    while (cards := desk.page.locator("[data-claim][data-decision=open]")).count():
        cards.first.locator("input[name=reason]").fill("Agrees with the numbers of this report.")
        cards.first.get_by_role("button", name="Accept").click()
        desk.says("was accepted")
    film.take("claims-decided")

    # Numbers, drivers and words, each on its page.
    for page, what in (("data", "data"), ("drivers", "drivers")):
        desk.goto(f"/admin/forecasts/market/{report.market_id}/{page}/")
        film.take(what)
    desk.tab("Sections")
    film.take("sections")
    desk.goto(f"{review}/preview/?as=licensed")
    film.take("preview")

    # Findings are clear of errors, so it can be published; then readers have it.
    desk.goto(f"{review}/publish/")
    assert desk.page.locator("[data-severity=error]").all_inner_texts() == []
    film.take("publish")
    desk.page.locator("#publish").click()
    desk.says("Edition 1 is published.")
    film.take("published")
    assert Edition.objects.get().report == report
    desk.goto(f"/reports/{MARKET}/")
    desk.says("3,701.17")
    film.take("readers")
    desk.goto(f"{review}/history/")
    desk.says("anna@example.org, 24 scenario weights added")
    film.take("history")
    assert desk.complaints == []
