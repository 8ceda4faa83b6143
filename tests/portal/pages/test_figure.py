"""Every number can be asked: where it comes from, how it was made, by which run, in which edition."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from reports.document import Cell
from reports.figures import grouped
from reports.models import Edition
from reports.models.editions import Withdrawal
from tests.documents import sample_document
from tests.editions import NOW
from tests.portal.alerts.conftest import with_value

pytestmark = pytest.mark.django_db
PAGE = "/reports/car-sunroof-market/"
GERMANY = f"{PAGE}figures/segment/geography/europe/germany/2030/"


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_licensed_number_tells_source_method_run_interval_and_edition(subscriber: Client) -> None:
    says = text(subscriber, GERMANY)
    assert "Germany, 2030" in says
    assert re.search(r"USD 29[0-9]\.\d\d million|USD \d+\.\d\d million", says)
    assert "Method Growth rate, reconciled" in says
    assert "Source Illustrative, not market data" in says
    assert "Engine 1, from inputs aaaaaaaaaaaa , making values bbbbbbbbbbbb" in says
    assert "80 % interval" in says
    assert "Edition 2, the current one" in says
    assert "It is a part of Europe and adds up to it with its siblings." in says
    assert "2021" in says
    assert "SHA-256" in says


def test_a_public_number_is_told_without_its_method_and_run(client: Client, sunroofs: Edition) -> None:
    says = text(client, f"{PAGE}figures/total/2031/")
    assert "USD 3,701.17 million" in says
    assert "Recorded in the full report" in says
    for hidden in ("Growth rate, reconciled", "aaaaaaaaaaaa", "interval 3", "2,144.18"):
        assert hidden not in says


def test_growth_and_shares_lead_on_to_the_values_they_are_made_from(subscriber: Client) -> None:
    html = subscriber.get(f"{PAGE}figures/cagr/total/2024-2031/").content.decode()
    assert "7.2 %" in html
    assert f'href="{PAGE}figures/total/2024/?edition=2"' in html
    assert f'href="{PAGE}figures/total/2031/?edition=2"' in html


def test_a_locked_number_is_refused_with_the_way_to_get_it(client: Client, sunroofs: Edition) -> None:
    says = text(client, GERMANY, 403)
    assert "This number is in the full report." in says
    assert "Ask for a licence" in says
    # A year without a value is refused in the same words: what there is beyond the gate is not told number by number.
    beyond = text(client, GERMANY.replace("2030", "2099"), 403)
    assert beyond.replace("2099", "2030") == says


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("total/2099", "no value for 2099"),
        ("segment/geography/atlantis/2030", "no such segment"),
        ("price/2030", "not the address of a number"),
        ("segment/electric-vehicle/battery-electric-vehicle-bev/2030", "is not estimated. No observation"),
        ("total/2031@imagined", "no value for 2031"),
    ],
)
def test_what_is_no_number_of_the_edition_says_why(subscriber: Client, address: str, says: str) -> None:
    assert says in text(subscriber, f"{PAGE}figures/{address}/", 404)


def test_every_number_on_the_page_leads_to_its_answer(subscriber: Client) -> None:
    html = subscriber.get(PAGE).content.decode()
    places = sorted(set(re.findall(r'class="ask" href="([^"]+)"', html)))
    assert len(places) > 500
    shown = dict(re.findall(r'class="ask" href="([^"]+)">([\d.,]+)</a>', html))
    for place in places[:: len(places) // 25]:
        says = text(subscriber, place)
        assert shown.get(place, "") in says


def test_a_citation_of_a_number_holds_when_newer_editions_change_it(
    subscriber: Client, publish: Callable[..., Edition], sunroofs: Edition, editor: Any
) -> None:
    before = text(subscriber, f"{GERMANY}?edition=2")
    publish(with_value(sample_document(), "geography/europe/germany", 2030, "77777.77"), at=NOW)
    after = text(subscriber, f"{GERMANY}?edition=2")
    value = re.search(r"USD ([\d,.]+) million", before)
    assert value
    assert value[0] in after
    assert "the current one is 3" in after
    assert "In each edition" in after
    assert "77,777.77" in after.split("In each edition")[1]
    Withdrawal.objects.create(edition=sunroofs, reason="A wrong base year.", withdrawn_at=NOW, withdrawn_by=editor)
    assert "A wrong base year." in text(subscriber, f"{GERMANY}?edition=2")


def test_an_answer_costs_few_queries(subscriber: Client, django_assert_max_num_queries: Any) -> None:
    subscriber.get(GERMANY)
    with django_assert_max_num_queries(8):
        subscriber.get(GERMANY)


def test_a_licensed_number_adds_up_from_its_base_value_to_what_is_printed(subscriber: Client) -> None:
    value = sample_document().value("geography/europe/germany", 2030)
    assert value is not None
    says = text(subscriber, GERMANY)
    assert f"By the method alone {value - Decimal('1.2327'):,}" in says
    assert "Changed so that the parts sum to the whole +1.2361" in says
    assert "Rounded so that the printed parts sum to the printed whole −0.0034" in says
    assert f"The value {value:,.2f}00" in says


def test_a_number_is_cited_by_the_address_of_its_own_answer(subscriber: Client) -> None:
    assert f"http://localhost:8000{GERMANY}?edition=2 (SHA-256" in text(subscriber, GERMANY)


def test_editions_that_print_the_same_value_are_one_row_of_its_history(
    subscriber: Client, publish: Callable[..., Edition]
) -> None:
    document = sample_document()
    key = ("base", "geography/europe/germany", 2030)

    def wider(cell: Cell) -> Cell:
        return replace(cell, high95=cell.value * 3) if cell.year == key[2] else cell

    series = tuple(
        replace(one, cells=tuple(map(wider, one.cells))) if (one.scenario, one.path) == key[:2] else one
        for one in document.series
    )
    publish(replace(document, series=series))
    says = text(subscriber, GERMANY)
    assert f"{grouped(document.cells[key].value * 3, 2)}" in says, "the third edition has another interval"
    assert "In each edition" not in says
