"""The tables of an analysis, in a workbook: impact matrix, PEST, Porter, players, abbreviations."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from companies.models import name_key
from reports.importing.drafting_companies import company_named
from reports.importing.sheets.columns import Choice, Column, Kind, Number, Prose, Whole, YesNo
from reports.importing.sheets.parts.base import Doubt, Problem, Values
from reports.importing.sheets.parts.market import POSITION
from reports.importing.sheets.parts.register import doubts_about_name
from reports.importing.sheets.parts.words import REPORT, WordPart
from reports.importing.sheets.places import Places
from reports.models import Abbreviation, MarketForce, MatrixArea, MatrixCell, PestItem, Player, PorterForce


class Matrix(WordPart):
    code = "matrix"
    title = "Matrix"
    about = "The impact matrix: what drivers, restraints and opportunities do to an area of business."
    model = MatrixCell
    key = ("report", "area", "kind")
    columns = (
        REPORT,
        Column("area", "The area of business.", Kind(120), required=True, example="Supply chain"),
        Column(
            "kind",
            "driver, restraint or opportunity.",
            Choice(options=list(MarketForce.Kind.choices)),
            required=True,
            example="driver",
        ),
        Column("body", "The text.", Prose(), required=True, example="Longer contracts for glass."),
        Column("position", "The area’s place in the order, from 0.", Whole(), never_empty=True),
    )

    def stored_in(self, reports: Any) -> Iterable[Any]:
        return MatrixCell.objects.filter(area__report__in=reports).select_related("area__report")

    def values_of(self, stored: Any) -> Values:
        area = stored.area
        return {
            "report": area.report.slug,
            "area": area.name,
            "kind": stored.kind,
            "body": stored.body,
            "position": area.position,
        }

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        for values, stored in rows:
            report = places.reports[values["report"]]
            area = stored.area if stored else MatrixArea.objects.get_or_create(report=report, name=values["area"])[0]
            if values.get("position") not in (None, area.position):
                area.position = values["position"]
                area.save(update_fields=["position"])
            cell = stored or MatrixCell(area=area, kind=values["kind"])
            cell.body = values.get("body", cell.body)
            cell.save()
            places.changed_reports.add(report.pk)

    def order_of(self, values: Values, stored: Any) -> Any:
        return (values["report"], values["position"], values["area"], values["kind"])


class Pest(WordPart):
    code = "pest"
    title = "PEST"
    about = "Political, economic, social and technological factors."
    model = PestItem
    key = ("report", "factor")
    columns = (
        REPORT,
        Column(
            "factor",
            "political, economic, social or technological.",
            Choice(options=list(PestItem.Factor.choices)),
            required=True,
            example="political",
        ),
        Column("body", "The text.", Prose(), example="Safety rules for glass."),
    )


class Porter(WordPart):
    code = "porter"
    title = "Porter"
    about = "Porter’s five forces."
    model = PorterForce
    key = ("report", "force")
    columns = (
        REPORT,
        Column(
            "force",
            "suppliers, buyers, substitutes, entrants or rivalry.",
            Choice(options=list(PorterForce.Force.choices)),
            required=True,
            example="suppliers",
        ),
        Column("rating", "1 weak to 5 strong.", Whole(least=1, greatest=5), example="3"),
        Column("body", "The text.", Prose(), example="Few makers of curved glass."),
    )


class Players(WordPart):
    code = "players"
    title = "Players"
    about = "Companies in this market."
    model = Player
    key = ("report", "company")
    related = ("report", "company")
    not_fields = ("company",)
    columns = (
        REPORT,
        Column(
            "company",
            "The company by its name or an alias in the register.",
            Kind(200),
            required=True,
            example="Webasto Group",
        ),
        Column("is_key", "yes or no. A new player is a key player unless this says no.", YesNo(), example="yes"),
        Column("is_major", "yes: a major player.", YesNo(), example="yes"),
        Column(
            "share",
            "Market share in %, with its year and source.",
            Number(least=Decimal(0), greatest=Decimal(100), places=3),
        ),
        Column("share_year", "Of which year the share is.", Whole(least=1900, greatest=2200)),
        Column("share_source", "Where the share comes from.", Kind(300)),
        POSITION,
    )

    def find(self, rows: Sequence[Values], places: Places) -> dict[str, Any]:
        places.load_companies(values["company"] for values in rows if values.get("company"))
        return super().find(rows, places)

    def key_of(self, values: Values) -> str:
        return f"{values['report']}\x1f{name_key(values['company'])}"

    def values_of(self, stored: Any) -> Values:
        return super().values_of(stored) | {"company": stored.company.name}

    def canonical(self, values: Values, places: Places) -> Values:
        """A company named by an alias is the company."""
        company = places.company(values.get("company", ""))
        return values | {"company": company.name} if company is not None else values

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        shares = [
            values.get(name, getattr(stored, name, None) if stored else None)
            for name in ("share", "share_year", "share_source")
        ]
        if (shares[0] is not None or shares[1] is not None) and not all(one not in (None, "") for one in shares):
            problems.append(Problem("share", "A market share needs its year and its source, and these a share."))
        return problems

    def doubts(self, values: Values, stored: Any | None, places: Places) -> list[Doubt]:
        known = stored is not None or places.knows_company(values["company"])
        return [] if known else doubts_about_name("company", values["company"], places)

    def begin(self, values: Values, places: Places) -> Any:
        company = places.company(values["company"]) or company_named(values["company"])
        return Player(report=places.reports[values["report"]], company=company)


class Abbreviations(WordPart):
    code = "abbreviations"
    title = "Abbreviations"
    about = "Short forms and what they stand for."
    model = Abbreviation
    key = ("report", "short")
    columns = (
        REPORT,
        Column("short", "The short form.", Kind(30), required=True, example="OEM"),
        Column("long", "What it stands for.", Kind(200), required=True, example="Original equipment manufacturer"),
    )

    def order_of(self, values: Values, stored: Any) -> Any:
        return (values["report"], values["short"])


ANALYSIS_PARTS: tuple[WordPart, ...] = (Matrix(), Pest(), Porter(), Players(), Abbreviations())
