"""The words of a report, in a workbook: sections, takeaways, narratives and forces; and what all its tables share."""

from collections.abc import Iterable, Sequence
from typing import Any

from forecasts.models import Dimension, Segment
from reports.importing.sheets.columns import Choice, Code, Column, Kind, Prose, Whole
from reports.importing.sheets.parts.base import Part, Problem, Values, nth
from reports.importing.sheets.parts.market import POSITION
from reports.importing.sheets.places import Places
from reports.models import MarketForce, Report, Section, SegmentNarrative, Takeaway

REPORT = Column("report", "The report’s code.", Code(), required=True, example="car-sunroof-market")


class WordPart(Part):
    """A table whose rows belong to reports."""

    belongs_to = "report"
    related: tuple[str, ...] = ("report",)

    def stored_in(self, reports: Any) -> Iterable[Any]:
        return self.model._default_manager.filter(report__in=reports).select_related(*self.related)

    def find(self, rows: Sequence[Values], places: Places) -> dict[str, Any]:
        slugs = {values["report"] for values in rows if values.get("report")}
        places.load_reports(slugs - places.reports.keys())
        reports = [places.reports[slug] for slug in slugs if slug in places.reports]
        found: dict[str, Any] = {}
        for one in self.stored_in(reports):
            key, turn = self.key_of(self.values_of(one)), 2
            while self.may_repeat and nth(key, turn - 1) in found:
                turn += 1
            found[nth(key, turn - 1)] = one
        return found

    def values_of(self, stored: Any) -> Values:
        fields = (column for column in self.columns if column.name != "report" and column.name not in self.not_fields)
        return {"report": stored.report.slug} | {column.name: getattr(stored, column.field) for column in fields}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        trouble = places.trouble_with_report(values["report"])
        return [Problem("report", trouble)] if trouble else []

    def begin(self, values: Values, places: Places) -> Any:
        return self.model(report=places.reports[values["report"]])

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        super().store(rows, places)
        places.changed_reports |= {places.reports[values["report"]].pk for values, _ in rows}

    def exported(self, places_of: Iterable[Any] | None = None) -> Iterable[Any]:
        reports = Report.objects.all()
        if places_of is not None:
            reports = reports.filter(market__in=[market.pk for market in places_of])
        return sorted(self.stored_in(reports), key=lambda one: self.order_of(self.values_of(one), one))

    def order_of(self, values: Values, stored: Any) -> Any:
        return (values["report"], getattr(stored, "position", 0), stored.pk)


class Sections(WordPart):
    code = "sections"
    title = "Sections"
    about = "Titled pieces of prose: overview, competitive landscape, methodology and so on."
    model = Section
    may_repeat = True
    key = ("report", "kind", "heading")
    columns = (
        REPORT,
        Column(
            "kind",
            "Which part of the report it is in.",
            Choice(options=list(Section.Kind.choices)),
            required=True,
            example="overview",
        ),
        Column("heading", "Its heading; may be empty.", Kind(200), example="Size of the market"),
        Column("body", "The text.", Prose(), example="Worth [[total 2024]] in the base year."),
        POSITION,
    )


class Takeaways(WordPart):
    code = "takeaways"
    title = "Takeaways"
    about = "What a reader should remember, in their order."
    model = Takeaway
    key = ("report", "number")
    not_fields = ("number",)
    columns = (
        REPORT,
        Column("number", "Which one it is, from 1.", Whole(least=1, greatest=999), required=True, example="1"),
        Column(
            "body",
            "The text.",
            Prose(),
            required=True,
            example="Glass leads with [[share material/glass-material 2031]].",
        ),
    )

    def stored_in(self, reports: Any) -> Iterable[Any]:
        """Takeaways with their number: positions may have gaps and ties, numbers have none."""
        numbered, last = [], (0, 0)
        for one in super().stored_in(reports).order_by("report", "position", "pk"):  # type: ignore[attr-defined]
            last = (one.report_id, last[1] + 1 if one.report_id == last[0] else 1)
            one.number = last[1]
            numbered.append(one)
        return numbered

    def values_of(self, stored: Any) -> Values:
        return super().values_of(stored) | {"number": stored.number}

    def begin(self, values: Values, places: Places) -> Any:
        return Takeaway(report=places.reports[values["report"]], position=values["number"] - 1)


class Narratives(WordPart):
    code = "narratives"
    title = "Narratives"
    about = "What the report says of a dimension or a segment."
    model = SegmentNarrative
    key = ("report", "path")
    related = ("report", "dimension", "segment")
    not_fields = ("path",)
    columns = (
        REPORT,
        Column(
            "path",
            "The dimension’s code, or the segment’s path.",
            Code(most=400, path=True),
            required=True,
            example="material/glass-material",
        ),
        Column("body", "The text.", Prose(), required=True, example="Glass is the larger material."),
    )

    def values_of(self, stored: Any) -> Values:
        path = stored.segment.path if stored.segment else stored.dimension.code
        return super().values_of(stored) | {"path": path}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        if problems:
            return problems
        place = (places.market_of(values["report"]), values["path"])
        kinds: tuple[Any, str] = (
            (places.segments, "segments") if "/" in values["path"] else (places.dimensions, "dimensions")
        )
        if place not in kinds[0] and place not in places.announced[kinds[1]]:
            problems.append(Problem("path", f"The report’s market has nothing at “{values['path']}”."))
        return problems

    def begin(self, values: Values, places: Places) -> Any:
        place = (places.market_of(values["report"]), values["path"])
        segment: Segment | None = places.segments.get(place)
        dimension: Dimension = segment.dimension if segment is not None else places.dimensions[place]
        return SegmentNarrative(report=places.reports[values["report"]], dimension=dimension, segment=segment)

    def order_of(self, values: Values, stored: Any) -> Any:
        return (values["report"], stored.dimension.position, values["path"])


class Forces(WordPart):
    code = "forces"
    title = "Forces"
    about = "Drivers, restraints and opportunities, in words."
    model = MarketForce
    key = ("report", "kind", "title")
    related = ("report", "driver")
    not_fields = ("driver",)
    columns = (
        REPORT,
        Column(
            "kind",
            "driver, restraint or opportunity.",
            Choice(options=list(MarketForce.Kind.choices)),
            required=True,
            example="driver",
        ),
        Column("title", "Its title.", Kind(200), required=True, example="Comfort sells"),
        Column("body", "The text.", Prose(), example="Buyers like light."),
        Column("driver", "The code of the driver that measures it, if any.", Code(most=80)),
        POSITION,
    )

    def values_of(self, stored: Any) -> Values:
        return super().values_of(stored) | {"driver": stored.driver.code if stored.driver else ""}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        if not problems and values.get("driver"):
            place = (places.market_of(values["report"]), values["driver"])
            if place not in places.drivers and place not in places.announced["drivers"]:
                problems.append(Problem("driver", f"The report’s market has no driver “{values['driver']}”."))
        return problems

    def fill(self, target: Any, values: Values, places: Places) -> set[str]:
        fields = super().fill(target, values, places)
        if "driver" in values:
            target.driver = places.drivers.get((places.market_of(values["report"]), values["driver"]))
            fields.add("driver")
        return fields


WORD_PARTS: tuple[WordPart, ...] = (Sections(), Takeaways(), Narratives(), Forces())
