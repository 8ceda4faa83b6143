"""Trend from history: an automatic forecast for short annual series, for all series at once.

A weighted mean of damped-trend exponential smoothing with fixed parameters, on the values and on their logarithms:

1. Candidates are the ETS(A,Ad,N) recursions (Gardner and McKenzie, 1985, "Forecasting trends in time series",
   Management Science 31; Hyndman et al., 2008, Forecasting with Exponential Smoothing, ch. 3) on a small grid of
   level, slope and damping parameters, and two without a trend. Level and slope start from a least-squares line
   through the first years.
2. With fixed parameters such a recursion is linear in the history, so the forecasts and the one-step errors of all
   candidates are matrix products, the same for every series of one length. Nothing is optimised series by series.
3. Each series weighs the candidates by a power of their mean absolute one-step errors, relative to the level: sharp
   where the history is long, mild where it is short. Weighing instead of choosing follows Bates and Granger, 1969,
   "The combination of forecasts", Operational Research Quarterly 20.
4. The spread at horizon h is the weighted one-step error, shrunk towards a typical one because few errors tell
   little, times each candidate's own growth of variance (Hyndman et al., 2008, ch. 6). Two multipliers turn it into
   intervals on the log scale; they are wider than the normal distribution's because parameters and model are
   uncertain too.

Every constant below was set on the yearly series of the M1 competition alone. See docs/forecast-method.md.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHORTEST = 4  # fewer observations don't tell a trend from an accident
SETTLING = 2  # one-step errors of the first years belong to the starting values, not to the method
STARTING_YEARS = 6  # how many years the starting line is fitted to
LEVELS = (0.5, 0.9)
SLOPES = (0.0, 0.1, 0.25, 0.5)  # as a part of the level parameter
DAMPINGS = (0.88, 0.98)
WITHOUT_TREND = (0.6, 1.0)
SHARPNESS = 2.0  # the power of the errors is this times the square root of the length
TYPICAL_ERROR = 0.05  # relative one-step error towards which short histories are shrunk
TYPICAL_WEIGHT = 2.0  # how many errors that typical error counts for
MULTIPLIERS = {80: 1.28, 95: 2.25}
FASTEST = 0.5  # natural logarithms a year that a candidate may go from the last value: 65 % a year
WIDEST = 2.0  # natural logarithms that an interval may reach from the forecast: a factor of 7.4
ROWS_AT_ONCE = 128  # series handled together: their errors fit the processor's cache


@dataclass(frozen=True, slots=True)
class TrendForecast:
    """``mean`` is float[K, H] in the series' unit; ``spread`` is float[K, H], a relative (log scale) error."""

    mean: Floats
    spread: Floats

    def bounds(self, level: int) -> tuple[Floats, Floats]:
        """The low and high end, float[K, H] each, of the 80 or 95 % interval."""
        reach = np.exp(np.minimum(MULTIPLIERS[level] * self.spread, WIDEST))
        return self.mean / reach, self.mean * reach


@dataclass(frozen=True, slots=True)
class _Operators:
    """What one length of history makes of the candidates.

    ``forecast`` is float[n, C * H] and ``errors`` float[n, C * E] for C candidates, E one-step errors: a history
    (float[K, n]) times these gives forecasts and errors.
    """

    forecast: Floats
    errors: Floats


def project(history: Floats, horizon: int) -> TrendForecast:
    """Forecast K series ``horizon`` years ahead.

    ``history`` is float[K, T], right-aligned, NaN before a shorter series, no value negative; at least SHORTEST values
    each, else ValueError. Values of (nearly) zero are lifted to a thousandth of the series' mean, for the logarithm.
    """
    lengths = np.isfinite(history).sum(axis=1)
    if len(lengths) and int(lengths.min()) < SHORTEST:
        raise ValueError(f"A trend needs at least {SHORTEST} observations; the shortest series has {lengths.min()}.")
    mean = np.empty((len(history), horizon))
    spread = np.empty_like(mean)
    for length in np.unique(lengths).tolist():
        rows = np.flatnonzero(lengths == length)
        for begin in range(0, len(rows), ROWS_AT_ONCE):
            chunk = rows[begin : begin + ROWS_AT_ONCE]
            mean[chunk], spread[chunk] = _project_equal_lengths(history[chunk, history.shape[1] - length :], horizon)
    return TrendForecast(mean, spread)


def _project_equal_lengths(history: Floats, horizon: int) -> tuple[Floats, Floats]:
    """Mean and spread, float[K, H] each, of series of one length (float[K, n], no NaN)."""
    count, length = history.shape
    operators = _operators(length, horizon)
    level = history.mean(axis=1, keepdims=True)
    level = np.where(level > 0, level, 1.0)
    values = np.maximum(history / level, 1e-3)
    logs = np.log(values)
    last = logs[:, -1][:, None, None]
    direct = np.log(np.maximum((values @ operators.forecast).reshape(count, -1, horizon), 1e-9))
    growing = (logs @ operators.forecast).reshape(count, -1, horizon)
    furthest = FASTEST * np.arange(1, horizon + 1)
    candidates = np.exp(np.clip(np.concatenate([direct, growing], axis=1), last - furthest, last + furthest))
    size = length - SETTLING
    errors = np.empty((count, 2, operators.errors.shape[1] // size, size))
    np.matmul(values, operators.errors, out=errors[:, 0].reshape(count, -1))
    errors[:, 0] /= values[:, None, SETTLING:]
    np.matmul(logs, operators.errors, out=errors[:, 1].reshape(count, -1))
    np.clip(errors, -3.0, 3.0, out=errors)
    errors = errors.reshape(count, -1, size)
    squares = np.einsum("kce,kce->kc", errors, errors) / size
    absolute = np.abs(errors, out=errors).mean(axis=2) + 1e-4
    weights = (absolute / absolute.min(axis=1, keepdims=True)) ** (-SHARPNESS * np.sqrt(length))
    weights /= weights.sum(axis=1, keepdims=True)
    mean = np.einsum("kc,kch->kh", weights, candidates)
    square = (weights * squares).sum(axis=1)
    shrunk = (size * square + TYPICAL_WEIGHT * TYPICAL_ERROR**2) / (size - 1)
    growth = weights @ np.concatenate([_variance_growth(horizon)] * 2)
    return mean * level, np.sqrt(shrunk[:, None] * growth)


def _parameters() -> tuple[Floats, Floats, Floats]:
    """Level, slope and damping parameter of each candidate, float[C, 1]; those without a trend come last."""
    grid = [(level, level * slope, damping) for level in LEVELS for slope in SLOPES for damping in DAMPINGS]
    grid += [(level, 0.0, 0.0) for level in WITHOUT_TREND]
    table = np.array(grid)
    return table[:, :1], table[:, 1:2], table[:, 2:]


@lru_cache(maxsize=256)
def _operators(length: int, horizon: int) -> _Operators:
    """Run the recursions once on the identity matrix: state after each year as weights of the history's years."""
    level_rate, slope_rate, damping = _parameters()
    count = len(damping)
    start = min(STARTING_YEARS, length)
    line = np.linalg.pinv(np.column_stack([np.ones(start), np.arange(1, start + 1)]))
    level, slope = np.zeros((count, length)), np.zeros((count, length))
    level[:, :start], slope[:, :start] = line[0], line[1]
    flat = damping[:, 0] == 0
    level[flat], slope[flat] = np.eye(length)[0], 0.0
    errors = np.empty((count, length, length))
    for year, now in enumerate(np.eye(length)):
        error = now - (level + damping * slope)
        errors[:, year] = error
        level = level + damping * slope + level_rate * error
        slope = damping * slope + slope_rate * error
    ahead = np.cumsum(damping ** np.arange(1, horizon + 1), axis=1)
    forecast = level[:, None, :] + ahead[:, :, None] * slope[:, None, :]
    late = errors[:, SETTLING:]
    return _Operators(
        np.ascontiguousarray(forecast.reshape(-1, length).T), np.ascontiguousarray(late.reshape(-1, length).T)
    )


@lru_cache(maxsize=64)
def _variance_growth(horizon: int) -> Floats:
    """float[C, H]: each candidate's forecast variance relative to its one-step variance."""
    level_rate, slope_rate, damping = _parameters()
    ahead = np.cumsum(damping ** np.arange(1, horizon + 1), axis=1)
    response = (level_rate + slope_rate * ahead)[:, :-1]
    return np.asarray(1.0 + np.concatenate([np.zeros((len(damping), 1)), np.cumsum(response**2, axis=1)], axis=1))
