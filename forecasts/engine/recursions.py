"""The recursions that trend.py averages, as matrices: with fixed parameters a recursion is linear in the history.

Run once on the identity matrix, a recursion says what weight each year of a history has in each of its forecasts and
past errors. The weights are the same for every series of one length. Four methods, each on a small grid:

- *Damped trend*: ETS(A,Ad,N) (Gardner and McKenzie, 1985, "Forecasting trends in time series", Management Science 31;
  Hyndman et al., 2008, Forecasting with Exponential Smoothing, ch. 3). The slope is damped not to zero but towards a
  part of the mean growth so far.
- *Theta*: exponential smoothing of what is left when a part of the line through the past is taken out (Assimakopoulos
  and Nikolopoulos, 2000, "The theta model", Int. J. Forecasting 16; the line moves on with each year as in Fiorucci et
  al., 2016, "Models for optimising the theta method and their relationship to state space models", 32).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SETTLING = 2  # one-step errors of the first years belong to the starting values, not to the method
STARTING_YEARS = 4  # how many years the starting line of the damped trend is fitted to
LEVELS = (0.3, 0.6, 0.9)
SLOPES = ((0.1, 0.98), (0.6, 0.85))  # slope parameter, as a part of the level's, and its damping: steady or lively
DRIFTS = (0.0, 0.5, 1.0)  # how much of the mean growth so far is taken to go on
ECHOES = (-0.4, 0.0, 0.4, 0.8)  # how much of a step away from the drift the next step repeats
DISCOUNTS = (0.6, 0.7, 0.8, 0.9, 1.0)  # what a year counts for beside the one after it


@dataclass(frozen=True, slots=True)
class Recursion:
    """What one recursion makes of a history of n years, for each of its C candidates (sets of parameters).

    A history (float[K, n]) times ``forecast`` (float[n, C * H]) gives the forecasts, times ``errors`` (float[n, E * C])
    the one-step errors of the E years after SETTLING. Errors only weigh, so single precision is enough for them.
    ``variance`` is float[C, H]: each candidate's forecast variance relative to its one-step variance.
    """

    forecast: Floats
    errors: NDArray[np.float32]
    variance: Floats


@lru_cache(maxsize=256)
def recursions(length: int, horizon: int) -> tuple[Recursion, ...]:
    """All four for histories of ``length`` years (at least SETTLING + 1) and ``horizon`` years ahead."""
    return (
        _damped_trend(length, horizon),
        _theta(length, horizon),
        _autoregressive_growth(length, horizon),
        _discounted_line(length, horizon),
    )


def _damped_trend(length: int, horizon: int) -> Recursion:
    level_rate, slope_part, damping, drift = _columns(
        [(level, slope, damping, drift) for level in LEVELS for slope, damping in SLOPES for drift in DRIFTS]
    )
    slope_rate = level_rate * slope_part
    growth = _mean_growth(length)
    start = min(STARTING_YEARS, length)
    line = np.linalg.pinv(np.column_stack([np.ones(start), np.arange(1, start + 1)]))
    level, slope = np.zeros((2, len(drift), length))
    level[:, :start], slope[:, :start] = line[0], line[1]
    errors = np.empty((len(drift), length, length))
    for year, now in enumerate(np.eye(length)):
        target = drift * growth[year]
        slope = target + damping * (slope - target)
        errors[:, year] = now - (level + slope)
        level = level + slope + level_rate * errors[:, year]
        slope = slope + slope_rate * errors[:, year]
    target = drift * growth[length]
    ahead = np.arange(1, horizon + 1)
    damped = np.cumsum(damping**ahead, axis=1)
    forecast = level[:, None] + damped[:, :, None] * (slope - target)[:, None] + ahead[:, None] * target[:, None]
    return _recursion(forecast, errors, level_rate + slope_rate * damped)


def _theta(length: int, horizon: int) -> Recursion:
    """``drift`` is 1 - 1 / theta, the part of the line that is taken out and put back."""
    level_rate, drift = _columns([(level, drift) for level in LEVELS for drift in DRIFTS])
    growth = _mean_growth(length + horizon)
    path = np.zeros((length + horizon, len(drift), length))  # each year, seen or forecast, as weights of the history
    path[:length] = np.eye(length)[:, None]
    level = (1.0 - drift * (1.0 - level_rate)) * path[0]
    errors = np.zeros((len(drift), length, length))
    for year in range(1, length + horizon):
        slope = np.tensordot(growth[year, :year], path[:year], 1)
        start = path[:year].mean(axis=0) - slope * (year + 1) / 2
        remaining = (1.0 - level_rate) ** year
        line = remaining * start + (1.0 - remaining * (1.0 - level_rate)) / level_rate * slope
        expected = level + drift * line
        if year < length:
            errors[:, year] = path[year] - expected
        else:
            path[year] = expected
        level = level + level_rate * (path[year] - level)
    return _recursion(path[length:].transpose(1, 0, 2), errors, np.repeat(level_rate, horizon, axis=1))


def _autoregressive_growth(length: int, horizon: int) -> Recursion:
    echo, drift = _columns([(echo, drift) for echo in ECHOES for drift in DRIFTS])
    history = np.eye(length)
    steps = np.diff(history, axis=0, prepend=history[:1])
    errors = np.zeros((len(drift), length, length))
    for year in range(1, length):
        target = drift * (history[year - 1] - history[0]) / max(year - 1, 1)
        errors[:, year] = steps[year] - (target + echo * (steps[year - 1] - target))
    target = drift * (history[-1] - history[0]) / (length - 1)
    ahead = np.arange(1, horizon + 1)
    echoed = np.cumsum(echo**ahead, axis=1)
    forecast = history[-1] + ahead[:, None] * target[:, None] + echoed[:, :, None] * (steps[-1] - target)[:, None]
    return _recursion(forecast, errors, 1.0 + echoed)


def _discounted_line(length: int, horizon: int) -> Recursion:
    (discount,) = _columns([(one,) for one in DISCOUNTS])
    errors = np.zeros((len(discount), length, length))
    for year in range(2, length):
        errors[:, year, year] = 1.0
        errors[:, year, :year] -= _line_ahead(discount, year, 1)[:, 0]
    forecast = _line_ahead(discount, length, horizon)
    return _recursion(forecast, errors, forecast[:, :, -1])


def _line_ahead(discount: Floats, length: int, horizon: int) -> Floats:
    """float[C, H, n]: what each of n years weighs in the line's values ahead; ``discount`` is float[C, 1]."""
    age = np.arange(length - 1, -1, -1)
    counts = discount**age
    whole, first, second = (counts @ age**power for power in (0, 1, 2))
    ahead = np.arange(1, horizon + 1)[:, None]
    level = second[:, None] - first[:, None] * age
    slope = first[:, None] - whole[:, None] * age
    spread = (whole * second - first**2)[:, None, None]
    return np.asarray(counts[:, None] * (level[:, None] + ahead * slope[:, None]) / spread)


def _recursion(forecast: Floats, errors: Floats, response: Floats) -> Recursion:
    """From float[C, H, n], float[C, n, n] and float[C, H], how much an error still counts after so many years."""
    length = forecast.shape[-1]
    late = errors[:, SETTLING:].transpose(1, 0, 2).reshape(-1, length)
    variance = np.ones(response.shape)
    variance[:, 1:] += np.cumsum(response[:, :-1] ** 2, axis=1)
    return Recursion(
        np.ascontiguousarray(forecast.reshape(-1, length).T),
        np.ascontiguousarray(late.T, dtype=np.float32),
        variance,
    )


def _columns(grid: list[tuple[float, ...]]) -> tuple[Floats, ...]:
    """One float[C, 1] for each parameter."""
    return tuple(np.array(column)[:, None] for column in zip(*grid, strict=True))


def _mean_growth(length: int) -> Floats:
    """float[n + 1, n]: row t gives the least-squares slope of the first t years as weights of the history's years."""
    rows = np.zeros((length + 1, length))
    for year in range(2, length + 1):
        centred = np.arange(year) - (year - 1) / 2
        rows[year, :year] = centred / (centred**2).sum()
    return rows
