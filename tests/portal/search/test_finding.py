"""Search finds what its reader may read, and reveals nothing else."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from portal.access.models import User
from portal.search import indexing, urls
from portal.search.finding import find, suggest
from portal.search.models import SearchEntry
from reports.document import Block, Tier
from reports.models import Edition
from reports.models.editions import Withdrawal
from tests.documents import sample_document
from tests.editions import NOW
from tests.portal.access.test_routes import secrets

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(sunroofs: Edition, heat_pumps: Edition) -> Edition:
    indexing.catch_up()
    return sunroofs


def test_every_route_is_tested_here() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == {"search", "suggestions"}


def test_words_are_found_with_a_snippet_that_marks_them(client: Client, indexed: Edition) -> None:
    html = client.get("/search/?q=dimmable+glass").content.decode()
    assert "Coatings and <mark>dimmable</mark> <mark>glass</mark> let the pane grow" in html
    assert "/reports/car-sunroof-market/#" in html


SUNROOFS = "/reports/car-sunroof-market/"


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("sunrof", SUNROOFS),
        ("car sunroff", SUNROOFS),
        ("asia pacifc", SUNROOFS),
        ("webasto grup", "/companies/webasto-group/"),
    ],
)
def test_titles_are_found_in_spite_of_typing_errors(client: Client, indexed: Edition, typed: str, place: str) -> None:
    html = client.get("/search/", {"q": typed}).content.decode()
    assert "looks alike" in html
    assert place in html


def test_a_name_that_looks_alike_is_shown_once_for_each_place(subscriber: Client, indexed: Edition) -> None:
    """A segment whose text has a locked figure has an entry for those who read it and one for those who don't."""
    entry = SearchEntry.objects.filter(place="Segment", title="Glass Material").order_by("tier").first()
    assert entry is not None
    entry.pk, entry.tier = None, Tier.LICENSED
    entry.save(force_insert=True)
    reader = User.objects.get(email="subscriber@example.org")
    found, by_likeness = find("glas", reader, at=NOW)
    assert by_likeness
    places = [(one.address, one.title) for one in found]
    assert any(title == "Glass Material" for _, title in places)
    assert len(places) == len(set(places))


def test_a_company_is_led_to_by_its_own_page(client: Client, indexed: Edition) -> None:
    offered = client.get("/search/suggestions/?q=webas").json()["suggestions"]
    assert offered[0]["address"] == "/companies/webasto-group/"
    assert '<a href="/companies/webasto-group/">' in client.get("/search/?q=webasto").content.decode()


def test_names_that_begin_with_what_was_typed_are_offered_first(client: Client, indexed: Edition) -> None:
    offered = client.get("/search/suggestions/?q=gla").json()["suggestions"]
    begin = [one["title"].casefold().startswith("gla") for one in offered]
    assert any(begin)
    assert begin == sorted(begin, reverse=True), [one["title"] for one in offered]


def test_a_snippet_shows_words_on_both_sides_and_says_where_its_text_goes_on(
    client: Client, publish: Callable[..., Edition]
) -> None:
    told = " ".join(f"before{place}" for place in range(40)) + " a pangolin " + " ".join(f"after{n}" for n in range(40))
    publish(replace(sample_document(), overview=(Block("The pangolin roof", (f"<p>{told}</p>",), "angles"),)))
    indexing.catch_up()
    html = client.get("/search/?q=pangolin").content.decode()
    assert re.search(r"<p>… before\d+ [^<]*<mark>pangolin</mark>[^<]* after\d+ …</p>", html)
    assert "The <mark>pangolin</mark> roof</a></h3>" in html


@pytest.mark.parametrize("who", ["nobody", "registered"])
def test_nothing_locked_is_found_suggested_or_counted(
    who: str, client: Client, registered: Client, indexed: Edition
) -> None:
    reader, tier = (client, Tier.PUBLIC) if who == "nobody" else (registered, Tier.REGISTERED)
    hidden = secrets(sample_document(), tier)
    probes = {" ".join(secret.replace("<p>", "").split()[:3]) for secret in hidden if len(secret.split()) > 4}
    assert "Crash rules keep" in probes
    nothing = reader.get("/search/?q=zzzz").content.decode()
    for probe in sorted(probes):
        for path in ("/search/", "/search/suggestions/"):
            body = reader.get(path, {"q": probe}).content.decode()
            assert not {one for one in hidden if one in body and one not in nothing and one not in probe}, (path, probe)
    assert "Nothing you may read has these words" in reader.get("/search/?q=newcomers").content.decode()


def test_a_licensed_reader_finds_what_the_licence_opens_and_in_no_other_report(
    subscriber: Client, indexed: Edition
) -> None:
    html = subscriber.get("/search/?q=newcomers").content.decode()
    assert "Crash rules keep <mark>newcomers</mark> out" in html, re.findall("<mark>.*", html)
    assert html.count("<h3>") == 1, "the other report says the same, and is not licensed"
    reader = User.objects.get(email="subscriber@example.org")
    reader.seats.all().delete()
    assert find("newcomers", reader, at=NOW)[0] == []


def test_markup_and_odd_queries_are_words(client: Client, publish: Callable[..., Edition]) -> None:
    document = sample_document()
    block = Block("Angles", ("<p>Panes &lt;script&gt;alert(1)&lt;/script&gt; tilt.</p>",), "angles")
    publish(replace(document, overview=(block,)))
    indexing.catch_up()
    html = client.get("/search/?q=panes+tilt").content.decode()
    assert "<script>alert" not in html
    assert "<mark>tilt</mark>" in html
    for odd in ("'", '"', "a & | !", "%", "\\", "x" * 5000, "-", "\0", "<script>", "🙂"):
        assert client.get("/search/", {"q": odd}).status_code == 200
        assert client.get("/search/suggestions/", {"q": odd}).status_code == 200


def test_limits_in_the_line_list_reports(client: Client, indexed: Edition) -> None:
    html = client.get("/search/?q=CAGR+over+9+%25,+Asia+Pacific").content.decode()
    assert "growth 9\N{NO-BREAK SPACE}% a year or more, region Asia Pacific" in html
    assert "Heat Pump Market" in html
    assert "Car Sunroof Market" not in html


def test_suggestions_are_names(client: Client, indexed: Edition) -> None:
    titles = [one.title for one in suggest("webas", User(is_active=False), at=NOW)]
    assert titles == ["Webasto Group"]
    answer = client.get("/search/suggestions/?q=sunro")
    assert answer.json()["suggestions"][0]["address"] == "/reports/car-sunroof-market/"
    assert answer["Cache-Control"] == "public, max-age=60"


def test_search_keeps_up_with_editions_and_withdrawals(
    client: Client, indexed: Edition, editor: User, publish: Callable[..., Edition]
) -> None:
    newer = publish(replace(sample_document(), summary="Zeppelins have roofs too."))
    assert "<mark>Zeppelins</mark>" not in client.get("/search/?q=zeppelins").content.decode()
    indexing.sweep(NOW)
    assert "<mark>Zeppelins</mark>" in client.get("/search/?q=zeppelins").content.decode()
    Withdrawal.objects.create(edition=newer, reason="Wrong.", withdrawn_at=NOW, withdrawn_by=editor)
    assert "<mark>Zeppelins</mark>" not in client.get("/search/?q=zeppelins").content.decode(), (
        "at once, not at a sweep"
    )
    indexing.sweep(NOW + timedelta(seconds=5))
    assert set(SearchEntry.objects.values_list("edition__number", flat=True)) == {1, 2}


def test_the_projection_can_be_thrown_away(indexed: Edition) -> None:
    before = sorted(SearchEntry.objects.values_list("edition_id", "tier", "place", "anchor", "title", "body"))
    SearchEntry.objects.all().delete()
    call_command("rebuild_search", verbosity=0)
    assert sorted(SearchEntry.objects.values_list("edition_id", "tier", "place", "anchor", "title", "body")) == before


def test_places_are_narrowed_by_kind_and_by_facets(client: Client, subscriber: Client, indexed: Edition) -> None:
    html = client.get("/search/?q=glass").content.decode()
    assert "Segments (" in html
    assert "kind=segment" in html
    only = client.get("/search/?q=glass&kind=segment").content.decode()
    assert {"Segment", "Segments"} >= set(re.findall(r'<p class="eyebrow"><span>([^<]+)</span>', only))
    pumps = client.get("/search/?q=glass&industry=heating-and-cooling").content.decode()
    found = pumps[pumps.index('class="found"') :]
    assert "/reports/heat-pump-market/" in found
    assert "/reports/car-sunroof-market/" not in found
    assert "Reports with industry Heating and cooling" in pumps
    assert client.get("/search/?q=glass&cagr=lots").status_code == 400


def test_a_place_that_is_written_for_two_tiers_is_found_once(subscriber: Client, indexed: Edition) -> None:
    html = subscriber.get("/search/?q=glass&kind=segment").content.decode()
    places = re.findall(r'<h3><a href="([^"]+)">(.+?)</a>', html)
    assert len(places) == len(set(places))
    said = int(re.search(r"Segments \((\d+)\)", html)[1])  # type: ignore[index]
    assert said == len(places), "and counted once"


def test_the_count_above_the_best_places_is_that_of_the_kinds(subscriber: Client, indexed: Edition) -> None:
    html = subscriber.get("/search/?q=glass").content.decode()
    every = int(re.search(r"Everything \((\d+)\)", html)[1])  # type: ignore[index]
    shown = html.count("<h3><a href=")
    assert shown < every, "the sample says glass in more places than are shown"
    assert f"The best {shown} of {every} places" in html
