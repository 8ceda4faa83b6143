"""The demo as a newcomer finds it: every report has a past, no waiver is needed, nothing is claimed of real firms."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from companies.models import Company
from portal.access.models import User
from portal.operations.demo import load_demo
from portal.pages.changes import edition_changes
from reports.document import Document, Tier
from reports.models import Edition, Finding, Report
from reports.record import FEW, record_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EDITIONS = {"car-sunroof-market": 2, "roof-glazing-market": 3, "door-modules-market": 2}
SCORED = ("roof-glazing-market", "door-modules-market")


def current(slug: str) -> Document:
    edition = Report.objects.get(slug=slug).current_edition
    assert edition is not None
    return edition.contents


def test_the_demo_has_a_past_that_readers_can_look_at_and_loading_it_again_adds_nothing() -> None:
    people = load_demo(now=NOW)
    assert {"editor", "reviewer", "subscriber", "registered", "api_key"} == set(people)
    reviewer = User.objects.get(email=people["reviewer"]["email"])
    assert reviewer.has_perm("reports.approve_report")
    assert not reviewer.has_perm("reports.change_report")
    digests = set(Edition.objects.values_list("digest", flat=True))
    for slug, count in EDITIONS.items():
        editions = list(Edition.objects.filter(report__slug=slug).order_by("number"))
        assert [one.number for one in editions] == list(range(1, count + 1))
        days = [one.published_at.date() for one in editions]
        assert days == sorted(set(days)), "each edition has a day of its own, for “as of”"
        for before, after in pairwise(editions):
            changes = edition_changes(after, before, Tier.LICENSED)
            assert changes.numbers, f"{slug}, edition {after.number}"
            assert changes.texts, f"{slug}, edition {after.number}"
    assert not Finding.objects.filter(severity="error").exists()
    assert current("car-sunroof-market").headline.base_year == 2024

    for slug in SCORED:
        record = record_of(Report.objects.get(slug=slug))
        assert record.score.count >= FEW
        assert record.illustrative
        hits = {one.interval for segment in record.segments for one in segment.judged}
        assert "80 %" in hits
        assert hits != {"80 %"}, "a record in which every interval held would teach nothing"

    invented = set(Company.objects.filter(overview__startswith="A fictitious company").values_list("name", flat=True))
    for slug in EDITIONS:
        document = current(slug)
        assert {player.company for player in document.players if player.share is not None} <= invented
        assert {profile.company for profile in document.profiles if profile.financials} <= invented
        assert document.headline.illustrative or not any(player.share for player in document.players)

    load_demo(now=NOW)
    assert set(Edition.objects.values_list("digest", flat=True)) == digests
