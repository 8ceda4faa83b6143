"""Role x licence x route of the explorer, compare, saved charts and embeds: what is locked is in no byte of any."""

import io
import zipfile

import pytest
from django.test import Client

from portal.access.models import Licence, Organisation
from portal.explorer import urls
from portal.explorer.models import Embed, EmbedSite
from reports.document import Tier
from reports.models import Edition
from tests.documents import sample_document
from tests.editions import NOW
from tests.portal.access.test_routes import secrets

pytestmark = pytest.mark.django_db
BOTH = "report=car-sunroof-market&report=heat-pump-market"
ROUTES = {
    "explorer": ["/explorer/", f"/explorer/?{BOTH}", "/explorer/?company=webasto-group&measure=company-share"]
    + [
        f"/explorer/?report=car-sunroof-market&by={by}&show={show}&chart={chart}&scenario={scenario}"
        for by in ("", "material", "geography")
        for show, chart, scenario in (
            ("absolute", "lines", "base"), ("share", "stacked", "base"), ("index", "bars", "base"),
            ("growth", "table", "optimistic"),
        )
    ],
    "export_chart": [f"/explorer/chart.{form}?{BOTH}&by=material" for form in ("csv", "xlsx", "svg", "png")],
    "saved_charts": ["/explorer/saved/"],
    "delete_chart": ["/explorer/saved/1/delete/"],
    "embeds": ["/explorer/embeds/", f"/explorer/embeds/?query={BOTH.replace('&', '%26')}"],
    "embed_sites": ["/explorer/embeds/sites/"],
    "end_embed": ["/explorer/embeds/1/end/"],
    "embed": ["/embed/key-of-a-reader/"],
    "compare": [
        "/compare/", "/compare/?market=car-sunroof-market&market=heat-pump-market",
        "/compare/?market=car-sunroof-market&market=heat-pump-market&by=material",
        "/compare/?company=webasto-group&company=magna-international",
    ],
}  # fmt: skip


def test_every_route_is_listed_here() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(ROUTES)


def text_of(body: bytes) -> str:
    """A file's words: those inside a workbook too."""
    if body.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(body))
        return " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return body.decode(errors="replace")


@pytest.mark.parametrize("who", ["nobody", "registered", "subscriber of the other report"])
def test_no_route_sends_what_its_reader_may_not_have(
    who: str, client: Client, registered: Client, subscriber: Client, sunroofs: Edition, heat_pumps: Edition
) -> None:
    reader, tier = (client, Tier.PUBLIC) if who == "nobody" else (registered, Tier.REGISTERED)
    hidden = secrets(sample_document(), tier)
    if who.startswith("subscriber"):
        Licence.objects.update(report=heat_pumps.report)
        reader = subscriber
        # The two reports share a fixture's words and some numbers; what the licensed one says is no secret.
        said = subscriber.get("/reports/heat-pump-market/").content.decode().replace("\xa0", " ")
        hidden = {one for one in hidden if one not in said}
    hidden -= {"base year"}  # words of every file, not of this report alone
    assert len(hidden) > 20
    organisation = Organisation.objects.create(name="Unlicensed", slug="unlicensed")
    EmbedSite.objects.create(organisation=organisation, domain="example.org", added_at=NOW)
    Embed.objects.create(organisation=organisation, key="key-of-a-reader", title="x", query=BOTH, made_at=NOW)
    for paths in ROUTES.values():
        for path in paths:
            answer = reader.get(path)
            assert answer.status_code in (200, 302, 403, 404, 405), path
            words = text_of(answer.content)
            leaked = sorted(one for one in hidden if one in words and one not in path)
            assert not leaked, (path, leaked[:5])
            if reader is not client and answer.status_code == 200:
                assert answer["Cache-Control"] == "private, no-store", path


def test_a_subscriber_reads_every_value_and_only_of_what_is_licensed(
    subscriber: Client, sunroofs: Edition, heat_pumps: Edition
) -> None:
    html = subscriber.get(f"/explorer/?{BOTH}&by=material&show=absolute").content.decode()
    document = sample_document()
    for year in document.years:
        value = document.value("material/glass-material", year)
        assert value is not None
        assert f"{value:,.2f}" in html
    assert "In the full report" in html, "of the report that is not licensed"
    other = heat_pumps.contents.value("material/glass-material", 2029)
    assert other is not None
    assert f"{other:,.2f}" not in html


def test_intervals_are_for_licensed_readers(client: Client, registered: Client, subscriber: Client) -> None:
    for reader, shown in ((client, False), (registered, False), (subscriber, True)):
        html = reader.get("/explorer/?report=car-sunroof-market").content.decode()
        assert ("80 % and 95 % intervals" in html) is shown


def test_a_scenario_is_closed_in_so_many_words(registered: Client, subscriber: Client) -> None:
    path = "/explorer/?report=car-sunroof-market&scenario=optimistic"
    assert "scenarios other than the base are in the full report" in registered.get(path).content.decode()
    assert "optimistic scenario" in subscriber.get(path).content.decode()
