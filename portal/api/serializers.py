"""The rows of each list, field by field: what is read from the database, and what the OpenAPI document says of it."""

from typing import Any

from rest_framework import serializers


def string(help_text: str, source: str | None = None, **options: Any) -> serializers.CharField:
    return serializers.CharField(help_text=help_text, source=source, **options)


def whole(help_text: str, source: str | None = None, **options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(help_text=help_text, source=source, **options)


def number(help_text: str, source: str | None = None) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=None, decimal_places=None, allow_null=True, help_text=help_text, source=source
    )


def yes(help_text: str, source: str | None = None, **options: Any) -> serializers.BooleanField:
    return serializers.BooleanField(help_text=help_text, source=source, **options)


ACCESS = (
    "What you may read of this report: public, registered (a sample table as well), licensed or staff (everything)."
)
EDITION = "The edition's number within its report."
ILLUSTRATIVE = "True where the numbers are illustrative and not market data."


class WithdrawalFields(serializers.Serializer[Any]):
    """That an edition was withdrawn."""

    at = serializers.DateTimeField(help_text="When it was withdrawn.")
    reason = string("Why.")


class EditionFields(serializers.Serializer[Any]):
    """An edition that the answer was read from."""

    report = string("The report's slug.")
    edition = whole(EDITION)
    digest = string("SHA-256 of the whole edition: equal digests, equal contents.")
    published_at = serializers.DateTimeField(help_text="When it was published.")
    withdrawn = WithdrawalFields(allow_null=True, help_text="That it was withdrawn and why; null while it stands.")
    access = string(ACCESS)


class WithheldFields(serializers.Serializer[Any]):
    """What your access does not include. A number is either in the answer, missing with status M, or withheld."""

    rows = whole(
        "How many rows of the reports, dimensions, paths and years asked for are withheld, whatever their scenario and "
        "status. Null when that was not counted.",
        allow_null=True,
    )
    columns = serializers.ListField(
        child=serializers.CharField(), help_text="Columns that are null in reports not licensed to you."
    )
    reason = string("Why, and what to do.")


class ReportRow(serializers.Serializer[Any]):
    """A report as it now stands, in one line."""

    report = string("The report's slug, stable for ever.", "edition__report__slug")
    title = string("Its title.")
    edition = whole("The number of the edition that this line is from.", "edition__number")
    published_at = serializers.DateTimeField(source="edition__published_at", help_text="When that was published.")
    summary = string("Two or three sentences.")
    industry = string("The industry's name.")
    industry_slug = string("The industry's slug.")
    isic = string("The industry's ISIC code; empty where none was given.")
    naics = string("The industry's NAICS code; empty where none was given.")
    market = string("What is measured.")
    measure = string("What is counted, such as revenue.")
    currency = string("ISO 4217 code of the values' currency.")
    unit = string("The unit of every value, such as USD million.")
    price_basis = string("Current or constant prices.")
    first_year = whole("The first year with a column, a calendar year.")
    base_year = whole("The last year before the forecast.")
    last_year = whole("The last forecast year.")
    base_value = number("The market in the base year, in `unit`; null: not estimated.")
    end_value = number("The market in the last year, in `unit`; null: not estimated.")
    cagr = number("Compound annual growth from the base year to the last, in per cent a year.")
    concentration = string("How concentrated the market is: Low, Medium, High, or empty.")
    illustrative = yes(ILLUSTRATIVE)
    pages = whole("Pages of the report, counted.")
    access = string(ACCESS)


class EditionRow(serializers.Serializer[Any]):
    """One published version of a report. It never changes; it may be withdrawn."""

    report = string("The report's slug.", "edition__report__slug")
    edition = whole(EDITION, "edition__number")
    title = string("The report's title in that edition.")
    digest = string("SHA-256 of the whole edition: equal digests, equal contents.", "edition__digest")
    published_at = serializers.DateTimeField(source="edition__published_at", help_text="When it was published.")
    current = yes("Whether it is what readers get who name no edition.")
    withdrawn_at = serializers.DateTimeField(
        source="edition__withdrawal__withdrawn_at",
        allow_null=True,
        help_text="When it was withdrawn; null while it stands.",
    )
    withdrawn_because = string("Why it was withdrawn.", "edition__withdrawal__reason", allow_null=True)
    base_year = whole("The last year before the forecast.")
    last_year = whole("The last forecast year.")
    base_value = number("The market in the base year, in `unit`; null: not estimated.")
    end_value = number("The market in the last year, in `unit`; null: not estimated.")
    cagr = number("Compound annual growth from the base year to the last, in per cent a year.")
    unit = string("The unit of every value, such as USD million.")
    illustrative = yes(ILLUSTRATIVE)


class SegmentRow(serializers.Serializer[Any]):
    """A node of a dimension's tree."""

    report = string("The report's slug.", "report__slug")
    edition = whole(EDITION, "report__editions__number")
    dimension = string("The dimension's code, such as geography.")
    dimension_name = string("The dimension's name.")
    coverage = string("complete: sums to the market; breakdown: sums to `breaks_down`; partial: covers a part of it.")
    breaks_down = string("For a breakdown, the path of the node that it splits; else empty.")
    path = string("The node's address, such as geography/europe/germany; stable for ever.")
    name = string("The node's name.")
    kind = string("segment, region, country, group, rest, or total.")
    level = whole("Depth in the tree; 1 is directly below the dimension, 0 a partial dimension's own total.")
    parent = string("The path of the node above; empty at the top.")  # type: ignore[assignment]
    adds_to = string("The path of the node whose value it is a part of; empty where it adds to nothing.")
    leaf = yes("Whether nothing lies below it.")
    iso_code = string("ISO 3166-1 alpha-2 code of a country; else empty.")
    estimated = yes("Whether there are values for it at all.")
    why_not = string("Why there are none, where it is not estimated.")
    narrative = string("What the report says of it, as HTML.")


class ValueRow(serializers.Serializer[Any]):
    """One value: a node, a year, a scenario."""

    report = string("The report's slug.", "report__slug")
    edition = whole(EDITION, "report__editions__number")
    dimension = string("The dimension's code; “total” for the market itself.")
    path = string("The node's address, such as geography/europe/germany.")
    level = whole("Depth in the tree; the market and a partial dimension's own total are 0.")
    parent = string("The path of the node above; empty at the top.")  # type: ignore[assignment]
    leaf = yes("Whether nothing lies below it.")
    year = whole("Calendar year.")
    scenario = string("The scenario's code, such as base.")
    value = number("The value as printed, in `unit`; null with status M: not estimated.")
    unit = string("The unit of the value, such as USD million.")
    currency = string("ISO 4217 code.")
    status = serializers.ChoiceField(
        choices=[("A", "actual"), ("E", "estimated"), ("F", "forecast"), ("M", "not estimated")],
        help_text="SDMX CL_OBS_STATUS.",
    )
    name = string("The node's name.")
    adds_to = string("The path of the node whose value it is a part of; empty where it adds to nothing.")
    source = string("Where an observation comes from; empty for computed values.")  # type: ignore[assignment]
    illustrative = yes(ILLUSTRATIVE)
    note = string("Why there is no value, where there is none.")
    low80 = number("Lower end of the 80 % interval, in `unit`.")
    high80 = number("Upper end of the 80 % interval, in `unit`.")
    low95 = number("Lower end of the 95 % interval, in `unit`.")
    high95 = number("Upper end of the 95 % interval, in `unit`.")


INTERVALS = ("low80", "high80", "low95", "high95")


class CompanyRow(serializers.Serializer[Any]):
    """A company's part in one report."""

    company = string("The company's slug.", "slug")
    name = string("Its name.")
    report = string("The report's slug.", "report__slug")
    edition = whole(EDITION, "report__editions__number")
    is_player = yes("Whether the report lists it among the players; else it appears in a development only.")
    is_key = yes("Whether it is a key player.")
    is_major = yes("Whether it is a major player.")
    share = number("Its share of the market, in per cent; for licensed readers. Null also where none is published.")
    share_year = whole("The year of that share.", allow_null=True)
    share_source = string("Where that share comes from.")


SHARES = ("share", "share_year", "share_source")


class NamedCompany(serializers.Serializer[Any]):
    name = string("The company's name.")
    slug = string("Its slug, as in /api/v1/companies/.")


class DevelopmentRow(serializers.Serializer[Any]):
    """Something a company did, as a report tells it."""

    id = string("A digest of what is told; the same in every report that tells it in these words.", "key")
    report = string("The report's slug.", "report__slug")
    edition = whole(EDITION, "report__editions__number")
    date = serializers.DateField(help_text="The first day of the month or year where only that much is known.")
    precision = string("How precise the date is: day, month or year.")
    when = string("The date in words, as precise as it is known.")
    kind = string("Such as Acquisition or Partnership.")
    text = string("Who did what.")
    companies = NamedCompany(many=True, help_text="The companies that took part.")
    source = string("Where it is told; may be empty.")  # type: ignore[assignment]
    source_url = string("The source's address; may be empty.")


class ProblemFields(serializers.Serializer[Any]):
    """Why there is no answer (RFC 9457)."""

    type = string("about:blank: the status says it all.")
    title = string("The HTTP status in words.")
    status = whole("The HTTP status.")
    detail = string("A sentence that says what is wrong and what to do.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(), required=False, help_text="For 400: each parameter with its sentence."
    )
