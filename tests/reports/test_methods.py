"""An edition says of each node how it is projected: as the editor entered it, else as the engine says it chose."""

import pytest

from forecasts.models import Assumption
from forecasts.recompute import recompute
from reports.compiling import compile_document
from reports.document import Document
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
