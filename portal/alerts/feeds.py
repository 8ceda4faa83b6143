"""Atom feeds: one of public facts for everybody, and one for each person with what that person may read."""

from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import feedgenerator, timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from portal.access import entitlement
from portal.access.mailing import absolute
from portal.access.models import User
from portal.alerts.changes import changes
from portal.alerts.models import PersonalFeed, Watch
from portal.pages.figure_page import money
from reports.document import Document, Tier
from reports.figures import percent
from reports.gating import readable
from reports.models import Edition, EditionCompany, Report

SALT = "portal.alerts.feed"
ENTRIES = 30
MOST_NUMBERS = 12


@require_safe
def editions(request: HttpRequest) -> HttpResponseBase:
    """The newest editions of every report, with the facts that anybody may read."""
    newest = list(Edition.objects.standing().select_related("report").order_by("-published_at", "-pk")[:ENTRIES])
    feed = _feed("Plumbline: new editions", "Market reports as they are published", "home", "feed_editions")
    for edition in newest:
        document = readable(edition.contents, Tier.PUBLIC)
        _add(feed, edition, _facts(document))
    response = _answer(feed)
    response["Cache-Control"] = "public, max-age=300"
    response["ETag"] = f'W/"{newest[0].pk if newest else 0}-{len(newest)}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """What a person follows and has licensed: each new edition with what changed in it, as far as they may read it."""
    person = _person_of(token)
    if person is None:
        raise Http404("There is no feed at this address. You find yours under “Following”.")
    now = timezone.now()
    licensed = entitlement.licensed_reports(person, at=now)
    followed = Watch.objects.filter(user=person, report__isnull=False).values("report_id")
    companies = Watch.objects.filter(user=person).exclude(company_slug="").values("company_slug")
    newest = list(
        Edition.objects.standing()
        .filter(report__in=_reports(licensed, followed, companies))
        .select_related("report")
        .order_by("-published_at", "-pk")[:ENTRIES]
    )
    tiers = entitlement.tiers(person, {edition.report for edition in newest}, at=now)
    feed = _feed("Plumbline: what you follow", "Editions you follow or have licensed", "following", None)
    for edition in newest:
        tier = tiers[edition.report_id]
        before = (
            Edition.objects.standing()
            .filter(report=edition.report_id, number__lt=edition.number)
            .order_by("-number")
            .first()
        )
        told = changes(before.contents if before else None, edition.contents, tier)
        lines = [*_facts(readable(edition.contents, tier)), *told.sentences(MOST_NUMBERS)]
        _add(feed, edition, lines)
    response = _answer(feed)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def address_of(person: User) -> str:
    """The whole address of a person's feed. Whoever has it reads what that person may read."""
    feed, _ = PersonalFeed.objects.get_or_create(user=person)
    return absolute(reverse("feed_mine", args=[signing.dumps([person.pk, feed.version], salt=SALT)]))


def _person_of(token: str) -> User | None:
    try:
        pk, version = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    feed = PersonalFeed.objects.select_related("user").filter(user=pk, version=version, user__is_active=True).first()
    return feed.user if feed else None


def _reports(licensed: Any, followed: Any, companies: Any) -> Any:
    """What is licensed, what is followed, and what names a company that is followed."""
    naming = EditionCompany.objects.filter(slug__in=companies, last_edition__isnull=True).values("report_id")
    return Report.objects.filter(licensed | Q(pk__in=followed) | Q(pk__in=naming)).values("pk")


def _feed(title: str, subtitle: str, page: str, own: str | None) -> feedgenerator.Atom1Feed:
    return feedgenerator.Atom1Feed(
        title=title,
        link=absolute(reverse(page)),
        description=subtitle,
        subtitle=subtitle,
        language="en-gb",
        feed_url=absolute(reverse(own)) if own else None,
    )


def _add(feed: feedgenerator.Atom1Feed, edition: Edition, lines: Iterable[str]) -> None:
    place = absolute(f"{reverse('report', args=[edition.report.slug])}?edition={edition.number}")
    feed.add_item(
        title=f"{edition.contents.title}, edition {edition.number}",
        link=place,
        unique_id=place,
        description="\n".join(lines),
        pubdate=edition.published_at,
        updateddate=edition.published_at,
        categories=[edition.contents.industry],
    )


def _facts(document: Document) -> list[str]:
    headline = document.headline
    lines = [document.summary] if document.summary else []
    if headline.base_value is not None and headline.end_value is not None:
        lines.append(
            f"{headline.market}: {money(document, headline.base_value)} in {headline.base_year}, "
            f"{money(document, headline.end_value)} in {headline.last_year}, projected"
            + (f", growing by {percent(headline.cagr)} a year." if headline.cagr is not None else ".")
        )
    else:
        lines.append("The size of this market is not estimated.")
    if headline.illustrative:
        lines.append("Illustrative, not market data.")
    return lines


def _answer(feed: feedgenerator.Atom1Feed) -> HttpResponse:
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
