"""What the explorer's controls offer, given what is chosen: only public names."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity

from portal.explorer.asking import CHARTS, COMPANY_SHARE, SHOWN, Question
from portal.explorer.company_shares import players_of
from portal.explorer.lines import places
from portal.explorer.reading import Node, Opened, current
from portal.search.catalogue import catalogue
from reports.models import EditionSummary

OFFERED = 40


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool
    level: int = 1


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen report, and the address without it."""

    title: str
    slug: str
    edition: int
    without: str


@dataclass(frozen=True, slots=True)
class Choices:
    chips: tuple[Chip, ...]
    titles: tuple[str, ...]
    dimensions: tuple[Option, ...]
    segments: tuple[Option, ...]
    regions: tuple[Option, ...]
    companies: tuple[Option, ...]
    measures: tuple[Option, ...]
    scenarios: tuple[Option, ...]
    firsts: tuple[Option, ...]
    lasts: tuple[Option, ...]
    shown: tuple[Option, ...]
    charts: tuple[Option, ...]


def choices(question: Question, opened: Sequence[Opened], drawn: set[str], years: tuple[int, int]) -> Choices:
    """The controls' options. `drawn` are the paths of the rows that are shown. Two queries."""
    dimensions = {code: one.name for report in opened for code, one in report.dimensions.items()}
    offered: dict[str, Node] = {}
    for one in opened:
        offered |= {path: node for path, node in one.nodes.items() if node.dimension == question.by and question.by}
    regions = {node.slug: node.name for one in opened for node in places(one)}
    players = players_of(opened) if opened else {}
    measures = dict.fromkeys(one.headline.measure for one in opened)
    scenarios = {scenario.code: scenario.name for one in opened for scenario in one.scenarios}
    every = range(
        min((one.headline.first_year for one in opened), default=0),
        max((one.headline.last_year for one in opened), default=-1) + 1,
    )
    company = players.get(question.company, question.company)
    return Choices(
        chips=tuple(
            Chip(one.title, one.slug, one.edition.number, f"?{question.without_report(one.slug).query}")
            for one in opened
        ),
        titles=titles_offered(opened),
        dimensions=_options({"": "The whole market"} | dimensions, question.by),
        segments=tuple(Option(path, node.name, path in drawn, node.level) for path, node in offered.items()),
        regions=_options({"": "All regions"} | regions, question.region),
        companies=_options({"": "No company"} | players, question.company),
        measures=_options(
            {"": " and ".join(measures) or "As reported"}
            | ({name: name for name in measures} if len(measures) > 1 else {})
            | ({COMPANY_SHARE: f"Market share of {company}"} if question.company else {}),
            question.measure,
        ),
        scenarios=_options(scenarios or {"base": "Base"}, question.scenario),
        firsts=_options({str(year): str(year) for year in every}, str(years[0])),
        lasts=_options({str(year): str(year) for year in every}, str(years[1])),
        shown=_options(SHOWN, question.show),
        charts=_options(CHARTS, question.chart),
    )


def titles_offered(opened: Sequence[Opened]) -> tuple[str, ...]:
    """Titles of reports that may be added, those of the same industries first, and no more than a list can hold.

    Chosen from the catalogue in memory, so that it costs the same with ten thousand reports. Two queries at most.
    """
    rows = catalogue().rows
    taken = {one.edition.report_id for one in opened}
    industries = {one.edition.report.industry_id for one in opened}
    near = (row for row in rows if row.industry_id in industries and row.report_id not in taken)
    far = (row for row in rows if row.industry_id not in industries and row.report_id not in taken)
    ids = [row.edition_id for row in itertools.islice(itertools.chain(near, far), OFFERED)]
    titles = dict(EditionSummary.objects.filter(edition__in=ids).values_list("edition", "title"))
    return tuple(titles[pk] for pk in ids if pk in titles)


def report_called(title: str) -> str | None:
    """The slug of the current report that a typed title names: word for word, or else the one most alike."""
    rows = EditionSummary.objects.filter(edition__in=current())
    exact = rows.filter(title__iexact=title.strip()).values_list("edition__report__slug", flat=True).first()
    if exact:
        return exact
    likeness = TrigramWordSimilarity(title, "title")
    alike = rows.annotate(likeness=likeness).filter(likeness__gt=0.5).order_by("-likeness", "title")
    return alike.values_list("edition__report__slug", flat=True).first()


def _options(named: dict[Any, str], chosen: str) -> tuple[Option, ...]:
    if chosen and chosen not in named:
        named = named | {chosen: chosen}
    return tuple(Option(value, label, value == chosen) for value, label in named.items())
