"""The trend method: accurate on the M1 competition, calibrated, and the same for a series alone or in a batch."""

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import accuracy
from forecasts.engine import trend


def test_it_meets_its_target_on_the_m1_competition() -> None:
    series = accuracy.yearly("M1")
    scores = accuracy.score(series, accuracy.ours(series))
    assert len(series) == 181
    assert scores["smape"] <= 16.4
    assert 77 <= scores["coverage80"] <= 84
    assert 92 <= scores["coverage95"] <= 97


def test_a_series_alone_gets_the_same_forecast_as_in_a_batch() -> None:
    draw = np.random.default_rng(3)
    batch = np.exp(np.cumsum(draw.normal(0.04, 0.1, (300, 25)), axis=1))
    batch[:150, :12] = np.nan
    together = trend.project(batch, 6)
    alone = trend.project(batch[10:11], 6)
    assert together.mean[10] == pytest.approx(alone.mean[0], rel=1e-6)
    assert together.spread[10] == pytest.approx(alone.spread[0], rel=1e-6)


def test_the_unit_of_a_series_changes_nothing_but_the_unit() -> None:
    history = np.array([[3.0, 3.2, 3.9, 4.1, 4.0, 4.8, 5.1]])
    small, large = trend.project(history, 5), trend.project(history * 1e6, 5)
    assert large.mean == pytest.approx(small.mean * 1e6, rel=1e-6)
    assert large.spread == pytest.approx(small.spread, rel=1e-4)


def test_a_constant_series_stays_constant() -> None:
    assert trend.project(np.full((1, 9), 42.0), 7).mean == pytest.approx(np.full((1, 7), 42.0))


def test_steady_growth_goes_on_but_not_faster() -> None:
    history: NDArray[np.float64] = 100.0 * np.power(1.06, np.arange(12.0))[None, :]
    mean = trend.project(history, 7).mean[0]
    steps = np.diff(np.concatenate([history[0, -1:], mean])) / np.concatenate([history[0, -1:], mean[:-1]])
    assert (steps > 0.03).all()
    assert (steps < 0.061).all()


def test_intervals_widen_with_the_horizon_and_with_the_level() -> None:
    draw = np.random.default_rng(8)
    forecast = trend.project(np.exp(np.cumsum(draw.normal(0.03, 0.1, (5, 15)), axis=1)), 7)
    (low80, high80), (low95, high95) = forecast.bounds(80), forecast.bounds(95)
    assert (low95 < low80).all()
    assert (high80 < high95).all()
    assert (np.diff(forecast.spread, axis=1) > 0).all()


def test_too_short_a_series_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 4 observations"):
        trend.project(np.array([[1.0, 2.0, 3.0]]), 2)
