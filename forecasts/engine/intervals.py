"""Intervals from reconciled sample paths, so that those of parents and children agree with each other.

Each node with a history of its own has errors of the size that the trend method makes (trend.py). They are drawn as
paths, go through the same growth, pins and reconciliation as the point forecast, and the quantiles are read off what
comes out: Panagiotelis, Gamakumara, Athanasopoulos and Hyndman, 2023, "Probabilistic forecast reconciliation",
European J. Operational Research 306. A node without history of its own has only what it gets from its parent.

The draws are the same for the same inputs: they are stratified normal scores in an order that comes from the digest.
"""

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from forecasts.engine.frame import Frame
from forecasts.engine.inputs import Reconciliation
from forecasts.engine.trend import MULTIPLIERS, WIDEST

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

PATHS = 100
SLOTS = 64  # different shapes of paths; more nodes than this share a shape in another order
OWN_PART = 0.25  # of a part's variance that is always its own, however large its parent's
QUANTILES = (0.025, 0.1, 0.9, 0.975)
LIFT = 0.03  # of their mean, added to paths before their logarithms are taken: least squares may leave some near zero
NO_DEVIATION = 1e-9  # natural logarithms; paths closer together than this meet, as they do in a pin


@dataclass(frozen=True, slots=True)
class Intervals:
    """float[N, S, Y] each, in units; NaN where there is no basis for an interval."""

    low80: Floats
    high80: Floats
    low95: Floats
    high95: Floats


def noise(frame: Frame, available: Booleans, shares: set[int], mode: Reconciliation, digest: str) -> Floats | None:
    """Log errors float[N, 1 + PATHS, Y] after each node's last known value, or None when no node has a history.

    A part and the whole above it err together: of a part's variance only what the whole doesn't explain is drawn for
    itself. Scaling from the top down brings the whole's error to it; least squares doesn't, so there it is added here.
    """
    places = sorted(place for place in frame.spreads if place not in shares and len(frame.spreads[place]))
    if not places:
        return None
    result = np.zeros((len(frame.hierarchy.nodes), 1 + PATHS, len(frame.years)))
    order = np.random.Generator(np.random.PCG64(int(digest[:32], 16)))
    shapes = _shapes(len(frame.years))
    scaled = _scaled_places(frame, available)
    for rank, place in enumerate(places):
        variance = frame.spreads[place] ** 2
        span = len(variance)
        above = _nearest_above(frame, place) if place in scaled else None
        if above is not None:
            size = min(len(frame.spreads[above]), span)
            explained = frame.spreads[above][-size:] ** 2
            variance[-size:] = np.maximum(variance[-size:] - explained, OWN_PART * variance[-size:])
        scores = shapes[rank % SLOTS, :, :span][order.permutation(PATHS)]
        reach = np.minimum(np.abs(scores) * np.sqrt(variance), WIDEST)
        result[place, 1:, -span:] = np.sign(scores) * reach
        if above is not None and mode != "top-down":
            result[place, 1:, -size:] += result[above, 1:, -size:]
    return result


def measure(values: Floats, point: NDArray[np.int64], basis: Booleans) -> Intervals:
    """Quantiles over the paths of ``values`` (float[N, S, 1 + M, Y]), never on the wrong side of the point forecast
    ``point`` (int[N, S, Y]); NaN where ``basis`` (bool[N, Y]) is false."""
    places, years = np.flatnonzero(basis.any(axis=1)), np.flatnonzero(basis.any(axis=0))
    ends = np.full((4, *point.shape), np.nan)
    if len(places) and len(years):
        paths = values[np.ix_(places, range(values.shape[1]), range(1, values.shape[2]), years)]
        ordered = np.sort(np.ascontiguousarray(np.moveaxis(paths, 2, -1)), axis=-1)
        at = np.array(QUANTILES) * ordered.shape[-1] - 0.5
        below = np.floor(at).astype(np.intp)
        part = at - below
        found = _evened(ordered, ordered[..., below] * (1 - part) + ordered[..., below + 1] * part)
        ends[np.ix_(range(4), places, range(point.shape[1]), years)] = np.moveaxis(found, -1, 0)
    ends[:, ~np.broadcast_to(basis[:, None, :], point.shape)] = np.nan
    exact = point.astype(np.float64)
    low95, low80 = np.minimum(ends[0], exact), np.minimum(ends[1], exact)
    return Intervals(low80, np.maximum(ends[2], exact), low95, np.maximum(ends[3], exact))


def _evened(paths: Floats, ends: Floats) -> Floats:
    """``ends`` (float[P, S, Y, 4]), quantiles of ``paths`` (float[P, S, Y, M]), with less of the chance in them.

    Far ends rest on few paths, and would jump from year to year. On the log scale each is so many standard deviations,
    which rest on all paths, from the mean; that number is taken to be the same in all years of a series.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # a value without paths apart keeps its own ends
        lift = LIFT * paths.mean(axis=-1, keepdims=True)
        logs = np.log(paths + lift)
        mean, deviation = logs.mean(axis=-1, keepdims=True), logs.std(axis=-1, keepdims=True)
        reach = (np.log(ends + lift) - mean) / deviation
        usual = np.isfinite(reach) & (deviation > NO_DEVIATION)
        common = np.where(usual, reach, 0.0).sum(axis=2, keepdims=True) / usual.sum(axis=2, keepdims=True)
        evened = np.exp(mean + common * deviation) - lift
    return np.where(usual, np.maximum(evened, 0.0), ends)


def basis(frame: Frame, available: Booleans) -> Booleans:
    """bool[N, Y]: forecast values that have an interval: the node, or what it follows or is made of, has a history."""
    tree = frame.hierarchy
    has = np.zeros(available.shape, dtype=np.bool_)
    has[[place for place in frame.spreads if len(frame.spreads[place])]] = True
    for group in reversed(tree.groups):
        if group.sums:
            own = np.isnan(frame.known[group.parent]) & ~has[group.parent]
            has[group.parent] |= own & has[group.children].all(axis=0)
    for group in tree.groups:
        has[group.children] |= has[group.parent]
    later = np.arange(len(frame.years)) > frame.base
    return has & available & later & np.isnan(frame.observed)


def _scaled_places(frame: Frame, available: Booleans) -> set[int]:
    """The nodes that are scaled to their parent in the last year."""
    scaled: set[int] = set()
    for group in frame.hierarchy.groups:
        if group.sums and available[group.parent, -1] and available[group.children, -1].all():
            scaled.update(int(child) for child in group.children)
    return scaled


def _nearest_above(frame: Frame, place: int) -> int | None:
    """The nearest node above with a history of its own."""
    above = int(frame.hierarchy.parent[place])
    while above >= 0:
        if above in frame.spreads and len(frame.spreads[above]):
            return above
        above = int(frame.hierarchy.parent[above])
    return None


@lru_cache(maxsize=32)
def _shapes(span: int) -> Floats:
    """float[SLOTS, PATHS, span]: random walks whose values in each year are exactly the stratified scores, so that a
    quantile over the paths is the quantile that was calibrated, without sampling error."""
    draws = np.random.Generator(np.random.PCG64(span)).standard_normal((SLOTS, PATHS, span))
    ranks = np.argsort(np.argsort(np.cumsum(draws, axis=2), axis=1), axis=1)
    return np.asarray(_scores()[ranks])


@lru_cache(maxsize=1)
def _scores() -> Floats:
    """float[PATHS]: errors in units of the spread at evenly spaced probabilities. Between and beyond the calibrated
    80 and 95 % ends, the normal quantile is stretched in proportion."""
    normal = NormalDist()
    ends = {level: MULTIPLIERS[level] / normal.inv_cdf(0.5 + level / 200) for level in (80, 95)}
    scores = []
    for rank in range(PATHS):
        score = normal.inv_cdf((rank + 0.5) / PATHS)
        at80, at95 = normal.inv_cdf(0.9), normal.inv_cdf(0.975)
        part = min(max((abs(score) - at80) / (at95 - at80), 0.0), 1.0)
        scores.append(score * (ends[80] + (ends[95] - ends[80]) * part))
    return np.array(scores)
