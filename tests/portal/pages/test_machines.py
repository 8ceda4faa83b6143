"""What machines are told: public facts at one address each, and nothing that is locked."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.test import Client

from reports.document import Tier
from reports.models import Edition
from tests.documents import sample_document
from tests.portal.access.test_routes import secrets

pytestmark = pytest.mark.django_db
PAGE = "/reports/car-sunroof-market/"


def linked(html: str) -> dict[str, dict[str, object]]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    return {one["@type"]: one for one in json.loads(found[1])["@graph"]}


def test_the_sitemap_lists_what_anybody_may_read(client: Client, sunroofs: Edition, heat_pumps: Edition) -> None:
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    places = [one.text for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert "http://localhost:8000/reports/car-sunroof-market/" in places
    assert "http://localhost:8000/companies/webasto-group/" in places
    for place in places:
        assert place
        answer = client.get(place.removeprefix("http://localhost:8000"))
        assert answer.status_code == 200
        assert f'<link rel="canonical" href="{place}">' in answer.content.decode()


def test_robots_are_led_to_the_sitemap_and_kept_from_accounts(client: Client) -> None:
    rules = client.get("/robots.txt").content.decode()
    assert "Disallow: /accounts/" in rules
    assert "Sitemap: http://localhost:8000/sitemap.xml" in rules


def test_the_old_address_of_icons_leads_to_ours(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/favicon.svg"


def test_a_public_page_tells_public_facts_as_linked_data(client: Client, sunroofs: Edition) -> None:
    html = client.get(PAGE).content.decode()
    told = linked(html)
    assert told["Report"]["version"] == "2"
    assert told["Dataset"]["temporalCoverage"] == "2021/2031"
    assert "3701.17" in json.dumps(told["Dataset"]["variableMeasured"])
    assert str(told["Dataset"]["description"]).startswith("Illustrative, not market data. ")
    leaked = {one for one in secrets(sample_document(), Tier.PUBLIC) if one in json.dumps(told, ensure_ascii=False)}
    assert leaked == set()
    assert 'property="og:image" content="http://localhost:8000/reports/car-sunroof-market/card.png?edition=2"' in html


def test_gated_views_and_older_editions_are_not_to_be_listed(client: Client, subscriber: Client) -> None:
    licensed = subscriber.get(PAGE)
    assert licensed["X-Robots-Tag"] == "noindex"
    assert "ld+json" not in licensed.content.decode()
    assert '<meta name="robots" content="noindex">' in client.get(f"{PAGE}?edition=1").content.decode()
    assert "noindex" not in client.get(PAGE).content.decode()


def test_a_title_can_not_end_the_script_it_stands_in(client: Client, publish: Callable[..., Edition]) -> None:
    publish(replace(sample_document(), title="Roofs </script><script>alert(1)</script> & more"))
    html = client.get(PAGE).content.decode()
    assert "<script>alert" not in html
    assert linked(html)["Report"]["name"] == "Roofs </script><script>alert(1)</script> & more"


def test_pages_are_compressed_to_a_random_length_and_pictures_are_not(client: Client, sunroofs: Edition) -> None:
    asked = {"Accept-Encoding": "gzip"}
    pages = [client.get(PAGE, headers=asked) for _ in range(12)]
    assert {page["Content-Encoding"] for page in pages} == {"gzip"}
    assert len({len(page.content) for page in pages}) > 1
    assert gzip.decompress(pages[0].content) == client.get(PAGE).content
    assert "Accept-Encoding" in pages[0]["Vary"]
    assert "Content-Encoding" not in client.get(f"{PAGE}charts/total.png", headers=asked)
    assert "Content-Encoding" not in client.get("/api/v1/reports/", headers=asked)
    assert client.get(PAGE, headers=asked | {"If-None-Match": pages[0]["ETag"]}).status_code == 304
