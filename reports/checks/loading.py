"""Loads a report's draft from the tables into the frozen snapshot the rules see. About twenty queries."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Model, Q

from companies.models import CompanyAlias
from companies.models import Development as StoredDevelopment
from forecasts.crossing import cross_tables
from forecasts.models import Assumption, Driver, ForecastValue, Market, Observation, Segment
from reports.checks import draft as snapshot
from reports.checks.growth import Printed, printed
from reports.checks.places import link_to, link_to_data, link_to_drivers, link_to_part
from reports.models import AliasSuggestion, HeadlineClaim, ManuscriptImport, MatrixArea, Report, UnplacedLine

UNIT_POWERS = {"trillion": 12, "billion": 9, "million": 6, "thousand": 3}


def load_draft(report_id: int, *, today: date) -> snapshot.Draft:
    """The draft of a report as it stands, with its market, forecast, claims and companies. Writes nothing."""
    report = Report.objects.select_related("market__state").get(pk=report_id)
    market = report.market
    latest_import = _latest_import(report)
    dimensions = _dimensions(market, _names_of_geography(latest_import))
    values = _values(market)
    unplaced = UnplacedLine.objects.filter(manuscript__report=report, handled=False)
    return snapshot.Draft(
        title=report.title,
        today=today,
        subject=market.name,
        market=_market(market),
        link=link_to(report, "title"),
        part_links={part: link_to_part(report, part) for part in ("narratives", "players", "abbreviations")},
        claims=tuple(_claims(report)),
        dimensions=dimensions,
        texts=tuple(_texts(report)),
        forces=tuple(
            snapshot.Force(force.kind, force.title, force.body, link_to(force, "body")) for force in report.forces.all()
        ),
        matrix=_matrix(report),
        players=_players(report),
        alias_questions=tuple(
            snapshot.AliasQuestion(question.name, question.company.name, question.reason, link_to(question))
            for question in AliasSuggestion.objects.filter(
                manuscript__report=report, decision=AliasSuggestion.Decision.OPEN
            ).select_related("company", "manuscript")
        ),
        developments=tuple(_developments(report)),
        registered=frozenset(CompanyAlias.objects.values_list("name", flat=True)),
        abbreviations=tuple(report.abbreviations.values_list("short", "long")),
        observations=tuple(_observations(market)),
        values=values,
        assumed_shares=_assumed_shares(market),
        cross_tables=tuple(
            snapshot.CrossTable(crossed.table.title, crossed.problem, link_to(crossed.table))
            for crossed in cross_tables(market, values)
        ),
        report_slugs=frozenset(Report.objects.values_list("slug", flat=True)),
        driver_effects=tuple(Driver.objects.filter(market=market).values_list("effect", flat=True)),
        unplaced_lines=unplaced.count(),
        unplaced_link=link_to(latest_import) if latest_import else "",
        import_notes=tuple(_import_notes(latest_import)),
    )


def _row(row: Model, field: str = "") -> snapshot.Row:
    return snapshot.Row(row._meta.label_lower, row.pk, field)


def _market(market: Market) -> snapshot.Market:
    state = market.state
    return snapshot.Market(
        name=market.name,
        currency=market.currency,
        unit_mult=market.unit_mult,
        decimals=market.decimals,
        first_year=market.first_year,
        base_year=market.base_year,
        last_year=market.last_year,
        is_current=state.is_current,
        problem=state.problem if state.has_failed else "",
        link=link_to(market, "base_year"),
        data_link=link_to_data(market.pk),
        drivers_link=link_to_drivers(market.pk),
    )


def _claims(report: Report) -> Iterator[snapshot.Claim]:
    kinds = HeadlineClaim.Kind
    for claim in report.claims.all():
        shown = claim.shown or (f"{claim.value.normalize():f}" if claim.value is not None else "")
        if claim.kind == kinds.CAGR and shown and "%" not in shown:
            shown += " %"
        number = printed(claim.shown, claim.value) if claim.value is not None else None
        is_value = claim.kind == kinds.OTHER and claim.year and not claim.end_year and "–" not in shown
        if number is None and is_value:
            number = _in_unit(claim.shown, report.market.unit_mult)
        yield snapshot.Claim(
            kind="other-value" if is_value and number else claim.kind,
            quote=claim.quote,
            printed=number,
            shown=shown,
            year=claim.year,
            end_year=claim.end_year,
            decision=claim.decision,
            line=claim.line,
            link=link_to(claim),
            row=_row(claim),
        )


def _in_unit(shown: str, unit_mult: int) -> Printed | None:
    """An amount as printed, "USD 10.4 billion", in the market's unit."""
    number = printed(shown) if "%" not in shown else None
    if number is None:
        return None
    power = next((power for word, power in UNIT_POWERS.items() if word in shown.lower()), 0)
    scale = Decimal(1).scaleb(power - unit_mult)
    return Printed(number.value * scale, number.half * scale)


def _dimensions(market: Market, names_of_geography: tuple[str, ...]) -> tuple[snapshot.Dimension, ...]:
    segments: dict[int, list[snapshot.Segment]] = defaultdict(list)
    rows = Segment.objects.filter(dimension__market=market).select_related("dimension", "parent")
    for row in rows:
        segments[row.dimension_id].append(
            snapshot.Segment(
                path=row.path,
                name=row.name,
                dimension=row.dimension.code,
                parent=row.parent.path if row.parent else "",
                kind=row.kind,
                iso_code=row.iso_code,
                link=link_to(row, "name"),
                row=_row(row, "name"),
            )
        )
    return tuple(
        snapshot.Dimension(
            code=row.code,
            name=row.name,
            coverage=row.coverage,
            breaks_down=row.breaks_down.path if row.breaks_down else "",
            is_geography=row.is_geography,
            names=names_of_geography if row.is_geography else (),
            segments=tuple(segments[row.pk]),
            link=link_to(row, "coverage"),
            row=_row(row),
        )
        for row in market.dimensions.select_related("breaks_down")
    )


def _texts(report: Report) -> Iterator[snapshot.Text]:
    """Every piece of prose of the draft, the matrix apart."""

    def text(place: str, kind: str, row: Any, heading: str = "", about: str = "") -> snapshot.Text:
        link = link_to(row, "body")
        return snapshot.Text(place, kind, row.body, heading, about, link=link, row=_row(row, "body"))

    if report.summary:
        link = link_to(report, "summary")
        yield snapshot.Text("summary", "summary", report.summary, link=link, row=_row(report, "summary"))
    for section in report.sections.all():
        place = f"{section.get_kind_display()}: {section.heading}" if section.heading else section.get_kind_display()
        yield text(place, section.kind, section, section.heading)
    for number, takeaway in enumerate(report.takeaways.all(), 1):
        yield text(f"takeaway {number}", "takeaway", takeaway)
    for narrative in report.narratives.select_related("dimension", "segment"):
        about = narrative.segment.path if narrative.segment else narrative.dimension.code
        yield text(about, "narrative", narrative, about=about)
    for force in report.forces.all():
        yield text(f"{force.kind} {force.title}", force.kind, force)
    for item in report.pest_items.all():
        yield text(f"PEST: {item.get_factor_display()}", "pest", item)
    for porter in report.porter_forces.all():
        yield text(f"Porter: {porter.get_force_display()}", "porter", porter)


def _matrix(report: Report) -> snapshot.Matrix | None:
    areas = list(MatrixArea.objects.filter(report=report).prefetch_related("cells"))
    if not areas:
        return None
    cells = tuple(
        snapshot.Text(
            f"matrix: {area.name}, {cell.get_kind_display().lower()}",
            "matrix",
            cell.body,
            link=link_to(cell, "body"),
            row=_row(cell, "body"),
        )
        for area in areas
        for cell in area.cells.all()
    )
    return snapshot.Matrix(tuple(area.name for area in areas), cells, link=link_to(areas[0], "name"))


def _players(report: Report) -> tuple[snapshot.Player, ...]:
    players = list(report.players.select_related("company"))
    names: dict[int, list[str]] = defaultdict(list)
    of_players = CompanyAlias.objects.filter(company__in=[player.company_id for player in players])
    for company_id, name in of_players.values_list("company_id", "name"):
        names[company_id].append(name)
    return tuple(
        snapshot.Player(
            name=player.company.name,
            is_key=player.is_key,
            is_major=player.is_major,
            share=player.share,
            share_year=player.share_year,
            names=tuple(names[player.company_id]),
            link=link_to(player, "company"),
            row=_row(player),
        )
        for player in players
    )


def _developments(report: Report) -> Iterator[snapshot.Development]:
    for row in report.developments.prefetch_related("companies"):
        yield snapshot.Development(
            text=row.text,
            earliest=row.date,
            latest=_last_day(row),
            when=row.when,
            companies=tuple(company.name for company in row.companies.all()),
            source=row.source or row.source_url,
            link=link_to(row, "date"),
            row=_row(row, "text"),
        )


def _last_day(row: StoredDevelopment) -> date:
    if row.precision == StoredDevelopment.Precision.MONTH:
        return row.date.replace(day=monthrange(row.date.year, row.date.month)[1])
    if row.precision == StoredDevelopment.Precision.YEAR:
        return row.date.replace(month=12, day=31)
    return row.date


def _observations(market: Market) -> Iterator[snapshot.Observation]:
    for row in Observation.objects.filter(market=market).select_related("segment", "dimension"):
        yield snapshot.Observation(row.path, row.year, row.value, row.source, link_to(row, "value"))


def _assumed_shares(market: Market) -> dict[str, Decimal]:
    rows = Assumption.objects.filter(market=market, method=Assumption.Method.SHARE).select_related(
        "segment", "dimension"
    )
    return {row.path: row.share for row in rows if row.share is not None}


def _values(market: Market) -> dict[tuple[str, str, int], Decimal]:
    unit = Decimal(1).scaleb(-market.decimals)
    rows = ForecastValue.objects.filter(market=market).order_by().values_list("scenario", "path", "year", "value")
    return {(scenario, path, year): value.quantize(unit) for scenario, path, year, value in rows.iterator()}


def _latest_import(report: Report) -> ManuscriptImport | None:
    """The latest import without its text, but with what only its text shows."""
    named = {
        f"says_by_{name}": ExpressionWrapper(Q(text__iregex=rf"\yby {name}\y"), output_field=BooleanField())
        for name in ("region", "geography")
    }
    return ManuscriptImport.objects.filter(report=report).only("pk", "report", "findings").annotate(**named).first()


def _names_of_geography(imported: ManuscriptImport | None) -> tuple[str, ...]:
    return tuple(name.title() for name in ("region", "geography") if getattr(imported, f"says_by_{name}", False))


def _import_notes(imported: ManuscriptImport | None) -> Iterator[snapshot.ImportNote]:
    """The importer's own findings; anything stored in another shape is left out rather than failing the check."""
    for note in imported.findings if imported else []:
        if isinstance(note, dict) and note.get("code") and note.get("sentence"):
            lines = note.get("lines") or []
            yield snapshot.ImportNote(
                str(note["code"]), str(note.get("severity", "")), str(note["sentence"]), lines[0] if lines else None
            )
