"""Trend from history: an automatic forecast for short annual series, for all series at once.

The median of eight opinions, shrunk where a history shows no clear trend:

1. Four methods with fixed parameters - a damped trend, Theta, autoregressive growth and a discounted line
   (recursions.py) - each on values and on their logarithms. Nothing is optimised series by series: forecasts and past
   errors are matrix products.
2. Within an opinion, each series weighs the candidates by a power of their mean absolute one-step errors, relative to
   the level. The power is twice the square root of the length: sharper than the inverse squares of Bates and Granger,
   1969, "The combination of forecasts", Operational Research Quarterly 20, because most candidates don't fit; duller,
   from five years on, than Akaike's weights, whose power is the length (Burnham and Anderson, 2002, Model Selection and
   Multimodel Inference, ch. 2, for models with as many parameters), because few errors tell little.
3. The candidates are ordered by where they end, and the weighted mean is taken of the middle of them: a trimmed mean of
   whole paths.
4. Of the eight opinions the median is taken in each year (Petropoulos and Svetunkov, 2020, "A simple combination of
   univariate models", Int. J. Forecasting 36). They count the same: estimated weights seldom beat equal ones
   (Claeskens et al., 2016, "The forecast combination puzzle: a simple theoretical explanation", 32).
5. Growth that can't be told from noise is shrunk: of the way from the last value to the forecast, on the log scale,
   the part t^2 / (t^2 + 1) is kept, where t is the mean yearly growth over its standard error (shrinkage as of James
   and Stein, 1961).
6. The spread at horizon h is the weighted one-step error and, because few errors tell little, a typical error over
   their number; times the candidates' own growth of variance (Hyndman et al., 2008, ch. 6). Two multipliers turn it
   into intervals on the log scale; they are wider than the normal distribution's because parameters and model are
   uncertain too.

Every constant here and in recursions.py was set on series of the M1 competition alone. See docs/forecast-method.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.engine.recursions import SETTLING, Recursion, recursions

Floats = NDArray[np.float64]

SHORTEST = 4  # fewer observations don't tell a trend from an accident
SHARPNESS = 2.0  # the power of the errors is this times the square root of the length
TRIMMED = 0.45  # the weight that is cut from either end of the candidates
WEAK_TREND = 1.0  # the squared signal-to-noise ratio of growth at which half of the forecast growth is kept
LEAST_NOISE = 0.2  # the least part of the variance of growth that counts as noise of the path
LARGEST_ERROR = 3.0  # relative; a worse one weighs no worse
TYPICAL_ERROR = 0.05  # relative one-step error that is added for what short histories don't tell
TYPICAL_WEIGHT = 4.0  # how many errors that typical error counts for
MULTIPLIERS = {80: 1.38, 95: 2.54}  # with which M1 is covered by 80 and by 95 %, from four observations on
FASTEST = 0.5  # natural logarithms a year that a candidate may go from the last value: 65 % a year
WIDEST = 2.0  # natural logarithms that an interval may reach from the forecast: a factor of 7.4
ROWS_AT_ONCE = 512  # series handled together: few calls, and their errors fit the processor's cache


@dataclass(frozen=True, slots=True)
class TrendForecast:
    """``mean`` is float[K, H] in the series' unit; ``spread`` is float[K, H], a relative (log scale) error."""

    mean: Floats
    spread: Floats

    def bounds(self, level: int) -> tuple[Floats, Floats]:
        """The low and high end, float[K, H] each, of the 80 or 95 % interval."""
        reach = np.exp(np.minimum(MULTIPLIERS[level] * self.spread, WIDEST))
        return self.mean / reach, self.mean * reach


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
    level = history.mean(axis=1, keepdims=True)
    level = np.where(level > 0, level, 1.0)
    values = np.maximum(history / level, 1e-3)
    logs = np.log(values)
    opinions = [
        _opinion(values, logs, recursion, horizon, on_logs)
        for recursion in recursions(history.shape[1], horizon)
        for on_logs in (False, True)
    ]
    change = _kept_growth(logs) * _median([one.change for one in opinions])
    variance = np.mean([one.variance for one in opinions], axis=0)
    return values[:, -1:] * np.exp(change) * level, np.sqrt(variance)


@dataclass(frozen=True, slots=True)
class _Opinion:
    """``change`` is float[K, H], natural logarithms from the last value; ``variance`` is float[K, H] of its error."""

    change: Floats
    variance: Floats


def _opinion(values: Floats, logs: Floats, recursion: Recursion, horizon: int, on_logs: bool) -> _Opinion:
    """What one recursion says of K series, given as ``values`` around 1 and their ``logs`` (float[K, n] each)."""
    count, length = values.shape
    series = logs if on_logs else values
    ahead = series @ recursion.forecast  # flat while it can be: along axes as short as the horizon NumPy is slow
    if not on_logs:
        np.log(np.maximum(ahead, 1e-9, out=ahead), out=ahead)
    ahead -= logs[:, -1:]
    furthest = np.tile(FASTEST * np.arange(1, horizon + 1), ahead.shape[1] // horizon)
    np.maximum(np.minimum(ahead, furthest, out=ahead), -furthest, out=ahead)
    candidates = ahead.reshape(count, -1, horizon)
    size = length - SETTLING
    errors = (series.astype(np.float32) @ recursion.errors).reshape(count, size, -1)
    if not on_logs:
        errors /= values[:, SETTLING:, None].astype(np.float32)
    np.minimum(np.abs(errors, out=errors), LARGEST_ERROR, out=errors)
    absolute = (np.full(size, 1.0 / size, dtype=np.float32) @ errors).astype(np.float64) + 1e-4
    weights = (absolute / absolute.min(axis=1, keepdims=True)) ** (-SHARPNESS * np.sqrt(length))
    weights /= weights.sum(axis=1, keepdims=True)
    typical = (weights * absolute).sum(axis=1)
    one_step = typical**2 + TYPICAL_WEIGHT * TYPICAL_ERROR**2 / size
    change = np.einsum("kc,kch->kh", _middle(weights, candidates[:, :, -1]), candidates)
    return _Opinion(change, one_step[:, None] * (weights @ recursion.variance))


def _median(opinions: Sequence[Floats]) -> Floats:
    """The median of an even number of arrays, each place on its own; np.median takes three times as long."""
    half = len(opinions) // 2
    ordered = np.sort(np.stack(opinions), axis=0)
    return np.asarray((ordered[half - 1] + ordered[half]) / 2)


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
