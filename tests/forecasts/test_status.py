"""What an editor is told about a market's forecast, and the command that brings forecasts up to date."""

import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecasts.models import ForecastState, Market, Pin
from forecasts.recompute import recompute
from forecasts.requesting import mark_stale
from forecasts.status import forecast_status, recompute_progress
from tests.factories import MarketFactory, sunroof_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return sunroof_draft().market


def command(*arguments: str) -> str:
    said = StringIO()
    call_command("recompute", *arguments, "--processes=1", stdout=said, stderr=StringIO())
    return said.getvalue()


def test_a_new_market_waits_for_its_forecast(market: Market) -> None:
    status = forecast_status(market)
    assert (status.stage, status.is_current) == ("waiting", False)
    assert "not caught up" in status.sentence
    assert status.waiting_since is not None


def test_a_computed_market_is_current_and_says_how_long_it_took(market: Market) -> None:
    run = recompute(market.pk, trigger="test")
    with CaptureQueriesContext(connection) as asked:
        status = forecast_status(market)
    assert len(asked) == 2
    assert status.stage == "current"
    assert " ms and changed " in status.sentence
    assert status.last_run == status.made_by == run
    assert status.milliseconds is not None
    assert status.waiting_since is None


def test_a_failed_market_says_why_and_that_the_old_values_stay(market: Market) -> None:
    good = recompute(market.pk, trigger="test")
    Pin.objects.create(market=market, year=2024, value=1, reason="A slip")
    bad = recompute(market.pk, trigger="test")
    status = forecast_status(market)
    assert status.stage == "failed"
    assert "2024" in status.sentence
    assert "last good forecast" in status.sentence
    assert (status.last_run, status.made_by) == (bad, good)


def test_a_market_in_its_second_try_says_so(market: Market) -> None:
    ForecastState.objects.filter(pk=market.pk).update(attempts=2)
    status = forecast_status(market)
    assert status.stage == "running"
    assert "try 2 of 3" in status.sentence


def test_progress_counts_current_waiting_and_failed_markets(market: Market) -> None:
    other = MarketFactory.create()
    recompute(other.pk, trigger="test")
    progress = recompute_progress()
    assert (progress.markets, progress.current, progress.waiting, progress.failed) == (2, 1, 1, 0)
    assert progress.oldest == forecast_status(market).waiting_since
    Pin.objects.create(market=market, year=2024, value=1, reason="A slip")
    recompute(market.pk, trigger="test")
    assert recompute_progress().failed == 1


def test_the_command_recomputes_what_is_stale(market: Market) -> None:
    assert "1 recomputed, 0 needed nothing, 0 failed" in command()
    assert forecast_status(market).is_current
    assert "nothing to recompute" in command()


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_the_command_shows_its_progress_in_a_terminal(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    MarketFactory.create()
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    command()
    half, whole = screen.getvalue().strip("\r\n").split("\r")
    assert half == f"[{'█' * 15}{'·' * 15}] 1 of 2"
    assert whole == f"[{'█' * 30}] 2 of 2"


def test_the_command_takes_markets_by_name_and_computes_anew_by_force(market: Market) -> None:
    MarketFactory.create()
    command(market.slug)
    assert recompute_progress().waiting == 1
    assert "0 recomputed, 1 needed nothing" in command(market.slug)
    assert "1 recomputed" in command(market.slug, "--force")


def test_the_command_ends_when_its_processes_cannot_begin(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    MarketFactory.create()
    monkeypatch.setattr("django.setup", sys.exit)
    with pytest.raises(CommandError, match="before they begin a market"):
        call_command("recompute", "--processes=2", stdout=StringIO(), stderr=StringIO())


def test_the_command_tries_a_market_again_that_was_given_up(market: Market) -> None:
    state = ForecastState.objects.get(pk=market.pk)
    ForecastState.objects.filter(pk=market.pk).update(failed_version=state.inputs_version)
    assert "1 recomputed" in command(market.slug)


def test_the_command_names_what_failed_and_why(market: Market) -> None:
    Pin.objects.create(market=market, year=2024, value=1, reason="A slip")
    with pytest.raises(CommandError, match="Not every forecast"):
        command()


def test_the_command_refuses_a_market_it_does_not_know() -> None:
    with pytest.raises(CommandError, match="no market called nonsense"):
        command("nonsense")


def test_marking_all_stale_counts_them(market: Market) -> None:
    recompute(market.pk, trigger="test")
    assert mark_stale() == 1
    assert recompute_progress().waiting == 1
