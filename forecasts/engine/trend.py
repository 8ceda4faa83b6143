"""Trend from history: an automatic forecast for short annual series, for all series at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHORTEST = 4  # fewer observations don't tell a trend from an accident


@dataclass(frozen=True, slots=True)
class TrendForecast:
    """``mean`` is float[K, H] in the series' unit; ``spread`` is float[K, H], the standard error on the log scale."""

    mean: Floats
    spread: Floats


def project(history: Floats, horizon: int) -> TrendForecast:
    """Forecast K series ``horizon`` years ahead from float[K, T], right-aligned, NaN before a shorter series."""
    logs = np.log(np.maximum(history, 1e-9))
    steps = np.diff(logs, axis=1)
    drift = np.nanmean(steps, axis=1)
    deviation = np.nanstd(steps, axis=1, ddof=1)
    ahead = np.arange(1, horizon + 1)
    damped = np.cumsum(0.95**ahead)
    mean = history[:, -1:] * np.exp(drift[:, None] * damped)
    return TrendForecast(mean, deviation[:, None] * np.sqrt(ahead))
