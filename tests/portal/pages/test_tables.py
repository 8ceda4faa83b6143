"""Yearly tables: rows that sum, growth and shares from what is printed, and prose that cannot carry a script."""

from dataclasses import replace
from decimal import Decimal

import pytest

from portal.pages.charts.ledger import ledger
from portal.pages.charts.market import market_chart
from portal.pages.charts.panels import panel_chart
from portal.pages.charts.scale import nice_step, scale_to
from portal.pages.prose import prose_html
from portal.pages.tables import year_table
from reports.document import Figure, Tier
from reports.gating import readable
from tests.documents import sample_document

DOCUMENT = sample_document()
DIMENSIONS = {dimension.code: dimension for dimension in DOCUMENT.dimensions}


@pytest.mark.parametrize("code", ["material", "fabric", "glass", "vehicle", "geography"])
def test_printed_rows_sum_to_the_printed_whole_in_every_year(code: str) -> None:
    table = year_table(DOCUMENT, DIMENSIONS[code])
    assert table is not None
    assert table.whole is not None
    top = [row for row in table.rows if row.level == 1]
    for place, _ in enumerate(table.columns):
        parts = sum(Decimal(row.values[place].text.replace(",", "")) for row in top)
        assert parts == Decimal(table.whole.values[place].text.replace(",", ""))


def test_a_partial_dimension_without_values_has_no_table() -> None:
    assert year_table(DOCUMENT, DIMENSIONS["electric-vehicle"]) is None
    assert panel_chart(DOCUMENT, DIMENSIONS["electric-vehicle"]) is None


def test_growth_and_shares_follow_from_the_printed_values() -> None:
    table = year_table(DOCUMENT, DIMENSIONS["material"])
    assert table is not None
    assert table.whole is not None
    assert table.whole.cagr == "7.2 %"
    assert [row.share for row in table.rows] == ["17.0 %", "83.0 %"]


def test_a_sample_has_only_its_years_and_no_growth() -> None:
    table = year_table(readable(DOCUMENT, Tier.REGISTERED), DIMENSIONS["material"])
    assert table is not None
    assert [column.year for column in table.columns] == [2021, 2022, 2023, 2024]
    assert table.projected == 0
    assert not table.has_growth


def test_years_a_reader_may_not_see_are_gaps_in_the_chart_not_guesses() -> None:
    chart = market_chart(readable(DOCUMENT, Tier.PUBLIC))
    assert chart is not None
    assert [column.year for column in chart.columns] == [2024, 2031]
    assert [gap.years for gap in chart.gaps] == ["2021–2023", "2025–2030"]
    assert not chart.has_intervals


def test_the_waterfall_ends_at_the_growth() -> None:
    drawn = ledger(DOCUMENT)
    assert drawn is not None
    assert drawn.sum == DOCUMENT.headline.cagr
    assert drawn.steps[-1].end == drawn.sum_width
    assert [step.against for step in drawn.steps] == sorted(step.against for step in drawn.steps)


@pytest.mark.parametrize(("rough", "step"), [(1.2, 2), (0.03, 0.05), (870, 1000), (230, 250), (0, 1)])
def test_steps_of_a_scale_are_round(rough: float, step: float) -> None:
    assert nice_step(rough) == pytest.approx(step)


def test_a_scale_holds_negative_values_too() -> None:
    scale = scale_to([-3, 5], top=0, bottom=100)
    assert scale.y(-3) <= 100
    assert scale.y(5) >= 0


def test_prose_that_reached_an_edition_unclean_cannot_run() -> None:
    html = prose_html(
        ('<p onclick="x()">A<script>alert(1)</script> ', Figure('t"><img src=x onerror=y>', "<b>1</b>"), "</p>")
    )
    assert "script" not in html
    assert "onclick" not in html
    assert "<img" not in html
    assert "<b>" not in html


def test_estimates_are_marked_only_where_actual_values_stand_beside_them() -> None:
    mixed = year_table(DOCUMENT, DIMENSIONS["material"])
    assert mixed is not None
    assert mixed.marks_estimates
    assert mixed.all_estimated_to is None
    estimated = replace(
        DOCUMENT,
        series=tuple(
            replace(one, cells=tuple(replace(c, status="E") if c.status == "A" else c for c in one.cells))
            for one in DOCUMENT.series
        ),
    )
    plain = year_table(estimated, DIMENSIONS["material"])
    assert plain is not None
    assert not plain.marks_estimates
    assert plain.all_estimated_to == 2024
