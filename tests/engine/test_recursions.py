"""The methods that the trend averages: each forecasts by its formula, and its errors are those of that formula."""

import numpy as np
import pytest
from numpy.typing import NDArray

from forecasts.engine import recursions

Floats = NDArray[np.float64]
HORIZON = 3


def _forecasts(method: int, history: Floats) -> Floats:
    """float[C, HORIZON] of one history by one of the four."""
    chosen = recursions.recursions(len(history), HORIZON)[method]
    return (history @ chosen.forecast).reshape(-1, HORIZON)


def _last_errors(method: int, history: Floats) -> Floats:
    """float[C]: the error of the last year."""
    chosen = recursions.recursions(len(history), HORIZON)[method]
    errors: Floats = (history @ chosen.errors).reshape(len(history) - recursions.SETTLING, -1)
    return np.asarray(errors[-1])


DAMPED, THETA, GROWTH, LINE = range(4)


def test_growth_without_drift_echoes_the_last_step_ever_weaker() -> None:
    history = np.array([10.0, 11.0, 12.0, 14.0])
    echoed = recursions.ECHOES.index(0.4) * len(recursions.DRIFTS) + recursions.DRIFTS.index(0.0)
    assert _forecasts(GROWTH, history)[echoed] == pytest.approx([14.8, 15.12, 15.248])
    assert _last_errors(GROWTH, history)[echoed] == pytest.approx(14.0 - (12.0 + 0.4 * 1.0))


def test_growth_with_drift_returns_to_the_mean_step() -> None:
    history = np.array([10.0, 11.0, 12.0, 16.0])  # a mean step of 2
    full = recursions.ECHOES.index(0.4) * len(recursions.DRIFTS) + recursions.DRIFTS.index(1.0)
    assert _forecasts(GROWTH, history)[full] == pytest.approx([16 + 2 + 0.8, 18.8 + 2 + 0.32, 21.12 + 2 + 0.128])


def test_an_undiscounted_line_is_that_of_least_squares() -> None:
    history = np.array([3.0, 4.5, 4.0, 6.0, 7.5, 6.5])
    slope, level = np.polyfit(np.arange(6), history, 1)
    even = recursions.DISCOUNTS.index(1.0)
    assert _forecasts(LINE, history)[even] == pytest.approx(level + slope * np.array([6, 7, 8]))
    slope, level = np.polyfit(np.arange(5), history[:5], 1)
    assert _last_errors(LINE, history)[even] == pytest.approx(6.5 - (level + slope * 5), rel=1e-6)


def test_a_discounted_line_is_that_of_weighted_least_squares() -> None:
    history = np.array([3.0, 4.5, 4.0, 6.0, 7.5, 6.5])
    for row, discount in enumerate(recursions.DISCOUNTS):
        counts = discount ** np.arange(5, -1, -1)
        slope, level = np.polyfit(np.arange(6), history, 1, w=np.sqrt(counts))
        assert _forecasts(LINE, history)[row] == pytest.approx(level + slope * np.array([6, 7, 8]))


@pytest.mark.parametrize("method", [THETA, GROWTH, LINE])
def test_a_method_with_full_drift_goes_on_along_a_straight_line(method: int) -> None:
    history = np.arange(5.0, 17.0)
    forecasts = _forecasts(method, history)
    along = np.isclose(forecasts, [17.0, 18.0, 19.0]).all(axis=1)
    every = len(recursions.DRIFTS) if method != LINE else 1
    assert along[every - 1 :: every].all()


@pytest.mark.parametrize("method", [DAMPED, THETA, GROWTH, LINE])
def test_variance_starts_at_one_error_and_never_falls(method: int) -> None:
    variance = recursions.recursions(9, HORIZON)[method].variance
    assert variance[:, 0] == pytest.approx(1.0)
    assert (np.diff(variance, axis=1) >= 0).all()
