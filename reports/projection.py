"""Projects editions into rows to filter across reports. The editions stay the truth: any of it can be rebuilt.

A row is valid for a range of editions. What an edition says anew is opened at its number; what it no longer says, or
says otherwise, is closed at the number before; what stays the same keeps its row.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from reports.document import Dimension, Document, Node, canonical
from reports.figures import TOTAL, prose_text
from reports.gating import tier_of_value
from reports.models import (
    Edition,
    EditionCompany,
    EditionDevelopment,
    EditionSegment,
    EditionSummary,
    EditionValue,
    Report,
)

BASE = "base"
NO_VALUE_THAT_YEAR = "Not estimated for this year."

type Rows = dict[tuple[Any, ...], tuple[Any, ...]]
"""What an edition says, by key: every column but the report, the range and the key itself."""


def project(edition: Edition) -> None:
    """Write the rows of `edition`, which must be its report's newest. Doing it twice changes nothing.

    Belongs in the transaction that stores the edition, whose lock on the report keeps two from projecting at once.
    Raises ValueError when a later edition was projected already: `rebuild` then.
    """
    if Edition.objects.filter(report=edition.report_id, number__gt=edition.number, summary__isnull=False).exists():
        raise ValueError(
            f"Edition {edition.number} of report {edition.report_id} is not the newest. Rebuild the report instead."
        )
    document = edition.contents
    with transaction.atomic():
        EditionSummary.objects.update_or_create(edition=edition, defaults=_summary(document))
        for model, key, rows in (
            (EditionValue, ("path", "scenario", "year"), value_rows),
            (EditionSegment, ("path",), segment_rows),
            (EditionCompany, ("slug",), company_rows),
            (EditionDevelopment, ("key",), development_rows),
        ):
            _advance(model, key, rows(document), edition)


def rebuild(report: Report) -> int:
    """Throw away every projected row of a report and write them again from its editions; returns how many editions."""
    with transaction.atomic():
        Report.objects.select_for_update(no_key=True).get(pk=report.pk)
        EditionSummary.objects.filter(edition__report=report).delete()
        for model in (EditionValue, EditionSegment, EditionCompany, EditionDevelopment):
            model._default_manager.filter(report=report).delete()
        projected = 0
        for edition in Edition.objects.filter(report=report).order_by("number").iterator(chunk_size=1):
            project(edition)
            projected += 1
        return projected


VALUE_COLUMNS = (
    "tier", "dimension", "name", "level", "parent", "leaf", "adds_to", "value", "low80", "high80", "low95", "high95",
    "unit", "currency", "status", "source", "illustrative", "note", "written", "written_intervals",
)  # fmt: skip
WRITTEN_COLUMNS = (
    "dimension", "path", "level", "parent", "leaf", "year", "scenario", "value", "unit", "currency", "status", "name",
    "adds_to", "source", "illustrative", "note",
)  # fmt: skip
WRITTEN_INTERVALS = ("low80", "high80", "low95", "high95")
"""A row's members in the API, in their order. Written once, here: a page of rows need only be joined together."""
DERIVED = ("written", "written_intervals")


def value_rows(document: Document) -> Rows:
    """Every node x scenario x year of the document's years, by (path, scenario, year).

    A node in a scenario without a value for a year has a row with no value, status M and a note that says why; a node
    without any value has such rows in the base scenario. Raises ValueError when there are values of a node that the
    document does not have.
    """
    headline = document.headline
    dimension_of = {path: node.dimension for path, node in document.by_path.items()} | {TOTAL: TOTAL}
    series = {(one.path, one.scenario): one for one in document.series}
    scenarios_of: dict[str, list[str]] = {}
    for path, scenario in series:
        scenarios_of.setdefault(path, []).append(scenario)
    unknown = scenarios_of.keys() - dimension_of.keys()
    if unknown:
        raise ValueError(f"The document has values for {', '.join(sorted(unknown))}, not among its nodes.")
    rows: Rows = {}
    for node in nodes(document):
        fixed = (node.name, node.level, node.parent, node.leaf, node.adds_to)
        for scenario in scenarios_of.get(node.path, [BASE]):
            found = series.get((node.path, scenario))
            cells = {cell.year: cell for cell in found.cells} if found else {}
            for year in sorted({*document.years, *cells}):
                tier = int(tier_of_value(document, dimension_of.get(node.path, ""), node.path, scenario, year))
                cell = cells.get(year)
                if cell is None:
                    numbers: tuple[Any, ...] = (None, None, None, None, None)
                    status, source, illustrative = "M", "", headline.illustrative
                    note = node.why_not or NO_VALUE_THAT_YEAR
                else:
                    numbers = (cell.value, cell.low80, cell.high80, cell.low95, cell.high95)
                    status, source, note = cell.status, cell.source, ""
                    illustrative = cell.illustrative or headline.illustrative
                row = (
                    tier, node.dimension, *fixed, *numbers, headline.unit, headline.currency, status, source,
                    illustrative, note,
                )  # fmt: skip
                named = dict(zip(VALUE_COLUMNS[: len(row)], row, strict=True))
                named |= {"path": node.path, "scenario": scenario, "year": year}
                written = (_members(named, WRITTEN_COLUMNS), _members(named, WRITTEN_INTERVALS))
                rows[node.path, scenario, year] = (*row, *written)
    return rows


def _members(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Some columns of a row as the members of a JSON object, without its braces. Decimals are strings, as printed."""
    chosen = {name: f"{row[name]:f}" if isinstance(row[name], Decimal) else row[name] for name in names}
    return json.dumps(chosen, ensure_ascii=False, separators=(",", ":"))[1:-1]


def nodes(document: Document) -> Iterator[Node]:
    """The market's total, then every node of every dimension."""
    headline = document.headline
    estimated = any(one.path == TOTAL for one in document.series)
    why_not = "" if estimated else "No data has been entered for it."
    yield Node(TOTAL, headline.market, TOTAL, TOTAL, 0, "", "", not document.dimensions, "", estimated, why_not)
    for dimension in document.dimensions:
        yield from dimension.nodes


SEGMENT_COLUMNS = (
    "dimension", "dimension_name", "coverage", "breaks_down", "name", "kind", "level", "parent", "adds_to", "leaf",
    "iso_code", "estimated", "why_not", "narrative",
)  # fmt: skip


def segment_rows(document: Document) -> Rows:
    """Every node of every dimension, by path, with its narrative as HTML."""

    def row(dimension: Dimension, node: Node) -> tuple[Any, ...]:
        return (
            dimension.code, dimension.name, dimension.coverage, dimension.breaks_down, node.name, node.kind, node.level,
            node.parent, node.adds_to, node.leaf, node.iso_code, node.estimated, node.why_not,
            prose_text(node.narrative),
        )  # fmt: skip

    return {(node.path,): row(dimension, node) for dimension in document.dimensions for node in dimension.nodes}


COMPANY_COLUMNS = ("name", "is_player", "is_key", "is_major", "share", "share_year", "share_source", "profile")


def company_rows(document: Document) -> Rows:
    """Every company the document names, by slug: players with their part and profile, and those in developments."""
    profiles_alone = Document("", "", "", "", "", "", "", document.headline, profiles=document.profiles)
    stored = {profile["slug"]: profile for profile in profiles_alone.to_json()["profiles"]}
    rows: Rows = {}
    for development in document.developments:
        for name, slug in development.companies:
            rows[slug,] = (name, False, False, False, None, None, "", stored.get(slug))
    for profile in document.profiles:
        rows[profile.slug,] = (profile.company, False, False, False, None, None, "", stored[profile.slug])
    for player in document.players:
        rows[player.slug,] = (
            player.company, True, player.is_key, player.is_major, player.share, player.share_year, player.share_source,
            stored.get(player.slug),
        )  # fmt: skip
    return rows


DEVELOPMENT_COLUMNS = ("date", "precision", "when", "kind", "text", "companies", "source", "source_url")


def development_rows(document: Document) -> Rows:
    """Every development, by a digest of what is told."""
    rows: Rows = {}
    for one in document.developments:
        companies = [{"name": name, "slug": slug} for name, slug in one.companies]
        row = (one.date, one.precision, one.when, one.kind, one.text, companies, one.source, one.source_url)
        rows[sha256(canonical(list(row))).hexdigest(),] = row
    return rows


def _summary(document: Document) -> dict[str, Any]:
    headline = document.headline
    of_headline = (
        "market", "measure", "currency", "unit", "price_basis", "first_year", "base_year", "last_year", "base_value",
        "end_value", "cagr", "concentration", "illustrative",
    )  # fmt: skip
    of_document = ("title", "summary", "industry", "industry_slug", "isic", "naics", "pages")
    return {name: getattr(headline, name) for name in of_headline} | {
        name: getattr(document, name) for name in of_document
    }


COLUMNS: Mapping[type[models.Model], tuple[str, ...]] = {
    EditionValue: VALUE_COLUMNS,
    EditionSegment: SEGMENT_COLUMNS,
    EditionCompany: COMPANY_COLUMNS,
    EditionDevelopment: DEVELOPMENT_COLUMNS,
}


def _advance(model: type[models.Model], key: tuple[str, ...], wanted: Rows, edition: Edition) -> None:
    """Bring the open rows of a report from the edition before to this one."""
    columns = COLUMNS[model]
    compared = tuple(name for name in columns if name not in DERIVED)  # which stand last, and follow from the others
    width = len(key)
    open_rows = model._default_manager.filter(report_id=edition.report_id, last_edition__isnull=True)
    stale = []
    kept = set()
    for pk, *stored in open_rows.values_list("pk", *key, *compared):
        place = tuple(stored[:width])
        if place in wanted and _stored(stored[width:]) == _stored(wanted[place][: len(compared)]):
            kept.add(place)
        else:
            stale.append(pk)
    if stale:
        model._default_manager.filter(pk__in=stale).update(last_edition=edition.number - 1)
    fresh = [(*place, *row) for place, row in wanted.items() if place not in kept]
    if fresh:
        _copy(model, (*key, *columns), fresh, edition)


def _stored(row: Iterable[Any]) -> tuple[Any, ...]:
    """Values as they compare. As text, for 1.10 and 1.1 are the same number but not the same print."""
    return tuple(value if value is None or isinstance(value, list | dict) else str(value) for value in row)


def _copy(model: type[models.Model], columns: tuple[str, ...], rows: list[tuple[Any, ...]], edition: Edition) -> None:
    """COPY new rows in, open from this edition on."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(name) for name in ("report_id", "first_edition", *columns)),
    )

    def encoded(value: Any) -> Any:
        return json.dumps(value) if isinstance(value, list | dict) else value

    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row((edition.report_id, edition.number, *map(encoded, row)))
