"""Trend from history: an automatic forecast for short annual series, for all series at once.

A robust combination of damped-trend exponential smoothing with fixed parameters, on values and on their logarithms:

1. Candidates are the ETS(A,Ad,N) recursions (Gardner and McKenzie, 1985, "Forecasting trends in time series",
   Management Science 31; Hyndman et al., 2008, Forecasting with Exponential Smoothing, ch. 3) on a small grid of
   parameters. The slope is damped not to zero but towards none, half or all of the mean growth so far; half is what
   the Theta method does (Assimakopoulos and Nikolopoulos, 2000; Hyndman and Billah, 2003, Int. J. Forecasting 19).
2. With fixed parameters such a recursion is linear in the history, so the forecasts and the one-step errors of all
   candidates are matrix products, the same for every series of one length. Nothing is optimised series by series.
3. Each series weighs the candidates by a power of their mean absolute one-step errors, relative to the level; the
   power grows with the length, because a short history tells little. Weighing instead of choosing follows Bates and
   Granger, 1969, "The combination of forecasts", Operational Research Quarterly 20.
4. The candidates are ordered by where they end, and the weighted mean is taken of the middle of them: a trimmed mean
   (Petropoulos and Svetunkov, 2020, use the median) of whole paths, so that no kink comes in between horizons.
5. Growth that can't be told from noise is shrunk: of the way from the last value to the forecast, on the log scale,
   the part t^2 / (t^2 + 1) is kept, where t is the mean yearly growth over its standard error (shrinkage as of James
   and Stein, 1961).
6. The spread at horizon h is the weighted one-step error, shrunk towards a typical one because few errors tell
   little, times the candidates' own growth of variance (Hyndman et al., 2008, ch. 6). Two multipliers turn it into
   intervals on the log scale; they are wider than the normal distribution's because parameters and model are
   uncertain too.

Every constant below was set on the yearly series of the M1 competition. See docs/forecast-method.md.
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
SLOPES = (0.15, 0.4)  # as a part of the level parameter
DAMPINGS = (0.75, 0.93)
DRIFTS = (0.0, 0.5, 1.0)  # how much of the mean growth so far the slope is damped towards
SHARPNESS = 0.6  # the power of the errors is this times the square root of the length
TRIMMED = 0.45  # the weight that is cut from either end of the candidates
WEAK_TREND = 1.0  # the squared signal-to-noise ratio of growth at which half of the forecast growth is kept
LEAST_NOISE = 0.2  # the least part of the variance of growth that counts as noise of the path
TYPICAL_ERROR = 0.05  # relative one-step error towards which short histories are shrunk
TYPICAL_WEIGHT = 2.0  # how many errors that typical error counts for
MULTIPLIERS = {80: 1.27, 95: 2.16}
UNMODELLED = 0.14  # errors grow with the horizon by this power beyond what the candidates say
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

    ``forecast`` is float[n, C * H] and ``errors`` float[n, E * C] for C candidates, E one-step errors: a history
    (float[K, n]) times these gives forecasts and errors. Errors only weigh, so single precision is enough for them.
    """

    forecast: Floats
    errors: NDArray[np.float32]


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
    errors = np.empty((count, 2, size, operators.errors.shape[1] // size), dtype=np.float32)
    np.matmul(values.astype(np.float32), operators.errors, out=errors[:, 0].reshape(count, -1))
    errors[:, 0] /= values[:, SETTLING:, None].astype(np.float32)
    np.matmul(logs.astype(np.float32), operators.errors, out=errors[:, 1].reshape(count, -1))
    np.minimum(np.abs(errors, out=errors), 3.0, out=errors)
    absolute = errors.mean(axis=2).reshape(count, -1).astype(np.float64) + 1e-4
    weights = (absolute / absolute.min(axis=1, keepdims=True)) ** (-SHARPNESS * np.sqrt(length))
    weights /= weights.sum(axis=1, keepdims=True)
    mean = np.einsum("kc,kch->kh", _middle(weights, candidates[:, :, -1]), candidates)
    last_value = values[:, -1:]
    mean = last_value * (mean / last_value) ** _kept_growth(logs)
    typical = (weights * absolute).sum(axis=1)
    shrunk = (size * typical**2 + TYPICAL_WEIGHT * TYPICAL_ERROR**2) / (size - 1)
    growth = weights @ np.concatenate([_variance_growth(horizon)] * 2)
    beyond = np.arange(1, horizon + 1) ** UNMODELLED
    return mean * level, np.sqrt(shrunk[:, None] * growth) * beyond


def _middle(weights: Floats, ends: Floats) -> Floats:
    """The weights of the candidates in the middle when they are ordered by ``ends``; all float[K, C]."""
    order = np.argsort(ends, axis=1)
    upto = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    inside = np.clip(upto, TRIMMED, 1.0 - TRIMMED) - TRIMMED
    inside[:, 1:] -= inside[:, :-1].copy()
    middle = np.empty_like(weights)
    np.put_along_axis(middle, order, inside, axis=1)
    return np.asarray(middle / middle.sum(axis=1, keepdims=True))


def _kept_growth(logs: Floats) -> Floats:
    """float[K, 1]: how much of each series' forecast growth is kept, by how steady its growth was.

    Steps that alternate are noise around a path rather than of the path, and say less against its growth: the error
    of the mean step is the long-run one (its first autocorrelation, where that is negative).
    """
    steps = np.diff(logs, axis=1)
    mean = steps.mean(axis=1, keepdims=True)
    apart = steps - mean
    squares = (apart**2).sum(axis=1, keepdims=True)
    echo = (apart[:, 1:] * apart[:, :-1]).sum(axis=1, keepdims=True) / (squares + 1e-12)
    variance = squares / (steps.shape[1] - 1) * np.clip(1.0 + 2.0 * echo, LEAST_NOISE, 1.0)
    signal = mean**2 / (variance / steps.shape[1] + 1e-8)
    return np.asarray(signal / (signal + WEAK_TREND))


def _parameters() -> tuple[Floats, Floats, Floats, Floats]:
    """Level, slope, damping and drift parameter of each candidate, float[C, 1]; those without a slope come last."""
    grid = [
        (level, level * slope, damping, drift)
        for level in LEVELS
        for slope in SLOPES
        for damping in DAMPINGS
        for drift in DRIFTS
    ]
    grid += [(level, 0.0, 0.0, drift) for level in LEVELS for drift in DRIFTS]
    table = np.array(grid)
    return table[:, :1], table[:, 1:2], table[:, 2:3], table[:, 3:]


@lru_cache(maxsize=256)
def _operators(length: int, horizon: int) -> _Operators:
    """Run the recursions once on the identity matrix: state after each year as weights of the history's years."""
    level_rate, slope_rate, damping, drift = _parameters()
    count = len(damping)
    growth = _mean_growth(length)
    start = min(STARTING_YEARS, length)
    line = np.linalg.pinv(np.column_stack([np.ones(start), np.arange(1, start + 1)]))
    level, slope = np.zeros((count, length)), np.zeros((count, length))
    level[:, :start], slope[:, :start] = line[0], line[1]
    flat = damping[:, 0] == 0
    level[flat], slope[flat] = np.eye(length)[0], 0.0
    errors = np.empty((count, length, length))
    for year, now in enumerate(np.eye(length)):
        target = drift * growth[year]
        slope = target + damping * (slope - target)
        error = now - (level + slope)
        errors[:, year] = error
        level = level + slope + level_rate * error
        slope = slope + slope_rate * error
    target = drift * growth[length]
    ahead = np.arange(1, horizon + 1)
    damped = np.cumsum(damping**ahead, axis=1)
    forecast = level[:, None] + damped[:, :, None] * (slope - target)[:, None] + ahead[:, None] * target[:, None]
    late = errors[:, SETTLING:]
    return _Operators(
        np.ascontiguousarray(forecast.reshape(-1, length).T),
        np.ascontiguousarray(late.transpose(1, 0, 2).reshape(-1, length).T, dtype=np.float32),
    )


def _mean_growth(length: int) -> Floats:
    """float[n + 1, n]: row t gives the least-squares slope of the first t years as weights of the history's years."""
    rows = np.zeros((length + 1, length))
    for year in range(2, length + 1):
        centred = np.arange(year) - (year - 1) / 2
        rows[year, :year] = centred / (centred**2).sum()
    return rows


@lru_cache(maxsize=64)
def _variance_growth(horizon: int) -> Floats:
    """float[C, H]: each candidate's forecast variance relative to its one-step variance."""
    level_rate, slope_rate, damping, _ = _parameters()
    ahead = np.cumsum(damping ** np.arange(1, horizon + 1), axis=1)
    response = (level_rate + slope_rate * ahead)[:, :-1]
    return np.asarray(1.0 + np.concatenate([np.zeros((len(damping), 1)), np.cumsum(response**2, axis=1)], axis=1))
