"""The accuracy record: what past editions forecast, beside what the current edition now gives as known.

Read from editions only, through their projected rows; scored by `forecasts.engine.record`. A forecast counts once for
each past edition that made it, withdrawn editions too: to withdraw an edition must not mend the record. Known is an
actual value (status A), or an observed estimate (status E with a source) of a year that the past edition forecast.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection

from forecasts.engine.record import Outcome, Score, score, score_by
from reports.document import Tier
from reports.models import Edition, EditionSummary, Report

type Ahead = tuple[tuple[int, Score], ...]
"""Scores by how many years ahead was forecast, or by edition, in order."""

FEW = 5
"""Scores of fewer outcomes are for licensed readers: with the forecast beside it, one would tell the actual value."""

NOTHING = Score(0, None, None, None, 0, None, None)


@dataclass(frozen=True, slots=True)
class Judged:
    """One forecast beside what came, both in `unit` as the current edition has it."""

    outcome: Outcome
    name: str
    unit: str
    status: str
    source: str
    illustrative: bool

    @property
    def percent_error(self) -> Decimal | None:
        """(forecast - actual) / actual in per cent, to two decimals; None for an actual of zero."""
        return score([self.outcome]).bias

    @property
    def decimals(self) -> int:
        """Places after the point that the actual value was printed with."""
        exponent = self.outcome.actual.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def error(self) -> Decimal:
        """forecast - actual, in `unit`."""
        return self.outcome.forecast - self.outcome.actual

    @property
    def interval(self) -> str:
        """Which of the published intervals the actual value fell in: "80 %", "95 %", "outside"; "" where none was."""
        one = self.outcome
        if one.low80 is None or one.high80 is None:
            return ""
        if one.low80 <= one.actual <= one.high80:
            return "80 %"
        if one.low95 is None or one.high95 is None:
            return "outside"
        return "95 %" if one.low95 <= one.actual <= one.high95 else "outside"


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    path: str
    name: str
    score: Score
    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """How the past editions of one report did. `segments` is empty for readers without a licence.

    `scored` is False where the scores are withheld because they rest on fewer than `FEW` outcomes. `illustrative`
    says that a value on either side is no market data. `not_comparable` counts forecasts in another currency, measure
    or price basis than the current edition's, which are left out. `editions` holds each past edition's own score.
    """

    report: str
    title: str
    score: Score
    ahead: Ahead
    segments: tuple[SegmentRecord, ...]
    illustrative: bool
    not_comparable: int
    scored: bool = True
    editions: Ahead = ()

    @property
    def cells_are_large(self) -> bool:
        """Whether each edition's forecasts of each year are `FEW` or more: no two groupings tell of a smaller one."""
        cells = Counter((one.outcome.edition, one.outcome.year) for part in self.segments for one in part.judged)
        return min(cells.values(), default=FEW) >= FEW

    @property
    def unit(self) -> str:
        """The unit of every value in `segments`."""
        return next((one.unit for segment in self.segments for one in segment.judged), "")


@dataclass(frozen=True, slots=True)
class HouseRecord:
    """How all reports did together, without illustrative data. `left_out` counts the outcomes that are illustrative."""

    score: Score
    ahead: Ahead
    reports: tuple[ReportRecord, ...]
    left_out: int
    scored: bool = True


def record_of(report: Report) -> ReportRecord:
    """The record of one report in full; `readable_record` takes away what a tier may not read. Two queries.

    Its title is that of the current edition, and empty where there is none.
    """
    judged, strangers = _judged(report)
    title = _titles([report.slug]).get(report.slug, "")
    return _report(report.slug, title, judged, strangers.get(report.slug, 0))


def record_at(edition: Edition, tier: Tier) -> ReportRecord:
    """How the editions before this one did, by what this one knows, as a reader of `tier` may have it. Two queries.

    It never changes: the editions before are stored, and those withdrawn count too. What is new since an earlier
    edition must be told by no difference of two public scores, so where that is less than `FEW` they are withheld.
    """
    rows = _pairs(EACH, edition.report_id, edition.number)
    known: dict[int, list[Judged]] = {}
    strangers = 0
    for number, judged, comparable in rows:
        if comparable:
            known.setdefault(number, []).append(judged)
        elif number == edition.number:
            strangers += 1
    record = _report(edition.report.slug, edition.contents.title, known.get(edition.number, []), strangers)
    told = {number: {_fact(one) for one in judged} for number, judged in known.items()}
    now = told.pop(edition.number, set())
    if tier < Tier.LICENSED and any(0 < len({fact[:3] for fact in now ^ before}) < FEW for before in told.values()):
        withheld = replace(NOTHING, count=record.score.count, intervals=record.score.intervals)
        return replace(record, score=withheld, ahead=(), editions=(), segments=(), scored=False)
    return readable_record(record, tier)


def _fact(one: Judged) -> tuple[int, str, int, Decimal]:
    outcome = one.outcome
    return outcome.edition, outcome.path, outcome.year, outcome.actual


def house_record() -> HouseRecord:
    """The record of the whole house: open to everyone. Two queries.

    Reports are in it that have an outcome, by title, each as the public may read it.
    """
    judged, strangers = _judged()
    of_report: dict[str, list[Judged]] = {}
    for one in judged:
        of_report.setdefault(one.outcome.report, []).append(one)
    titles = _titles(of_report)
    reports = sorted(
        (_report(slug, titles[slug], ones, strangers.get(slug, 0)) for slug, ones in of_report.items()),
        key=lambda one: one.title.casefold(),
    )
    real = [one.outcome for one in judged if not one.illustrative]
    return HouseRecord(
        score=_unless_few(score(real)),
        ahead=_public_ahead(_ahead(real)),
        reports=tuple(readable_record(one, Tier.PUBLIC) for one in reports),
        left_out=len(judged) - len(real),
        scored=len(real) >= FEW,
    )


def readable_record(record: ReportRecord, tier: Tier) -> ReportRecord:
    """The record as a reader of `tier` may have it: aggregates of at least `FEW` outcomes, or everything."""
    if tier >= Tier.LICENSED:
        return record
    return replace(
        record,
        score=_unless_few(record.score),
        ahead=_public_ahead(record.ahead),
        editions=record.editions if record.cells_are_large else (),
        segments=(),
        scored=record.score.count >= FEW,
    )


def _titles(slugs: Iterable[str]) -> dict[str, str]:
    """Slug -> title of the current edition."""
    current = EditionSummary.objects.filter(edition__in=Edition.objects.current(), edition__report__slug__in=slugs)
    return dict(current.values_list("edition__report__slug", "title"))


def _unless_few(found: Score) -> Score:
    return found if found.count >= FEW else replace(NOTHING, count=found.count, intervals=found.intervals)


def _public_ahead(ahead: Ahead) -> Ahead:
    """Groups large enough to be public; none at all where what is left over would tell of a small one."""
    return ahead if all(found.count >= FEW for _, found in ahead) else ()


def _report(slug: str, title: str, judged: list[Judged], strangers: int) -> ReportRecord:
    outcomes = [one.outcome for one in judged]
    by_path: dict[str, list[Judged]] = {}
    for one in judged:
        by_path.setdefault(one.outcome.path, []).append(one)
    return ReportRecord(
        report=slug,
        title=title,
        score=score(outcomes),
        ahead=_ahead(outcomes),
        segments=tuple(
            SegmentRecord(path, ones[-1].name, score(one.outcome for one in ones), tuple(ones))
            for path, ones in sorted(by_path.items(), key=lambda item: (item[0] != "total", item[0]))
        ),
        illustrative=any(one.illustrative for one in judged),
        not_comparable=strangers,
        editions=tuple(sorted(score_by(outcomes, lambda one: one.edition).items())),
    )


def _ahead(outcomes: Iterable[Outcome]) -> Ahead:
    """Scores by how many years after its base year an edition forecast."""
    return tuple(sorted(score_by(outcomes, lambda one: one.year - one.made).items()))


# A forecast that the current edition no longer makes has a closed row; the row that took its place says what is known.
CURRENT = """
    SELECT DISTINCT ON (edition.report_id) edition.report_id, edition.number, edition.terms, report.slug
    FROM editions edition
    JOIN reports_report report ON report.id = edition.report_id
    LEFT JOIN reports_withdrawal withdrawal ON withdrawal.edition_id = edition.id
    WHERE withdrawal.id IS NULL
    ORDER BY edition.report_id, edition.number DESC
"""
# What any edition up to one knew, each for itself.
EACH = """
    SELECT edition.report_id, edition.number, edition.terms, report.slug
    FROM editions edition JOIN reports_report report ON report.id = edition.report_id
    WHERE edition.number <= %(upto)s
"""
PAIRS = """
WITH editions AS MATERIALIZED (
    SELECT edition.id, edition.report_id, edition.number, summary.base_year,
           ROW(summary.measure, summary.currency, summary.price_basis,
               CASE WHEN summary.price_basis ILIKE 'constant%%' THEN edition.document #>> '{{headline,price_year}}' END
           ) AS terms
    FROM reports_edition edition
    JOIN reports_editionsummary summary ON summary.edition_id = edition.id
    WHERE %(report)s::bigint IS NULL OR edition.report_id = %(report)s
), now AS ({now})
SELECT now.number, now.slug, past.number, forecast.path, forecast.year, past.base_year, forecast.value, known.value,
       forecast.low80, forecast.high80, forecast.low95, forecast.high95,
       known.name, known.unit, known.status, known.source, forecast.illustrative OR known.illustrative,
       (past.terms, forecast.unit) IS NOT DISTINCT FROM (now.terms, known.unit)
FROM now
JOIN reports_editionvalue forecast ON forecast.report_id = now.report_id AND forecast.scenario = 'base'
     AND forecast.status = 'F' AND forecast.last_edition IS NOT NULL
JOIN reports_editionvalue known ON known.report_id = now.report_id AND known.scenario = 'base'
     AND known.path = forecast.path AND known.year = forecast.year AND known.first_edition <= now.number
     AND (known.last_edition IS NULL OR known.last_edition >= now.number)
     AND (known.status = 'A' OR known.status = 'E' AND known.source <> '')
JOIN editions past ON past.report_id = now.report_id AND past.number < now.number AND past.base_year < forecast.year
     AND past.number BETWEEN forecast.first_edition AND forecast.last_edition
WHERE forecast.value IS NOT NULL AND known.value IS NOT NULL
ORDER BY now.slug, forecast.path, forecast.year, past.number
"""


def _pairs(now: str, report: int | None, upto: int | None = None) -> list[tuple[int, Judged, bool]]:
    """Each forecast beside what came: the edition that knows it, the two, and whether they can be compared."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS.format(now=now), {"report": report, "upto": upto})
        rows = cursor.fetchall()
    return [
        (number, Judged(Outcome(*figures), name, unit, status, source, illustrative), comparable)
        for number, *figures, name, unit, status, source, illustrative, comparable in rows
    ]


def _judged(report: Report | None = None) -> tuple[list[Judged], dict[str, int]]:
    """Every outcome of one report or of all, and by report how many forecasts can't be compared."""
    judged: list[Judged] = []
    strangers: dict[str, int] = {}
    for _, one, comparable in _pairs(CURRENT, report.pk if report else None):
        if comparable:
            judged.append(one)
        else:
            slug = one.outcome.report
            strangers[slug] = strangers.get(slug, 0) + 1
    return judged, strangers
