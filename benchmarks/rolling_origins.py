"""The trend method from many origins: what its development is judged by, so that no single split of M1 decides.

Run with ``make bench NAME=rolling_origins``. The training and test years of M1's yearly series are joined and cut after
every year from the sixth on; the history is what came before the cut, whole and in its last 5, 9, 14 and 20 years; one
to six years are forecast. M1 ends in an inflation, and rewards whatever lets growth run on: so all is done again with
half of each series' mean growth taken out, and with all of it. The last line printed is one JSON object: ``smape`` by
the part of growth taken out, the mean over series, and ``forecasts`` made.

A change of the method is to be no worse here before it is tried on any other competition's series.
"""

import json

import numpy as np
from numpy.typing import NDArray

from benchmarks import accuracy
from forecasts.engine import trend

Floats = NDArray[np.float64]
FIRST_ORIGIN, HORIZON = 6, 6
LAST_YEARS = (5, 9, 14, 20)
GROWTH_TAKEN_OUT = (0.0, 0.5, 1.0)


def cases(growth_taken_out: float) -> tuple[Floats, Floats, list[tuple[int, int]]]:
    """Histories, right-aligned; the years after them; and of each the series and the last years kept (0 is all)."""
    histories, futures, labels = [], [], []
    for number, one in enumerate(accuracy.yearly("M1")):
        values = np.concatenate([one.train, one.test])
        growth = np.log(values[-1] / values[0]) / (len(values) - 1)
        flat = values * np.exp(-growth_taken_out * growth * np.arange(len(values)))
        for origin in range(FIRST_ORIGIN, len(flat)):
            for kept in (0, *(years for years in LAST_YEARS if years < origin)):
                histories.append(flat[origin - kept if kept else 0 : origin])
                futures.append(flat[origin : origin + HORIZON])
                labels.append((number, kept))
    longest = max(map(len, histories))
    before = np.array([np.pad(one, (longest - len(one), 0), constant_values=np.nan) for one in histories])
    after = np.array([np.pad(one, (0, HORIZON - len(one)), constant_values=np.nan) for one in futures])
    return before, after, labels


def score(growth_taken_out: float) -> tuple[float, int]:
    """Mean sMAPE over series, each the mean over its kinds of history; and how many forecasts that took."""
    before, after, labels = cases(growth_taken_out)
    mean = trend.project(before, HORIZON).mean
    errors = np.nanmean(200 * np.abs(after - mean) / (np.abs(after) + np.abs(mean)), axis=1)
    of_kind: dict[tuple[int, int], list[float]] = {}
    for label, error in zip(labels, errors.tolist(), strict=True):
        of_kind.setdefault(label, []).append(error)
    of_series: dict[int, list[float]] = {}
    for (number, _), some in of_kind.items():
        of_series.setdefault(number, []).append(float(np.mean(some)))
    return float(np.mean([np.mean(some) for some in of_series.values()])), len(labels)


def main() -> None:
    smape = {}
    for part in GROWTH_TAKEN_OUT:
        smape[str(part)], count = score(part)
        print(f"With {part:.0%} of the growth taken out: sMAPE {smape[str(part)]:.3f} over {count:,} forecasts.")
    print(json.dumps({"smape": {part: round(value, 3) for part, value in smape.items()}, "forecasts": count}))


if __name__ == "__main__":
    main()
