"""Citations lead to the same contents for ever."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from portal.exports.citing import cite
from reports.models import Edition
from tests.documents import sample_document

pytestmark = pytest.mark.django_db
REPORT = "/reports/car-sunroof-market"


def test_a_citation_names_edition_date_digest_and_place(client: Client, sunroofs: Edition) -> None:
    says = client.get(f"{REPORT}/citation.txt?table=geography").content.decode()
    assert says == (
        "Plumbline (2026). By Geography. In: Car Sunroof Market. Edition 2, 20 November 2026. "
        "Illustrative, not market data. "
        f"http://localhost:8000/reports/car-sunroof-market/?edition=2#dimension-geography (SHA-256 {sunroofs.digest})\n"
    )


def test_what_a_citation_leads_to_stays_as_it_was_when_a_new_edition_comes(
    client: Client, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    says = client.get(f"{REPORT}/citation.txt").content
    publish(replace(sample_document(), summary="Another summary."))
    assert client.get(f"{REPORT}/citation.txt?edition=2").content == says
    page = client.get(f"{REPORT}/?edition=2").content.decode()
    assert "Another summary." not in page
    for place in ("chart-total", "dimension-geography", "dimension-material"):
        assert f'id="{place}"' in page


def test_every_citation_on_the_page_leads_to_a_place_that_is_there(subscriber: Client) -> None:
    import re

    page = subscriber.get(f"{REPORT}/").content.decode()
    places = set(re.findall(r'href="http://localhost:8000/reports/car-sunroof-market/\?edition=2#([^"]+)"', page))
    assert len(places) > 3
    assert {place for place in places if f'id="{place}"' not in page} == set()


def test_no_title_can_leave_its_field(publish: Callable[..., Edition]) -> None:
    made = cite(publish(replace(sample_document(), title="Cars} , x={\\y} & 100 %\r\nER  - ")))
    assert "\n" not in made.bibtex.split("title = ")[1].split(",\n")[0]
    assert r"Cars\} , x=\{\textbackslash{}y\} \& 100 \%" in made.bibtex
    assert made.ris.count("ER  - \r\n") == 1
    assert made.ris.startswith("TY  - RPRT\r\n")


def test_a_citation_says_how_much_of_what_it_cites_is_illustrative(publish: Callable[..., Edition]) -> None:
    document = sample_document()
    real = replace(document, headline=replace(document.headline, illustrative=False))
    mixed = replace(
        real,
        series=tuple(
            replace(one, cells=tuple(replace(cell, illustrative=one.path != "total") for cell in one.cells))
            for one in real.series
        ),
    )
    edition = publish(mixed)
    assert [cite(edition, code=code).label for code in ("", "total", "geography")] == [
        "Partly illustrative, not market data",
        "",
        "Illustrative, not market data",
    ]
