"""The form by which readers ask for a seat, a sample, a licence or an analyst's answer; everybody gets one answer."""

from typing import Any

from allauth.core.ratelimit import respond_429
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import asking
from portal.access.answers import private_page
from portal.access.models import AccessRequest, User
from reports.models import Edition

LEADS = {
    AccessRequest.Kind.SEAT: "A seat lets you read what your organisation has licensed. Its owner or we decide.",
    AccessRequest.Kind.SAMPLE: "Pages of the full report, sent to you by the publisher.",
    AccessRequest.Kind.LICENCE: "A licence opens every table, scenario and profile to everyone who holds a seat.",
    AccessRequest.Kind.QUESTION: "Ask whoever wrote the report.",
}
HEADINGS = {
    AccessRequest.Kind.SEAT: "Ask for a seat",
    AccessRequest.Kind.SAMPLE: "Ask for a sample",
    AccessRequest.Kind.LICENCE: "Ask for a licence",
    AccessRequest.Kind.QUESTION: "Ask the analyst",
}


class RequestForm(forms.Form):
    """`company_website` is a trap: people don't see it, programs fill it in."""

    email = forms.EmailField(label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    organisation_name = forms.CharField(
        label="Your organisation", max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    message = forms.CharField(
        label="What we should know", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    company_website = forms.CharField(
        required=False, label="",
        widget=forms.TextInput(attrs={"class": "trap", "tabindex": "-1", "autocomplete": "off", "aria-hidden": "true"}),
    )  # fmt: skip

    def __init__(self, *arguments: Any, kind: str, person: User | None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        if person is not None:
            del self.fields["email"]
        if kind == AccessRequest.Kind.QUESTION:
            del self.fields["organisation_name"]
            self.fields["message"].label, self.fields["message"].required = "Your question", True
        elif kind == AccessRequest.Kind.SEAT:
            self.fields["organisation_name"].required = True


@require_http_methods(["GET", "HEAD", "POST"])
def request_report(request: HttpRequest, slug: str) -> HttpResponse:
    """A request about one published report; of a draft or nothing, the same 404."""
    edition = Edition.objects.filter(report__slug=slug).current().defer("document").select_related("report").first()
    if edition is None:
        raise Http404("There is no report at this address.")
    return _form(request, edition)


@require_http_methods(["GET", "HEAD", "POST"])
def request_anything(request: HttpRequest) -> HttpResponse:
    """A request about no report in particular."""
    return _form(request, None)


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """What everybody reads after asking, whatever became of it."""
    return private_page(request, "access/request_sent.html", {})


def _form(request: HttpRequest, edition: Edition | None) -> HttpResponse:
    kinds = AccessRequest.Kind
    wanted = request.POST.get("kind") or request.GET.get("kind", "")
    kind = kinds(wanted) if wanted in kinds.values else (kinds.LICENCE if edition else kinds.SEAT)
    person = request.user if isinstance(request.user, User) else None
    report = edition.report if edition else None
    form = RequestForm(request.POST or None, kind=kind, person=person)
    if request.method == "POST" and form.is_valid():
        email = person.email if person else form.cleaned_data["email"]
        if not (asking.allowed(request, "request_by_ip") and asking.allowed(request, "request", email.lower())):
            refused: HttpResponse = respond_429(request)
            return refused
        if not form.cleaned_data["company_website"]:
            asking.ask(
                kind, email=email, person=person, report=report, at=timezone.now(),
                organisation_name=form.cleaned_data.get("organisation_name", ""),
                message=form.cleaned_data["message"],
            )  # fmt: skip
        return redirect("request_sent")
    here = reverse("request", args=[report.slug]) if report else reverse("request_anything")
    context = {
        "form": form, "kind": kind, "report": report, "here": here, "heading": HEADINGS[kind], "lead": LEADS[kind],
        "kinds": [(other.value, HEADINGS[other]) for other in kinds if report or other is not kinds.SAMPLE],
    }  # fmt: skip
    return private_page(request, "access/request.html", context, status=422 if form.errors else 200)
