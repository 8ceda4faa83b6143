"""The desk's pages "Why this number" and "Recompute all"."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from forecasts.models import CrossTable, Dimension, ForecastState, Market, Observation, Pin, Segment
from forecasts.recompute import recompute
from forecasts.requesting import try_again
from forecasts.status import recompute_progress
from tests.factories import MarketFactory, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db
RECOMPUTE = "/admin/forecasts/market/recompute/"


def staff(*permissions: str) -> Client:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def market() -> Market:
    market = sunroof_draft().market
    recompute(market.pk, trigger="test")
    return market


@pytest.fixture
def editor() -> Client:
    return staff("view_market", "change_market")


@pytest.fixture
def failed(market: Market) -> Market:
    Pin.objects.create(market=market, year=2024, value=1, reason="A slip")
    recompute(market.pk, trigger="test")
    return market


def words(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def why(market: Market) -> str:
    return reverse("admin:forecasts_market_why", args=[market.pk])


def test_a_computed_value_is_explained_in_a_table_that_adds_up(editor: Client, market: Market) -> None:
    page = words(editor, why(market), path="material/glass-material", year="2028", scenario="base")
    assert "Base value: growth rate of 8.2" in page
    assert "Changed so that the parts sum to the whole" in page
    assert "Illustrative, not market data" in page


def test_without_a_question_the_markets_last_year_is_explained(editor: Client, market: Market) -> None:
    page = words(editor, why(market))
    assert "3,701.17" in page
    assert "Held at the pinned value" in page


def test_nonsense_is_answered_in_words(editor: Client, market: Market) -> None:
    page = words(editor, why(market), path="<script>alert", year="abc", scenario="dream")
    assert "no scenario “dream”" in page
    assert "<script>alert" not in page


def test_a_stale_forecast_is_said_to_be_stale(editor: Client, market: Market) -> None:
    Pin.objects.all().delete()
    assert "has not caught up" in words(editor, why(market))


def test_each_row_of_the_grid_leads_to_its_explanation(editor: Client, market: Market) -> None:
    grid = words(editor, reverse("admin:forecasts_market_data", args=[market.pk]))
    assert f"{why(market)}?path=material%2Fglass-material" in grid


def test_the_page_counts_markets_by_state(editor: Client, failed: Market) -> None:
    MarketFactory.create()
    assert editor.get(f"{RECOMPUTE}progress/").json() == {
        "markets": 2, "current": 0, "waiting": 1, "running": 0, "failed": 1, "settled": 1,
        "sentence": "1 of 2 forecasts are settled; 1 to go.",
    }  # fmt: skip
    page = words(editor, RECOMPUTE)
    assert failed.name in page
    assert "2024" in page


def test_a_market_in_its_second_try_is_running(editor: Client) -> None:
    ForecastState.objects.filter(pk=MarketFactory.create().pk).update(attempts=1)
    progress = editor.get(f"{RECOMPUTE}progress/").json()
    assert (progress["running"], progress["waiting"]) == (1, 0)


def test_recompute_everything_marks_every_market(editor: Client, market: Market) -> None:
    assert recompute_progress().waiting == 0
    answer = editor.post(RECOMPUTE, {"everything": "1"}, follow=True)
    assert "1 market will be computed anew" in answer.content.decode()
    assert recompute_progress().waiting == 1


def test_a_failed_market_can_be_tried_again(editor: Client, failed: Market) -> None:
    answer = editor.post(RECOMPUTE, {"market": str(failed.pk)}, follow=True)
    assert "1 market will be tried again" in answer.content.decode()
    assert recompute_progress().failed == 0
    Pin.objects.filter(year=2024).delete()
    recompute(failed.pk, trigger="test")
    assert recompute_progress().current == 1


def test_trying_again_leaves_markets_alone_that_have_not_failed(market: Market) -> None:
    assert try_again() == try_again([market.pk]) == 0
    assert recompute_progress().current == 1


def test_who_may_only_look_changes_nothing(market: Market) -> None:
    reader = staff("view_market")
    assert "Recompute everything" not in words(reader, RECOMPUTE)
    assert reader.post(RECOMPUTE, {"everything": "1"}).status_code == 403
    assert recompute_progress().waiting == 0


def test_who_may_not_see_markets_sees_neither_page(market: Market) -> None:
    stranger = staff()
    for path in (why(market), RECOMPUTE, f"{RECOMPUTE}progress/"):
        assert stranger.get(path).status_code == 403
    assert Client().get(RECOMPUTE).status_code == 302


def test_the_list_of_markets_leads_to_the_page_and_says_how_each_forecast_stands(
    editor: Client, failed: Market
) -> None:
    page = words(editor, "/admin/forecasts/market/")
    assert f'href="{RECOMPUTE}"' in page
    assert ">failed<" in "".join(page.split())


def test_an_editor_crosses_two_dimensions_and_sees_the_table_as_it_would_print(market: Market) -> None:
    vehicle = Dimension.objects.create(market=market, name="Vehicle", code="vehicle", position=2)
    suv = Segment.objects.create(dimension=vehicle, name="SUV")
    Segment.objects.create(dimension=vehicle, name="Sedan")
    for segment, value in ((suv, "1000.00"), (vehicle.segments.get(name="Sedan"), "1274.97")):
        Observation.objects.create(market=market, segment=segment, year=2024, value=Decimal(value), source="test")
    recompute(market.pk, trigger="test")
    material = market.dimensions.get(code="material")
    table = CrossTable.objects.create(market=market, rows=material, columns=vehicle)
    client = staff("view_crosstable", "change_crosstable", "add_crosscell", "change_crosscell", "view_crosscell")
    address = reverse("admin:forecasts_crosstable_change", args=[table.pk])
    page = words(client, address)
    assert "As it would print, base scenario" in page
    assert "Glass Material" in page
    assert "Germany" not in page, "only segments of its two dimensions are offered"
    glass = Segment.objects.get(path="material/glass-material")
    saved = client.post(
        address,
        {
            "market": market.pk, "rows": material.pk, "row_detail": "top", "columns": vehicle.pk,
            "column_detail": "top", "position": 0,
            "known_cells-TOTAL_FORMS": 1, "known_cells-INITIAL_FORMS": 0, "known_cells-0-table": table.pk,
            "known_cells-0-row": glass.pk, "known_cells-0-column": suv.pk, "known_cells-0-year": 2024,
            "known_cells-0-value": "900", "known_cells-0-source": "A count of ours",
        },
    )  # fmt: skip
    assert saved.status_code == 302
    page = words(client, address)
    assert "900.00</td>" in page
    assert "774.97<sup>" in page.replace("800.00", "") or "<sup>m</sup>" in page


def test_a_cross_table_whose_cells_do_not_fit_says_so_where_they_are_entered(market: Market) -> None:
    rows, columns = market.dimensions.all()
    table = CrossTable.objects.create(market=market, rows=rows, columns=columns)
    page = words(
        staff("view_crosstable", "change_crosstable"), reverse("admin:forecasts_crosstable_change", args=[table.pk])
    )
    assert "It can’t be filled" in page
    assert "No segment of Geography is estimated yet" in page
