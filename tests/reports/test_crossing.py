"""Cross-tables on their way into an edition: compiled, checked, compared, and gone from what lower tiers read."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission

from forecasts.models import CrossCell, CrossTable, Dimension, Market, Observation, Segment
from forecasts.recompute import recompute
from reports.compiling import compile_document
from reports.document import Document, Tier
from reports.gating import readable
from reports.impact import compare
from reports.models import Report
from reports.publishing import NotPublishable, publish
from tests.documents import sample_document
from tests.factories import NOW, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    """The sunroof draft, also split by vehicle, and its materials crossed with its vehicles."""
    report = sunroof_draft()
    market = report.market
    vehicle = Dimension.objects.create(market=market, name="Vehicle", code="vehicle", position=2)
    for name, value in (("Sedan", "1274.97"), ("SUV", "1000.00")):
        segment = Segment.objects.create(dimension=vehicle, name=name)
        Observation.objects.create(
            market=market, segment=segment, year=2024, value=Decimal(value), source="Registrations", illustrative=False
        )
    material = market.dimensions.get(code="material")
    CrossTable.objects.create(market=market, rows=material, columns=vehicle)
    recompute(market.pk, trigger="test")
    return report


def know(market: Market, value: str) -> CrossCell:
    return CrossCell.objects.create(
        table=market.cross_tables.get(),
        row=Segment.objects.get(path="material/glass-material"),
        column=Segment.objects.get(path="vehicle/suv"),
        year=2024,
        value=Decimal(value),
        source="A count of ours",
    )


def test_an_edition_holds_the_table_with_each_cell_flagged(report: Report) -> None:
    know(report.market, "900.00")
    (table,) = compile_document(report).cross_tables
    assert (table.code, table.title) == ("material--vehicle", "Material by Vehicle")
    known = table.cells["base", "material/glass-material", "vehicle/suv", 2024]
    assert (known.value, known.modelled, known.source, known.illustrative) == (
        Decimal("900.00"), False, "A count of ours", False,
    )  # fmt: skip
    beside = table.cells["base", "material/fabric-material", "vehicle/suv", 2024]
    assert (beside.value, beside.modelled, beside.source) == (Decimal("100.00"), True, "")
    assert beside.illustrative, "it rests on illustrative materials"


def test_in_every_year_and_scenario_the_printed_cells_sum_to_the_printed_values(report: Report) -> None:
    document = compile_document(report)
    (table,) = document.cross_tables
    assert set(table.years) == set(range(2024, 2032))
    for scenario in document.scenarios:
        for year in table.years:
            for row in table.rows:
                cells = [table.cells[scenario.code, row, column, year].value for column in table.columns]
                assert sum(cells) == document.value(row, year, scenario.code)
            for column in table.columns:
                cells = [table.cells[scenario.code, row, column, year].value for row in table.rows]
                assert sum(cells) == document.value(column, year, scenario.code)


def test_a_table_that_cannot_be_filled_keeps_the_report_from_being_published(report: Report) -> None:
    know(report.market, "1900.00")
    recompute(report.market_id, trigger="test")
    publisher = UserFactory.create(is_staff=True)
    publisher.user_permissions.add(Permission.objects.get(codename="publish_report"))
    with pytest.raises(NotPublishable, match="The cross-table Material by Vehicle can’t be filled"):
        publish(report, by=publisher, now=NOW)


def test_a_changed_cell_is_named_before_publishing(report: Report) -> None:
    before = compile_document(report)
    know(report.market, "900.00")
    impact = compare(before, compile_document(report))
    changed = {(one.name, one.scenario, one.year): one.new for one in impact.numbers}
    assert changed["Glass Material × SUV", "base", 2024] == Decimal("900.00")
    assert {name.split(" × ")[0] for name, _, _ in changed} == {"Fabric Material", "Glass Material"}


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.REGISTERED])
def test_lower_tiers_get_title_and_shape_and_no_cell(tier: Tier) -> None:
    document = sample_document()
    given: Document = readable(document, tier)
    assert given.cross_tables == ()
    locked = next(one for one in given.locked if one.anchor == "cross-material--vehicle")
    assert (locked.title, locked.tier) == ("Material by Vehicle", Tier.LICENSED)
    assert locked.shape == "2 rows × 3 columns × 11 years, modelled, 3 scenarios"


def test_an_upgrade_of_the_schema_alone_makes_no_new_edition(report: Report) -> None:
    """An edition stored before cross-tables, of a draft without any, is what publishing again would say."""
    CrossTable.objects.all().delete()
    recompute(report.market_id, trigger="test")
    publisher = UserFactory.create(is_staff=True)
    publisher.user_permissions.add(Permission.objects.get(codename="publish_report"))
    document = compile_document(report).to_json()
    del document["cross_tables"], document["traces"]
    old = report.editions.create(
        number=1, schema=1, document=document | {"schema": 1}, digest="0" * 64, published_at=NOW, published_by=publisher
    )
    assert publish(report, by=publisher, now=NOW) == old
