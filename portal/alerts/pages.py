"""What a person follows, and the links that end it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.answers import private_page
from portal.access.models import User
from portal.alerts import feeds
from portal.alerts import following as verbs
from portal.alerts.models import Pace, PersonalFeed, Watch
from portal.explorer.models import SavedChart
from reports.models import Edition, EditionCompany

PACES = {
    Pace.INSTANTLY: "You get a letter when what you may read of {} changes.",
    Pace.DAILY: "You get a letter each morning when what you may read of {} has changed.",
    Pace.WEEKLY: "You get a letter on Mondays when what you may read of {} has changed.",
}
STOP = "stop"


@login_required
@require_safe
def following(request: HttpRequest) -> HttpResponse:
    """Everything followed, at what pace, and the personal feed."""
    person = _person(request)
    context = {
        "watches": Watch.objects.filter(user=person).select_related("report", "chart").order_by("-since"),
        "paces": Pace.choices,
        "feed": feeds.address_of(person),
    }
    return private_page(request, "alerts/following.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_report(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a published report; of a draft or nothing, the same 404."""
    edition = Edition.objects.filter(report__slug=slug).current().defer("document").select_related("report").first()
    if edition is None:
        raise Http404("There is no report at this address.")
    person = _person(request)
    if request.method != "POST":
        watch = Watch.objects.filter(user=person, report=edition.report).first()
        return _choose(request, edition.report.title, reverse("report", args=[slug]), watch)
    pace = _pace(request)
    if pace == STOP:
        Watch.objects.filter(user=person, report=edition.report).delete()
        messages.success(request, f"You no longer follow {edition.report.title}.")
    else:
        verbs.follow_report(person, edition.report, pace, at=timezone.now())
        messages.success(request, PACES[Pace(pace)].format(edition.report.title))
    return redirect("report", slug=slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_company(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a company that a current edition names."""
    named = EditionCompany.objects.filter(slug=slug, last_edition__isnull=True).first()
    if named is None:
        raise Http404("No current report names this company.")
    person = _person(request)
    if request.method != "POST":
        watch = Watch.objects.filter(user=person, company_slug=slug).first()
        return _choose(request, named.name, reverse("company", args=[slug]), watch)
    pace = _pace(request)
    if pace == STOP:
        Watch.objects.filter(user=person, company_slug=slug).delete()
        messages.success(request, f"You no longer follow {named.name}.")
    else:
        verbs.follow_company(person, slug, named.name, pace, at=timezone.now())
        messages.success(request, PACES[Pace(pace)].format(named.name))
    return redirect("company", slug=slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_search(request: HttpRequest) -> HttpResponse:
    """Follow a search: the line that was typed, in `q`."""
    line = " ".join((request.POST.get("q") or request.GET.get("q", "")).replace("\0", "").split())[:200]
    if not line:
        raise BadRequest("Search for something first; what you typed is what is followed.")
    person = _person(request)
    place = f"{reverse('search')}?{urlencode({'q': line})}"
    if request.method != "POST":
        return _choose(request, f"“{line}”", place, Watch.objects.filter(user=person, search=line).first())
    pace = _pace(request)
    if pace == STOP:
        Watch.objects.filter(user=person, search=line).delete()
        messages.success(request, f"You no longer follow “{line}”.")
    else:
        verbs.follow_search(person, line, pace, at=timezone.now())
        messages.success(request, PACES[Pace(pace)].format(f"“{line}”"))
    return redirect(place)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_chart(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow the numbers of one of the reader's own saved charts."""
    person = _person(request)
    chart = get_object_or_404(SavedChart.objects.filter(user=person), pk=pk)
    if request.method != "POST":
        place = f"{reverse('explorer')}?{chart.query}"
        return _choose(request, chart.name, place, Watch.objects.filter(user=person, chart=chart).first())
    pace = _pace(request)
    if pace == STOP:
        Watch.objects.filter(user=person, chart=chart).delete()
        messages.success(request, f"You no longer follow {chart.name}.")
    else:
        verbs.follow_chart(person, chart, pace, at=timezone.now())
        messages.success(request, PACES[Pace(pace)].format(chart.name))
    return redirect("saved_charts")


@login_required
@require_POST
def change_watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Another pace, or no longer."""
    watch = get_object_or_404(
        Watch.objects.select_related("report", "chart", "user").filter(user=_person(request)), pk=pk
    )
    pace = _pace(request)
    if pace == STOP:
        watch.delete()
        messages.success(request, f"You no longer follow {watch.subject}.")
    else:
        verbs.set_pace(watch, pace, at=timezone.now())
        messages.success(request, PACES[Pace(pace)].format(watch.subject))
    return redirect("following")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End watches by the signed link of a letter, signed in or not.

    A POST ends them, as mail programs send it for List-Unsubscribe (RFC 8058), hence without a CSRF token: the
    signature says who may. A GET only shows the button, for programs that check mail open every link in it.
    """
    pks = verbs.watches_of_token(token)
    if pks is None:
        raise Http404("There is no page at this address.")
    watches = Watch.objects.select_related("report", "chart").filter(pk__in=pks)
    subjects = [watch.subject for watch in watches]
    if request.method == "POST":
        watches.delete()
    context = {"subjects": subjects, "done": request.method == "POST" or not subjects}
    return private_page(request, "alerts/stop.html", context)


@login_required
@require_POST
def renew_feed(request: HttpRequest) -> HttpResponse:
    """Give the personal feed a new address; the old one stops working."""
    feed, _ = PersonalFeed.objects.get_or_create(user=_person(request))
    PersonalFeed.objects.filter(pk=feed.pk).update(version=feed.version + 1)
    messages.success(request, "Your feed has a new address; the old one no longer works.")
    return redirect("following")


def _choose(request: HttpRequest, subject: str, place: str, watch: Watch | None) -> HttpResponse:
    context = {"subject": subject, "place": place, "watch": watch, "paces": Pace.choices}
    return private_page(request, "alerts/follow.html", context)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _pace(request: HttpRequest) -> str:
    pace = request.POST.get("pace", Pace.INSTANTLY)
    if pace not in (*Pace.values, STOP):
        raise BadRequest("Choose a pace: instantly, daily, weekly, or stop.")
    return pace
