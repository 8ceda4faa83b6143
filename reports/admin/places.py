"""From a finding to the page of the report's form that holds the part it is about, at the very field."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from reports.models import MatrixCell, Report

if TYPE_CHECKING:
    from reports.admin.report import ReportAdmin


def place_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects from `?row=sections-12&field=body` to where that row stands now; from `?row=sections` to its page.

    Rows are numbered on a page as they stand and long parts have several pages, so the place is looked up when the
    link is followed. 404 when the row is gone.
    """
    report = get_object_or_404(Report, pk=pk)
    if not desk.has_view_permission(request, report):
        raise PermissionDenied
    kind, _, key = request.GET.get("row", "").partition("-")
    field = request.GET.get("field", "")
    if kind == "cells":
        cell = get_object_or_404(MatrixCell, pk=_number(key), area__report=report)
        position = _position(MatrixCell.objects.filter(area=cell.area), cell.pk)
        page = reverse("admin:reports_matrixarea_change", args=[cell.area_id])
        return HttpResponseRedirect(f"{page}#id_cells-{position}-{field}")
    for part, held in desk.parts.items():
        inline = next((one for one in held.inlines if _accessor(one.model) == kind), None)
        if inline is None:
            continue
        page = reverse(f"admin:reports_report_{part}", args=[pk])
        if not key:
            return HttpResponseRedirect(f"{page}#{kind}-group")
        position = _position(inline.model.objects.filter(report=report), _number(key))
        per_page = inline.per_page or position + 1
        number, position = divmod(position, per_page)
        query = f"?{urlencode({f'{kind}-page': number + 1})}" if number else ""
        return HttpResponseRedirect(f"{page}{query}#id_{kind}-{position}-{field}")
    raise Http404


def _accessor(model: Any) -> str:
    """What a report calls its rows of a model: "sections"."""
    found = (one for one in Report._meta.related_objects if one.related_model is model and one.one_to_many)
    return next((one.get_accessor_name() or "" for one in found), "")


def _position(rows: Any, pk: int) -> int:
    keys = list(rows.values_list("pk", flat=True))
    if pk not in keys:
        raise Http404("What this finding was about is gone. Go back to the findings; they are checked anew there.")
    return keys.index(pk)


def _number(key: str) -> int:
    if not key.isdecimal():
        raise Http404
    return int(key)
