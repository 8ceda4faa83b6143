"""An edition says of each node how it is projected: as the editor entered it, else as the engine says it chose."""

from decimal import Decimal

import pytest

from forecasts.explaining import explain
from forecasts.models import Assumption
from forecasts.recompute import recompute
from reports.compiling import compile_document
from reports.document import Document, Tier
from reports.gating import readable
from reports.models import Report
from tests.factories import sunroof_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    return sunroof_draft()


def compiled(report: Report) -> Document:
    recompute(report.market_id, trigger="test")
    return compile_document(report)


def method(document: Document, path: str) -> str:
    return next(one.method for one in document.series if (one.path, one.scenario) == (path, "base"))


def test_an_entered_growth_rate_is_said_as_it_was_entered(report: Report) -> None:
    assert method(compiled(report), "material/glass-material") == "Constant growth of 8.2 % a year"


def test_a_node_without_an_assumption_says_what_the_engine_did_in_readers_names(report: Report) -> None:
    Assumption.objects.filter(segment__name="Fabric Material").delete()
    said = method(compiled(report), "material/fabric-material")
    assert said == "Growth of its parent “Car Sunroof Market” (constant share)"


def test_equal_drafts_give_equal_documents(report: Report) -> None:
    first = compiled(report)
    assert compile_document(report).digest() == first.digest()


def test_an_edition_tells_of_every_computed_value_how_it_adds_up(report: Report) -> None:
    document = compiled(report)
    computed = {
        (one.scenario, one.path, cell.year): cell.value
        for one in document.series
        for cell in one.cells
        if cell.status == "F"
    }
    assert computed
    assert computed.keys() <= document.steps.keys()
    for place, value in computed.items():
        base, adjustment, _ = document.steps[place]
        assert abs(value - base - adjustment) <= Decimal("0.01"), place
    assert document.steps["base", "total", 2031] == (Decimal("3701.17"), Decimal(0), True)


def test_the_steps_are_those_the_desk_explains(report: Report) -> None:
    document = compiled(report)
    place = ("optimistic", "material/glass-material", 2028)
    told = explain(report.market, *place)
    assert document.steps[place] == (told["base_value"], told["reconciliation_adjustment"], False)


def test_lower_tiers_get_no_steps(report: Report) -> None:
    document = compiled(report)
    for tier in (Tier.PUBLIC, Tier.REGISTERED):
        assert readable(document, tier).steps == {}
