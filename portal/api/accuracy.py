"""The accuracy record and the explanation of one value, both from editions."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from portal.access import entitlement
from portal.api.errors import BadQuestion
from portal.api.filters import OfReports, Parameters, Text, Texts, Whole, left_to_the_reading
from portal.api.reading import EITHER_OR, WORDS, Reading, find
from portal.api.serializers import (
    ACCESS,
    ILLUSTRATIVE,
    INTERVALS,
    EditionFields,
    WithheldFields,
    number,
    string,
    whole,
    yes,
)
from portal.api.views import ApiView, edition_fields
from reports.document import Document, Tier
from reports.gating import readable
from reports.models import Edition, Report
from reports.record import FEW, Ahead, Judged, ReportRecord, house_record, readable_record, record_of

STATUS = {"A": "actual", "E": "estimated", "F": "forecast"}
TRACED = ("base_value", "reconciliation_adjustment", "rounding", "pinned")
CLOSED = ("method", *TRACED, *INTERVALS, "inputs_digest", "values_digest")
SCORES = f"Null where fewer than {FEW} forecasts are scored and the report is not licensed to you."


class ScoreFields(serializers.Serializer[Any]):
    """Errors of forecasts against what came. Of editions' base scenario; each past edition's forecast counts once."""

    count = whole("How many forecasts have met their actual value.")
    mape = number(f"Mean absolute error in per cent of the actual value. {SCORES}")
    smape = number("Mean absolute error in per cent of the mean of forecast and actual.")
    bias = number("Mean error in per cent of the actual value; positive: the forecasts were too high.")
    intervals = whole("How many of them had an interval.")
    coverage80 = number("Per cent of those whose 80 % interval held the actual value.")
    coverage95 = number("Per cent of those whose 95 % interval held the actual value.")


class AheadFields(ScoreFields):
    """Scores of the forecasts made so many years ahead."""

    years_ahead = whole("The year forecast less the base year of the edition.")


class OutcomeFields(serializers.Serializer[Any]):
    """One forecast beside what came."""

    edition = whole("The past edition that forecast it.")
    base_year = whole("The base year it was made from.")
    year = whole("The year forecast.")
    forecast = number("What the edition forecast, in `unit`.")
    actual = number("What the current edition gives as known, in `unit`.")
    status = string("Of the known value: A actual or E an observed estimate.")
    error = number("forecast - actual, in `unit`.")
    percent_error = number("The error in per cent of the actual value.")
    interval = string("The published interval the actual value fell in: 80 %, 95 %, outside; empty where none was.")
    unit = string("The unit of the values.")
    source = string("Where the known value comes from; empty for a sum of its parts.")  # type: ignore[assignment]
    illustrative = yes(ILLUSTRATIVE)


class SegmentScoreFields(ScoreFields):
    """Scores of one node."""

    path = string("The node's address.")
    name = string("The node's name.")
    outcomes = OutcomeFields(many=True, help_text="Every forecast of it beside what came.")


class ReportScoreFields(ScoreFields):
    """How the past editions of one report did."""

    report = string("The report's slug.")
    title = string("Its title.")
    access = string(ACCESS)
    illustrative = yes(ILLUSTRATIVE)
    not_comparable = whole("Forecasts left out: of another currency, measure or price basis than the current edition.")
    by_years_ahead = AheadFields(many=True, help_text="Scores by years ahead; empty where a group is too small.")
    by_segment = SegmentScoreFields(many=True, allow_null=True, help_text="For licensed readers; else null.")


class HouseScoreFields(ScoreFields):
    """How all reports did together, without illustrative data."""

    illustrative_left_out = whole("Outcomes of illustrative data, which are not in these scores.")
    by_years_ahead = AheadFields(many=True, help_text="Scores by years ahead; empty where a group is too small.")


class AccuracyFields(serializers.Serializer[Any]):
    """The accuracy record."""

    house = HouseScoreFields(help_text="All reports together.")
    reports = ReportScoreFields(many=True, help_text="Those asked for; or all that have a forecast scored.")
    withheld = WithheldFields(allow_null=True, help_text="What your access does not include.")


class WhichReports(Parameters):
    report = Texts(method=left_to_the_reading, label="Only these reports, by slug; several divided by commas.")


class AccuracyView(ApiView):
    """What past editions forecast, scored against the actual values that current editions hold."""

    filterset_class = WhichReports
    serializer_class = AccuracyFields
    tag, summary = "accuracy", "How past forecasts did"

    def get(self, request: Request) -> HttpResponse:
        asked = self.asked().cleaned
        house = house_record()
        if "report" in asked:
            named = Reading.of(self.reader, asked, at=self.now).named or ()
            reports = [edition.report for edition in named]
        else:
            reports = list(Report.objects.filter(slug__in=[one.report for one in house.reports]).order_by("slug"))
        tiers = entitlement.tiers(self.reader, reports, at=self.now)
        public = {one.report: one for one in house.reports}
        answers, closed = [], []
        for report in reports:
            tier = tiers[report.pk]
            known = public.get(report.slug)
            record = readable_record(record_of(report), tier) if tier >= Tier.LICENSED or known is None else known
            answers.append(_report(record, tier))
            if tier < Tier.LICENSED and record.score.count:
                closed.append(report.slug)
        reason = f"The record of {', '.join(closed)} by segment needs a licence." if closed else ""
        return self.answer_with(
            {
                "house": {
                    **asdict(house.score),
                    "illustrative_left_out": house.left_out,
                    "by_years_ahead": _ahead(house.ahead),
                },
                "reports": answers,
                "withheld": {"rows": None, "columns": ["by_segment"], "reason": reason} if closed else None,
            }
        )


def _ahead(ahead: Ahead) -> list[dict[str, Any]]:
    return [{"years_ahead": years, **asdict(score)} for years, score in ahead]


def _report(record: ReportRecord, tier: Tier) -> dict[str, Any]:
    return {
        "report": record.report,
        "title": record.title,
        "access": WORDS[tier],
        **asdict(record.score),
        "illustrative": record.illustrative,
        "not_comparable": record.not_comparable,
        "by_years_ahead": _ahead(record.ahead),
        "by_segment": None
        if tier < Tier.LICENSED
        else [
            {
                "path": one.path,
                "name": one.name,
                **asdict(one.score),
                "outcomes": [_outcome(judged) for judged in one.judged],
            }
            for one in record.segments
        ],
    }


def _outcome(judged: Judged) -> dict[str, Any]:
    one = judged.outcome
    return {
        "edition": one.edition,
        "base_year": one.made,
        "year": one.year,
        "forecast": one.forecast,
        "actual": one.actual,
        "status": judged.status,
        "error": judged.error,
        "percent_error": judged.percent_error,
        "interval": judged.interval,
        "unit": judged.unit,
        "source": judged.source,
        "illustrative": judged.illustrative,
    }


class ObservationFields(serializers.Serializer[Any]):
    """An observation that the value rests on."""

    year = whole("Its year.")
    value = number("Its value as printed, in `unit`.")
    status = string("SDMX: A actual, E estimated.")
    source = string("Where it comes from.")  # type: ignore[assignment]


class ExplainFields(serializers.Serializer[Any]):
    """How one printed value came about, as its edition records it."""

    edition = EditionFields(help_text="The edition that prints it.")
    path = string("The node's address.")
    name = string("The node's name.")
    year = whole("Calendar year.")
    scenario = string("The scenario's code.")
    value = number("The value as printed, in `unit`.")
    unit = string("The unit of every value here.")
    status = string("SDMX: A actual, E estimated, F forecast.")
    status_in_words = string("The status in words.")
    method = string("How the node is projected; empty where the edition does not say.", allow_null=True)
    base_value = number("What the method alone gives, in `unit`. Null for observed values and in older editions.")
    reconciliation_adjustment = number("What was changed so that the parts sum to the whole; null like `base_value`.")
    rounding = number("What rounding changed: base_value + reconciliation_adjustment + rounding = value, exactly.")
    pinned = yes("Whether the value is held at a pin; null like `base_value`.", allow_null=True)
    source = string("Where this value comes from, where it was observed; else empty.")  # type: ignore[assignment]
    observations = ObservationFields(many=True, help_text="Every observation of the node that the edition prints.")
    adds_to = string("The path of the node whose value it is a part of; empty where it adds to nothing.")
    low80 = number("Lower end of the 80 % interval.")
    high80 = number("Upper end of the 80 % interval.")
    low95 = number("Lower end of the 95 % interval.")
    high95 = number("Upper end of the 95 % interval.")
    illustrative = yes(ILLUSTRATIVE)
    engine_version = string("The version of the forecast engine that computed it.")
    inputs_digest = string("SHA-256 of the inputs it was computed from.", allow_null=True)
    values_digest = string("SHA-256 of every value of that run.", allow_null=True)
    withheld = WithheldFields(allow_null=True, help_text="What your access does not include.")


class WhichValue(Parameters):
    path = Text(method=left_to_the_reading, label="The node's address; required. The market itself is total.")
    year = Whole(method=left_to_the_reading, label="A calendar year; required.")
    scenario = Text(method=left_to_the_reading, max_length=60, label="The scenario's code; base where not given.")
    edition = OfReports.base_filters["edition"]
    as_of = OfReports.base_filters["as_of"]


class ExplainView(ApiView):
    """How one value came about: method, sources, observations, the run that computed it.

    Answered for every value that you may read; without a licence, the method and the run are withheld.
    """

    filterset_class = WhichValue
    serializer_class = ExplainFields
    tag, summary = "reports", "How one value came about"

    def get(self, request: Request, report: str) -> HttpResponse:
        asked = self.asked().cleaned
        missing = {name: f"Say which {name}: “{name}” is required." for name in ("path", "year") if name not in asked}
        if missing:
            raise BadQuestion(**missing)
        if "edition" in asked and "as_of" in asked:
            raise BadQuestion(edition=EITHER_OR)
        edition = find(report, self.reader, number=asked.get("edition"), as_of=asked.get("as_of"), at=self.now)
        return self.answer_with(_explained(edition, Reading(self.reader, self.now, named=(edition,)), asked))


def _explained(edition: Edition, reading: Reading, asked: dict[str, Any]) -> dict[str, Any]:
    path, year, scenario = asked["path"], asked["year"], asked.get("scenario", "base")
    tier = reading.tiers[edition.report_id]
    document = readable(edition.contents, tier)
    cell = document.cells.get((scenario, path, year))
    if cell is None:
        _check_exists(edition.contents, path, year, scenario)
        raise exceptions.PermissionDenied(reading.reason())
    series = next(one for one in document.series if (one.path, one.scenario) == (path, scenario))
    node = document.by_path.get(path)
    closed = tier < Tier.LICENSED
    return {
        "edition": edition_fields(edition, reading),
        "path": path,
        "name": node.name if node else document.headline.market,
        "year": year,
        "scenario": scenario,
        "value": cell.value,
        "unit": document.headline.unit,
        "status": cell.status,
        "status_in_words": STATUS[cell.status],
        "method": None if closed else series.method,
        **dict(zip(TRACED, _steps(document, scenario, path, year), strict=True)),
        "source": cell.source,
        "observations": [
            {"year": one.year, "value": one.value, "status": one.status, "source": one.source}
            for one in series.cells
            if one.source
        ],
        "adds_to": node.adds_to if node else "",
        **{name: getattr(cell, name) for name in INTERVALS},
        "illustrative": cell.illustrative or document.headline.illustrative,
        "engine_version": document.engine_version,
        "inputs_digest": None if closed else document.inputs_digest,
        "values_digest": None if closed else document.values_digest,
        "withheld": {"rows": None, "columns": list(CLOSED), "reason": reading.reason()} if closed else None,
    }


def _steps(document: Document, scenario: str, path: str, year: int) -> tuple[Any, ...]:
    """Base value, adjustment, rounding and whether the value is pinned; None where the edition does not say."""
    step = document.steps.get((scenario, path, year))
    value = document.value(path, year, scenario)
    if step is None or value is None:
        return (None, None, None, None)
    base, adjustment, pinned = step
    return (base, adjustment, value - base - adjustment, pinned)


def _check_exists(document: Document, path: str, year: int, scenario: str) -> None:
    """Raise BadQuestion, saying which part of the question the edition has no answer to; nothing if it has one."""
    if (scenario, path, year) in document.cells:
        return
    codes = {one.scenario for one in document.series}
    node = document.by_path.get(path)
    if scenario not in codes:
        raise BadQuestion(scenario=f"This edition has no scenario “{scenario}”. There are: {', '.join(sorted(codes))}.")
    if node is None and path != "total":
        raise BadQuestion(path=f"This edition has no node “{path}”. Its nodes are at /api/v1/segments/.")
    if node is not None and not node.estimated:
        raise BadQuestion(path=f"“{path}” is not estimated: {node.why_not}")
    years = f"{document.headline.first_year} to {document.headline.last_year}"
    raise BadQuestion(year=f"“{path}” has no value for {year} in this edition, whose years are {years}.")
