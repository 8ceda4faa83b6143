"""The accuracy record: what past editions forecast, scored against what later editions give as known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from portal.access.models import User
from reports.document import Document, Tier
from reports.models import Edition
from reports.models.editions import Withdrawal
from reports.projection import project
from reports.record import FEW, NOTHING, house_record, readable_record, record_at, record_of
from tests.documents import sample_document, small_document
from tests.editions import NOW, store_edition
from tests.factories import ReportFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return UserFactory.create(email="editor@example.org", is_staff=True)


def known(
    document: Document,
    factors: Mapping[tuple[str, int], str],
    *,
    status: str = "A",
    source: str = "Association, 2027",
    illustrative: bool = False,
) -> Document:
    """The document a year on: these cells of the base scenario are now known, at so many times what was forecast."""
    series = tuple(
        replace(
            one,
            cells=tuple(
                replace(
                    cell,
                    value=(cell.value * Decimal(factors[one.path, cell.year])).quantize(Decimal("0.01")),
                    status=status,
                    source=source,
                    illustrative=illustrative,
                    low80=None,
                    high80=None,
                    low95=None,
                    high95=None,
                )
                if one.scenario == "base" and (one.path, cell.year) in factors
                else cell
                for cell in one.cells
            ),
        )
        for one in document.series
    )
    return replace(document, series=series)


def real(document: Document) -> Document:
    """The document as if its numbers were market data."""
    series = tuple(
        replace(one, cells=tuple(replace(cell, illustrative=False) for cell in one.cells)) for one in document.series
    )
    return replace(document, series=series, headline=replace(document.headline, illustrative=False))


def publish(editor: User, *documents: Document) -> Edition:
    for document in documents:
        edition = store_edition(document, by=editor)
        project(edition)
    return edition


MATERIALS = {
    ("total", 2025): "1",
    ("material/glass-material", 2025): "1.25",
    ("material/fabric-material", 2025): "0.8",
    ("total", 2026): "0.5",
    ("material/glass-material", 2026): "1",
}


def test_nothing_is_scored_until_an_actual_value_arrives(editor: User) -> None:
    edition = publish(editor, real(sample_document()), replace(real(sample_document()), pages=99))
    assert record_of(edition.report).score == NOTHING
    assert house_record().reports == ()


def test_an_actual_value_scores_the_forecast_of_the_past_edition(editor: User) -> None:
    first = real(sample_document())
    edition = publish(editor, first, known(first, {("material/glass-material", 2025): "1.25"}))
    record = record_of(edition.report)
    (judged,) = record.segments[0].judged
    assert (judged.outcome.edition, judged.outcome.made, judged.outcome.year) == (1, 2024, 2025)
    assert judged.outcome.forecast == first.value("material/glass-material", 2025)
    assert judged.percent_error == Decimal("-20.00")
    assert judged.source == "Association, 2027"
    assert (record.score.mape, record.score.bias) == (Decimal("20.00"), Decimal("-20.00"))
    assert record.ahead == ((1, record.score),)


def test_every_past_edition_that_made_the_forecast_is_scored(editor: User) -> None:
    first = real(sample_document())
    edition = publish(editor, first, replace(first, pages=99), known(first, {("total", 2025): "1.1"}))
    (total,) = record_of(edition.report).segments
    assert [one.outcome.edition for one in total.judged] == [1, 2]


def test_a_withdrawn_edition_stays_in_the_record(editor: User) -> None:
    first = real(sample_document())
    publish(editor, first)
    Withdrawal.objects.create(edition=Edition.objects.get(), reason="A slip", withdrawn_at=NOW, withdrawn_by=editor)
    edition = publish(editor, known(first, {("total", 2025): "1.1"}))
    assert record_of(edition.report).score.count == 1


def test_actual_values_of_a_withdrawn_edition_score_nothing(editor: User) -> None:
    first = real(sample_document())
    edition = publish(editor, first, known(first, {("total", 2025): "1.1"}))
    Withdrawal.objects.create(
        edition=edition, reason="Wrong", withdrawn_at=NOW + timedelta(days=1), withdrawn_by=editor
    )
    assert record_of(edition.report).score == NOTHING


def test_an_observed_estimate_counts_and_a_computed_one_does_not(editor: User) -> None:
    first = real(sample_document())
    observed = known(first, {("total", 2025): "1.1"}, status="E")
    computed = known(observed, {("total", 2026): "1.1"}, status="E", source="")
    edition = publish(editor, first, computed)
    (total,) = record_of(edition.report).segments
    assert [one.outcome.year for one in total.judged] == [2025]


def test_intervals_are_hit_or_missed(editor: User) -> None:
    first = real(sample_document())
    edition = publish(editor, first, known(first, MATERIALS))
    record = record_of(edition.report)
    intervals = {(s.path, one.outcome.year): one.interval for s in record.segments for one in s.judged}
    assert intervals["total", 2025] == "80 %"
    assert intervals["total", 2026] == "outside"
    assert record.score.coverage80 is not None
    assert record.score.intervals == 5


def test_forecasts_in_another_currency_are_left_out_and_counted(editor: User) -> None:
    first = real(sample_document())
    later = known(first, {("total", 2025): "1.1"})
    euros = replace(later, headline=replace(later.headline, currency="EUR", unit="EUR million"))
    edition = publish(editor, first, euros)
    record = record_of(edition.report)
    assert (record.score, record.not_comparable) == (NOTHING, 1)


def test_constant_prices_of_another_year_are_not_compared(editor: User) -> None:
    first = real(sample_document())
    constant = replace(first, headline=replace(first.headline, price_basis="Constant prices", price_year=2020))
    later = known(constant, {("total", 2025): "1.1"})
    rebased = replace(later, headline=replace(later.headline, price_year=2025))
    assert record_of(publish(editor, constant, later).report).score.count == 1
    assert record_of(publish(editor, rebased).report).not_comparable == 1


def test_illustrative_numbers_are_marked_and_kept_out_of_the_houses_record(editor: User) -> None:
    first = real(sample_document())
    edition = publish(editor, first, known(first, MATERIALS, illustrative=True))
    house = house_record()
    assert record_of(edition.report).illustrative
    assert (house.score.count, house.left_out) == (0, len(MATERIALS))


def test_the_house_puts_its_reports_together(editor: User) -> None:
    first, other = real(sample_document()), real(small_document())
    publish(editor, first, known(first, MATERIALS))
    years = range(other.headline.base_year + 1, other.headline.base_year + 3)
    publish(editor, other, known(other, {("total", year): "1.1" for year in years}))
    house = house_record()
    assert [one.report for one in house.reports] == ["car-sunroof-market", "heat-pump-market"]
    assert house.score.count == len(MATERIALS) + len(years)
    assert house.score.mape is not None


def test_the_public_reads_aggregates_and_licensed_readers_every_segment(editor: User) -> None:
    first = real(sample_document())
    record = record_of(publish(editor, first, known(first, MATERIALS)).report)
    public = readable_record(record, Tier.PUBLIC)
    assert public.segments == ()
    assert public.score == record.score
    assert public.scored
    assert readable_record(record, Tier.LICENSED) == record


def test_so_few_outcomes_that_they_would_tell_the_actual_value_are_not_public(editor: User) -> None:
    first = real(sample_document())
    record = record_of(publish(editor, first, known(first, {("total", 2031): "1.1"})).report)
    assert record.score.count < FEW
    for tier in (Tier.PUBLIC, Tier.REGISTERED):
        public = readable_record(record, tier)
        assert not public.scored
        assert (public.score.count, public.score.mape, public.ahead) == (1, None, ())
    assert house_record().score.mape is None


def test_a_report_that_was_never_published_has_no_record() -> None:
    assert record_of(ReportFactory.create()).score == NOTHING


def of_places(count: int, factor: str = "1.1") -> dict[tuple[str, int], str]:
    """So many places of the sample that are known in 2025."""
    places = [path for path, node in sample_document().by_path.items() if node.estimated][:count]
    return {(path, 2025): factor for path in places}


def test_an_edition_keeps_the_record_that_it_came_with(editor: User) -> None:
    first = real(sample_document())
    publish(editor, first, replace(first, pages=99), known(first, of_places(6)))
    publish(editor, known(first, of_places(12, "1.2")))
    third, fourth = Edition.objects.filter(number__in=(3, 4)).order_by("number")
    before = record_at(third, Tier.LICENSED)
    assert [(number, score.count) for number, score in before.editions] == [(1, 6), (2, 6)]
    assert {score.mape for _, score in before.editions} == {Decimal("9.09")}
    assert record_at(fourth, Tier.LICENSED) == record_of(fourth.report), "the current edition's is the report's"
    Withdrawal.objects.create(edition=fourth, reason="A slip", withdrawn_at=NOW, withdrawn_by=editor)
    assert record_at(third, Tier.LICENSED) == before


def test_the_public_reads_each_edition_s_score_where_no_group_is_small(editor: User) -> None:
    first = real(sample_document())
    edition = publish(editor, first, replace(first, pages=99), known(first, of_places(FEW)))
    assert [score.count for _, score in record_at(edition, Tier.PUBLIC).editions] == [FEW, FEW]
    small = known(first, of_places(FEW) | {("total", 2026): "1.1"})
    assert not readable_record(record_of(publish(editor, small).report), Tier.PUBLIC).editions


def test_two_editions_together_tell_no_few_outcomes(editor: User) -> None:
    first = real(sample_document())
    edition = publish(editor, first, known(first, of_places(8)))
    assert record_at(edition, Tier.PUBLIC).score.mape is not None
    one_more = publish(editor, known(first, of_places(9)))  # which edition 2 forecast as edition 1 did
    withheld = record_at(one_more, Tier.PUBLIC)
    assert not withheld.scored
    assert (withheld.score.count, withheld.score.mape, withheld.editions, withheld.ahead) == (10, None, (), ())
    assert record_at(one_more, Tier.LICENSED).score.mape is not None
