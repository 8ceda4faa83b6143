"""Charts on other sites: for organisations that have licensed what is shown, on sites they registered, nowhere else.

Whoever opens an embedded chart reads as the organisation that embedded it, through the one gate: when its licence ends,
so does the chart. Browsers are told by `frame-ancestors` which sites may frame it; nothing else may.
"""

import re
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.answers import private_page
from portal.access.mailing import absolute
from portal.access.models import Organisation, Seat, User
from portal.explorer.answering import answer
from portal.explorer.models import Embed
from portal.explorer.saving import question_of

DOMAIN = re.compile(r"(?:localhost|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})(?::\d{2,5})?")
MOST_SITES = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def embeds(request: HttpRequest) -> HttpResponse:
    """The sites and the embedded charts of the reader's organisations; a POST makes one more of what is shown."""
    person = request.user
    assert isinstance(person, User)
    organisations = Organisation.objects.filter(seats__user=person).order_by("name")
    if request.method == "POST":
        return _make(request, person)
    owned = set(Seat.objects.filter(user=person, is_owner=True).values_list("organisation_id", flat=True))
    query = request.GET.get("query", "")
    context = {
        "organisations": [
            {
                "organisation": one,
                "is_owner": one.pk in owned,
                "sites": list(one.embed_sites.all()),
                "embeds": [(embed, _code(embed)) for embed in one.embeds.filter(ended_at__isnull=True)],
            }
            for one in organisations.prefetch_related("embed_sites")
        ],
        "query": query,
        "chart": answer(question_of(query), person, at=timezone.now()) if query else None,
    }
    return private_page(request, "explorer/embeds.html", context)


@login_required
@require_POST
def change_sites(request: HttpRequest) -> HttpResponse:
    """An owner registers a site of the organisation, or takes one away."""
    organisation = get_object_or_404(
        Organisation.objects.filter(seats__user=request.user.pk, seats__is_owner=True),
        slug=request.POST.get("organisation", ""),
    )
    domain = host_of(request.POST.get("domain", ""))
    if request.POST.get("action") == "remove":
        organisation.embed_sites.filter(domain=domain).delete()
        messages.success(request, f"{domain} may no longer show charts.")
    elif organisation.embed_sites.count() >= MOST_SITES:
        messages.error(request, f"{MOST_SITES} sites are registered, as many as there may be.")
    else:
        try:
            with transaction.atomic():
                organisation.embed_sites.create(domain=domain, added_by_id=request.user.pk, added_at=timezone.now())
            messages.success(request, f"{domain} may now show charts of {organisation.name}.")
        except IntegrityError:
            messages.info(request, f"{domain} is registered already.")
    return redirect("embeds")


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an embedded chart: its address stops working at once."""
    embed = get_object_or_404(
        Embed.objects.filter(organisation__seats__user=request.user.pk, ended_at__isnull=True), pk=pk
    )
    Embed.objects.filter(pk=embed.pk).update(ended_at=timezone.now())
    messages.success(request, f"“{embed.title}” is no longer shown anywhere.")
    return redirect("embeds")


@xframe_options_exempt
@require_safe
def show(request: HttpRequest, key: str) -> HttpResponse:
    """An embedded chart, for the registered sites of an organisation that has licensed all it shows."""
    embed = Embed.objects.select_related("organisation").filter(key=key, ended_at__isnull=True).first()
    if embed is None:
        raise Http404("There is no chart at this address.")
    sites = list(embed.organisation.embed_sites.values_list("domain", flat=True))
    found = answer(question_of(embed.query), embed.organisation, at=timezone.now())
    allowed = _may_be_shown(request, sites) and bool(found.opened) and not found.closed
    context = {"answer": found, "embed": embed, "explorer": absolute(f"{reverse('explorer')}?{embed.query}")}
    template = "explorer/embed.html" if allowed else "explorer/embed_closed.html"
    response = render(request, template, context if allowed else {}, status=200 if allowed else 403)
    ancestors = [f"{scheme}://{site}" for site in sites for scheme in ("https", *(("http",) if settings.DEBUG else ()))]
    response._csp_config = settings.SECURE_CSP | {  # type: ignore[attr-defined]
        "frame-ancestors": ancestors if allowed and ancestors else [CSP.NONE]
    }
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def host_of(typed: str) -> str:
    """The host, with its port if it has one, of an address as somebody typed it. Raises BadRequest in a sentence."""
    text = typed.strip().lower()
    host = urlsplit(text if "//" in text else f"//{text}").netloc
    if not DOMAIN.fullmatch(host):
        raise BadRequest("Write the site as its name alone, such as intranet.example.com.")
    return host


def _may_be_shown(request: HttpRequest, sites: list[str]) -> bool:
    """Whether the page that frames the chart, as far as the browser tells, is one of the registered sites."""
    if not sites or request.headers.get("Sec-Fetch-Dest", "iframe") not in ("iframe", "frame"):
        return False
    referrer = request.headers.get("Referer", "")
    return not referrer or urlsplit(referrer).netloc.lower() in sites


def _make(request: HttpRequest, person: User) -> HttpResponse:
    organisation = get_object_or_404(
        Organisation.objects.filter(seats__user=person), slug=request.POST.get("organisation", "")
    )
    question = question_of(request.POST.get("query", ""))
    found = answer(question, organisation, at=timezone.now())
    if not organisation.embed_sites.exists():
        messages.error(request, "Register the site first on which the chart will be shown.")
    elif found.closed or not found.opened:
        closed = ", ".join(one.title for one in found.closed) or "this report"
        messages.error(request, f"{organisation.name} holds no licence for {closed}, so it can’t be shown elsewhere.")
    else:
        Embed.objects.create(
            organisation=organisation, key=secrets.token_urlsafe(18), title=found.title[:200], query=question.query,
            made_by=person, made_at=timezone.now(),
        )  # fmt: skip
        messages.success(request, f"“{found.title}” can be embedded now: copy its line below.")
    return redirect("embeds")


def _code(embed: Embed) -> str:
    address = absolute(reverse("embed", args=[embed.key]))
    title = embed.title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'<iframe src="{address}" title="{title}" width="100%" height="640" loading="lazy"></iframe>'
