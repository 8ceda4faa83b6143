"""The pictures shown where a page is linked: public facts only, the same for whoever asks."""

import struct

import pytest
from django.core.cache import cache
from django.test import Client

from portal.pages import cards
from reports.document import Tier
from reports.gating import readable
from reports.models import Edition
from tests.documents import sample_document
from tests.portal.access.test_routes import secrets

pytestmark = pytest.mark.django_db
PATHS = ("/reports/car-sunroof-market/card.png", "/companies/webasto-group/card.png", "/card.png")


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.parametrize("path", PATHS)
def test_a_card_is_one_picture_for_every_reader_and_may_be_kept(client: Client, subscriber: Client, path: str) -> None:
    public = client.get(path)
    assert size(public.content) == (1200, 630)
    assert public["Cache-Control"] == "public, max-age=86400"
    assert subscriber.get(path).content == public.content
    assert client.get(path, headers={"If-None-Match": public["ETag"]}).status_code == 304


def test_it_is_drawn_once(client: Client, sunroofs: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    first = client.get(PATHS[0]).content
    monkeypatch.setattr(cards, "report_svg", None)
    assert client.get(PATHS[0]).content == first


def test_what_it_is_drawn_from_is_public() -> None:
    whole = sample_document()
    drawn = cards.report_svg(whole, 2)
    assert drawn == cards.report_svg(readable(whole, Tier.PUBLIC), 2)
    assert {one for one in secrets(whole, Tier.PUBLIC) if one in drawn} == set()
    for words in ("Car Sunroof Market", "2,274.97", "3,701.17", "7.2 %", "Illustrative, not market data", "Edition 2"):
        assert words in drawn


def test_names_are_words_and_long_ones_are_cut() -> None:
    drawn = cards.company_svg("<script>" + "very long name " * 20, ["A & B"] * 9)
    assert "<script>" not in drawn
    assert "A &amp; B" in drawn
    assert "and 6 more" in drawn


@pytest.mark.parametrize("path", ["/reports/none/card.png", "/companies/none/card.png"])
def test_what_there_is_not_has_no_card(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_lead_to_their_cards(client: Client, sunroofs: Edition) -> None:
    for path, card in (
        ("/", "/card.png"),
        ("/companies/webasto-group/", "/companies/webasto-group/card.png"),
        ("/explorer/", "/card.png"),
        ("/reports/car-sunroof-market/", "/reports/car-sunroof-market/card.png?edition=2"),
    ):  # fmt: skip
        html = client.get(path).content.decode()
        assert f'<meta property="og:image" content="http://localhost:8000{card}">' in html, path
        assert html.count('property="og:image"') == 1
