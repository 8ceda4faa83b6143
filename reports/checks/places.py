"""Where in the admin a part of a report is mended: the screen, the tab, the row and the field."""

from urllib.parse import urlencode

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from reports.models import AliasSuggestion, HeadlineClaim, ManuscriptImport, MatrixCell, Report, UnplacedLine


def link_to(row: Model, field: str = "") -> str:
    """The address of the screen that mends a row, opened at the field; "" while the admin has no screen for it.

    A row with a screen of its own opens there: `…/change/#id_name`. For a part of a report, `…/place/` finds the page
    of the form that holds it when it is followed: `…/place/?row=sections-12&field=body`. What editors decide on the
    findings screen opens there: `…/findings/#claim-12`.
    """
    meta = row._meta
    own = _address(f"{meta.app_label}_{meta.model_name}_change", row.pk)
    if own:
        return f"{own}#id_{field}" if field else own
    if isinstance(row, HeadlineClaim):
        return _findings(row.report_id, f"claim-{row.pk}")
    if isinstance(row, AliasSuggestion):
        return _findings(row.manuscript.report_id, f"alias-{row.pk}")
    if isinstance(row, ManuscriptImport | UnplacedLine):
        report_id = row.report_id if isinstance(row, ManuscriptImport) else row.manuscript.report_id
        return _findings(report_id, "unplaced")
    if isinstance(row, MatrixCell):
        return _at(row.area.report_id, f"cells-{row.pk}", field)
    for one in Report._meta.related_objects:
        if one.related_model is type(row) and one.one_to_many:
            return _at(getattr(row, one.field.attname), f"{one.get_accessor_name()}-{row.pk}", field)
    return ""


def link_to_part(report: Report, part: str) -> str:
    """The page of the report's form with one kind of its parts, such as "players"."""
    return _at(report.pk, part)


def link_to_data(market_id: int) -> str:
    """The grid in which a market's observations and assumptions are entered."""
    return _address("forecasts_market_data", market_id)


def link_to_drivers(market_id: int) -> str:
    return _address("forecasts_market_drivers", market_id)


def _at(report_id: int, row: str, field: str = "") -> str:
    page = _address("reports_report_place", report_id)
    return f"{page}?{urlencode({'row': row} | ({'field': field} if field else {}))}" if page else ""


def _findings(report_id: int, anchor: str) -> str:
    page = _address("reports_report_findings", report_id)
    return f"{page}#{anchor}" if page else ""


def _address(name: str, pk: object) -> str:
    try:
        return reverse(f"admin:{name}", args=[pk])
    except NoReverseMatch:
        return ""
