"""Markets and companies side by side."""

import re

import pytest
from django.test import Client

from reports.models import Edition

pytestmark = pytest.mark.django_db
MARKETS = "/compare/?market=car-sunroof-market&market=heat-pump-market"


def test_headlines_stand_side_by_side_and_growth_starts_at_a_hundred(
    client: Client, sunroofs: Edition, heat_pumps: Edition
) -> None:
    html = client.get(MARKETS).content.decode()
    for words in ("2,274.97", "3,701.17", "8,120.40", "15,210.90", "7.2", "9.4", "Nothing is converted"):
        assert words in html
    assert 'data-year="2024">100.0</td>' in html, "the two public years make an index"
    assert "In the full report" in html


def test_shares_are_shown_where_a_licence_opens_them(subscriber: Client, heat_pumps: Edition) -> None:
    html = subscriber.get(MARKETS + "&by=material").content.decode().replace("\xa0", " ")
    assert "Shares, by material" in html
    assert "83.0 % in 2031" in html
    assert "In the full report" in html


def test_companies_are_compared_as_far_as_they_are_open(client: Client, subscriber: Client) -> None:
    path = "/compare/?company=webasto-group&company=magna-international"
    closed, opened = client.get(path).content.decode(), subscriber.get(path).content.decode().replace("\xa0", " ")
    assert "Webasto Group" in closed
    assert "EUR" not in closed
    assert "18.0 %" not in closed
    assert re.search(r"EUR [\d,.]+ million</span>", opened), "an amount as prose prints it"
    for words in ("18.0 % in 2024", "Germany", "Revenue, the first year they share is 100"):
        assert words in opened


def test_one_or_none_asks_for_more_and_unknown_ones_are_left_out(client: Client, sunroofs: Edition) -> None:
    assert "Nothing is compared yet" in client.get("/compare/").content.decode()
    assert "One more." in client.get("/compare/?market=car-sunroof-market&market=none").content.decode()
    assert "Nothing is compared yet" in client.get("/compare/?company=none").content.decode()


def test_names_are_added_as_typed(client: Client, sunroofs: Edition, heat_pumps: Edition) -> None:
    added = client.get("/compare/?market=car-sunroof-market&add=Heat+Pump+Market")
    assert added["Location"] == MARKETS
    added = client.get("/compare/?of=companies&company=webasto-group&add=magna")
    assert added["Location"] == "/compare/?company=webasto-group&company=magna-international"
