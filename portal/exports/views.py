"""Files to download: tables, charts, citations and the whole report. One gate stands before them all."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access.entitlement import tier
from portal.access.recording import record_reading
from portal.exports.bars import BARS, ExportBars, bars_csv, bars_png, bars_svg, bars_workbook
from portal.exports.citing import BAR_TITLES, LEDGER, Citation, cite
from portal.exports.crossing import ExportCross, cross_csv, cross_workbook, export_cross
from portal.exports.csv_file import csv_bytes
from portal.exports.pictures import picture_png, picture_svg
from portal.exports.tables import ExportTable, NothingToExport, export_table
from portal.exports.workbook import workbook_bytes
from portal.pages.caching import for_this_reader, theme
from portal.pages.choosing import choose
from reports.document import Document, Locked, Tier
from reports.figures import TOTAL
from reports.gating import readable
from reports.models import Edition

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACCESS = {
    Tier.PUBLIC: "Public part only; a licence opens every year, scenario and interval",
    Tier.REGISTERED: "Sample only; a licence opens every year, scenario and interval",
    Tier.LICENSED: "Everything this edition holds",
    Tier.STAFF: "Everything this edition holds",
}
TABLES: dict[str, tuple[str, Callable[[ExportTable], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", csv_bytes),
    "xlsx": (XLSX, workbook_bytes),
}
CROSS: dict[str, tuple[str, Callable[[ExportCross], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", cross_csv),
    "xlsx": (XLSX, cross_workbook),
}
PICTURES: dict[str, tuple[str, Callable[[ExportTable], bytes]]] = {
    "svg": ("image/svg+xml", lambda table: picture_svg(table).encode()),
    "png": ("image/png", picture_png),
}
BAR_FORMS: dict[str, tuple[str, Callable[[ExportBars], bytes]]] = {
    "csv": (TABLES["csv"][0], bars_csv),
    "xlsx": (XLSX, bars_workbook),
    "svg": (PICTURES["svg"][0], lambda bars: bars_svg(bars).encode()),
    "png": (PICTURES["png"][0], bars_png),
}
CITATIONS: dict[str, tuple[str, Callable[[Citation], str]]] = {
    "txt": ("text/plain; charset=utf-8", lambda one: one.text + "\n"),
    "bib": ("application/x-bibtex; charset=utf-8", lambda one: one.bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", lambda one: one.ris),
}


CROSSED = "--"
"""What stands between the two dimensions in a cross-table's code; no dimension's code holds it."""


class NotOpen(Exception):
    """There is such a table, but not for this reader. `locked` says its title and shape."""

    def __init__(self, locked: Locked, document: Document, access: Tier) -> None:
        super().__init__(locked.title)
        self.locked, self.document, self.access = locked, document, access


@dataclass(frozen=True, slots=True)
class Opened:
    """An edition as its reader may read it: what every file is made from."""

    edition: Edition
    document: Document
    access: Tier


def open_edition(request: HttpRequest, slug: str) -> Opened:
    """The edition that is asked for, cut to what its reader may read: the gate of every file."""
    edition = choose(slug, request.GET).edition
    now = timezone.now()
    access = tier(request.user, edition.report, at=now)
    if access == Tier.LICENSED:
        record_reading(request.user, edition.report_id, now)
    return Opened(edition, readable(edition.contents, access), access)


@require_safe
def table(request: HttpRequest, slug: str, code: str, form: str) -> HttpResponseBase:
    """The table of one dimension, of the whole market, of one dimension by another, or of bars, as CSV or XLSX."""
    if CROSSED in code:
        return _crossed(request, slug, code, form)
    return _bars(request, slug, code, form) if code in BARS else _drawn(request, slug, code, form, TABLES)


@require_safe
def picture(request: HttpRequest, slug: str, code: str, form: str) -> HttpResponseBase:
    """The chart of one dimension, of the whole market, or of bars, as SVG or PNG."""
    return _bars(request, slug, code, form) if code in BARS else _drawn(request, slug, code, form, PICTURES)


@require_safe
def whole_report(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The whole document as JSON, as far as the reader may read it, with its edition and citation."""
    opened = open_edition(request, slug)
    edition, document = opened.edition, opened.document
    body = {
        "notice": _citation(opened).label,
        "report": slug,
        "edition": edition.number,
        "published_at": edition.published_at.isoformat(),
        "digest": edition.digest,
        "access": opened.access.name.lower(),
        "cite_as": _citation(opened).text,
        "document": document.to_json(),
    }
    made = json.dumps(body, ensure_ascii=False, indent=1).encode()
    return _file(request, made, "application/json", f"{slug}-edition-{edition.number}.json")


@require_safe
def citation(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """How to cite the report, or one of its tables (`?table=geography`), as text, BibTeX or RIS. Open to everybody."""
    opened = open_edition(request, slug)
    kind, write = CITATIONS[form]
    code = request.GET.get("table", "")
    made = write(_citation(opened, code))
    part = f"-{code}" if code else ""
    return _file(request, made.encode(), kind, f"{slug}-edition-{opened.edition.number}{part}.{form}")


def _drawn(
    request: HttpRequest, slug: str, code: str, form: str, forms: dict[str, tuple[str, Callable[[ExportTable], bytes]]]
) -> HttpResponseBase:
    kind, write = forms[form]
    scenario = request.GET.get("scenario", "base")
    try:
        opened = open_edition(request, slug)
        found = _table(opened, code, scenario)
    except NotOpen as closed:
        return _closed(request, slug, closed)
    suffix = "" if scenario == "base" else f"-{scenario}"
    return _file(request, write(found), kind, f"{slug}-edition-{opened.edition.number}-{code}{suffix}.{form}")


def _bars(request: HttpRequest, slug: str, code: str, form: str) -> HttpResponseBase:
    kind, write = BAR_FORMS[form]
    make, place = BARS[code]
    scenario = request.GET.get("scenario", "base")
    opened = open_edition(request, slug)
    document = opened.document
    try:
        found = make(document, opened.edition, scenario, ACCESS[opened.access])
    except KeyError:
        raise BadRequest("This report has no such scenario.") from None
    if found is None:
        locked = next((one for one in document.locked if one.anchor == place), None)
        if locked is None:
            raise Http404("This report has no such figure.")
        return _closed(request, slug, NotOpen(locked, document, opened.access))
    suffix = f"-{scenario}" if found.scenario and scenario != "base" else ""
    name = f"{slug}-edition-{opened.edition.number}-{code.replace('_', '-')}{suffix}.{form}"
    return _file(request, write(found), kind, name)


def _crossed(request: HttpRequest, slug: str, code: str, form: str) -> HttpResponseBase:
    kind, write = CROSS[form]
    scenario = request.GET.get("scenario", "base")
    opened = open_edition(request, slug)
    document = opened.document
    found = next((one for one in document.cross_tables if one.code == code), None)
    if found is None:
        locked = next((one for one in document.locked if one.anchor == f"cross-{code}"), None)
        if locked is None:
            raise Http404("This report has no such table.")
        return _closed(request, slug, NotOpen(locked, document, opened.access))
    try:
        made = write(export_cross(document, opened.edition, found, scenario, ACCESS[opened.access]))
    except KeyError:
        raise BadRequest("This report has no such scenario.") from None
    suffix = "" if scenario == "base" else f"-{scenario}"
    return _file(request, made, kind, f"{slug}-edition-{opened.edition.number}-{code}{suffix}.{form}")


def _closed(request: HttpRequest, slug: str, closed: NotOpen) -> HttpResponseBase:
    context = {
        "locked": closed.locked,
        "document": closed.document,
        "is_public": closed.access == Tier.PUBLIC,
        "back": request.get_full_path(),
        "slug": slug,
        "section": "reports",
        "theme": theme(request),
    }
    return for_this_reader(request, render(request, "pages/closed_export.html", context, status=403))


def _table(opened: Opened, code: str, scenario: str) -> ExportTable:
    document = opened.document
    if code != TOTAL and code not in {one.code for one in document.dimensions}:
        raise Http404("This report has no such table.")
    try:
        return export_table(document, opened.edition, code, scenario, ACCESS[opened.access])
    except (NothingToExport, KeyError) as problem:
        place = f"dimension-{code}"
        locked = next((one for one in document.locked if one.anchor == place), None)
        if locked:
            raise NotOpen(locked, document, opened.access) from problem
        if isinstance(problem, KeyError):
            raise BadRequest("This report has no such scenario, or it is not open to you.") from None
        raise Http404(str(problem)) from None


def _citation(opened: Opened, code: str = "") -> Citation:
    document = opened.document
    part = place = ""
    if code == TOTAL:
        part, place = "Market size", "chart-total"
    elif code in BAR_TITLES:
        whole = opened.edition.contents
        if not (whole.ledger if code == LEDGER else any(one.share is not None for one in whole.players)):
            raise Http404("This report has no such figure.")
        part, place = BAR_TITLES[code]
    elif CROSSED in code:
        crossed = next((one for one in opened.edition.contents.cross_tables if one.code == code), None)
        if crossed is None:
            raise Http404("This report has no such table.")
        part, place = crossed.title, crossed.anchor
    elif code:
        dimension = next((one for one in document.dimensions if one.code == code), None)
        if dimension is None:
            raise Http404("This report has no such table.")
        part, place = f"By {dimension.name}", f"dimension-{code}"
    return cite(opened.edition, code=code, part=part, anchor=place)


def _file(request: HttpRequest, made: bytes, kind: str, name: str) -> HttpResponseBase:
    response = HttpResponse(made, content_type=kind)
    as_picture = kind.startswith("image/png")
    response["Content-Disposition"] = f'{"inline" if as_picture else "attachment"}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    # A file of a page is found through the page, which tells what it is; Open Graph pictures are fetched, not listed.
    response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response)
