"""One run's inputs as arrays: decimals as whole units, years as places, and what each node's own history tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import drivers, hierarchy, rounding, trend
from forecasts.engine.inputs import InfeasibleInputs, MarketInputs, Node

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all nodes of one run share.

    ``observed``, ``pinned`` and ``known`` (either) are float[N, Y] in units, NaN where there is none. A node's
    ``anchors`` is where its projection starts: the last observation, or the first pin where nothing was observed;
    ``pins`` are the (place, value) after that. ``shift`` is float[S], the
    scenarios' percentage points. ``noise`` is float[N, M, Y], log errors after the last known value, zero on path 0.
    ``base`` is the place of the base year in ``years``. ``trends`` holds yearly growth factors after the last
    observation, and ``spreads`` their relative errors, for each node whose history is long enough, by place.
    """

    hierarchy: hierarchy.Hierarchy
    years: tuple[int, ...]
    base: int
    observed: Floats
    pinned: Floats
    known: Floats
    anchors: tuple[int | None, ...]
    pins: tuple[tuple[tuple[int, float], ...], ...]
    shift: Floats
    noise: Floats
    trends: Mapping[int, Floats]
    spreads: Mapping[int, Floats]
    decimals: int

    def shown(self, units: float) -> Decimal:
        """A number of units as it is printed."""
        return rounding.from_units(round(units), self.decimals)


def build(inputs: MarketInputs, tree: hierarchy.Hierarchy) -> Frame:
    """Lay the inputs out as arrays. History before the first year takes part but isn't shown.

    Raises InfeasibleInputs for values outside the years, negative values, and a pin that contradicts an observation.
    """
    seen = [year for node in tree.nodes for year in node.observations]
    years = tuple(range(min([inputs.first_year, *seen]), inputs.last_year + 1))
    observed = np.full((len(tree.nodes), len(years)), np.nan)
    pinned = np.full_like(observed, np.nan)
    for place, node in enumerate(tree.nodes):
        _place_values(inputs, node, years[0], observed[place], pinned[place])
    shift = np.array([float(drivers.growth_shift(inputs.drivers, one)) for one in inputs.ordered_scenarios()])
    noise = np.zeros((len(tree.nodes), 1, len(years)))
    trends, spreads = _trends(tree, observed)
    known = np.where(np.isnan(observed), pinned, observed)
    anchors = tuple(_anchor(*row) for row in zip(observed, pinned, strict=True))
    pins = tuple(
        ()
        if anchor is None
        else tuple((anchor + 1 + one, float(row[anchor + 1 + one])) for one in _places(row[anchor + 1 :]))
        for anchor, row in zip(anchors, pinned, strict=True)
    )
    return Frame(
        hierarchy=tree,
        years=years,
        base=inputs.base_year - years[0],
        observed=observed,
        pinned=pinned,
        known=known,
        anchors=anchors,
        pins=pins,
        shift=shift,
        noise=noise,
        trends=trends,
        spreads=spreads,
        decimals=inputs.decimals,
    )


def _places(row: Floats) -> list[int]:
    """Where a row has a number."""
    return np.flatnonzero(~np.isnan(row)).tolist()


def _anchor(observed: Floats, pinned: Floats) -> int | None:
    seen, held = _places(observed), _places(pinned)
    return seen[-1] if seen else held[0] if held else None


def wants_trend(node: Node, pinned_after: bool) -> bool:
    """Whether a node is projected by the trend of its own history, if that is long enough."""
    return node.assumption.method == "trend" if node.assumption else not pinned_after


def _place_values(inputs: MarketInputs, node: Node, first: int, observed: Floats, pinned: Floats) -> None:
    for year, observation in node.observations.items():
        what = f"The observation of “{node.path}” in {year}"
        if year > inputs.last_year:
            raise InfeasibleInputs(f"{what} lies after {inputs.last_year}. Extend the market's years.")
        observed[year - first] = rounding.to_units(observation.value, inputs.decimals, what)
    for year, value in node.pins.items():
        what = f"The pin of “{node.path}” in {year}"
        if not inputs.first_year <= year <= inputs.last_year:
            raise InfeasibleInputs(f"{what} lies outside {inputs.first_year} to {inputs.last_year}. Move it.")
        pinned[year - first] = rounding.to_units(value, inputs.decimals, what)
        if year in node.observations and pinned[year - first] != observed[year - first]:
            raise InfeasibleInputs(
                f"{what} is {value}, but {node.observations[year].value} was observed. Remove one of the two."
            )


def _trends(tree: hierarchy.Hierarchy, observed: Floats) -> tuple[dict[int, Floats], dict[int, Floats]]:
    """Growth factors and relative errors after the last observation, in one batch for all nodes with a history."""
    histories = {place: basis for place in range(len(tree.nodes)) if (basis := _basis(observed[place])) is not None}
    if not histories:
        return {}, {}
    longest = max(len(history) for history in histories.values())
    batch = np.full((len(histories), longest), np.nan)
    for row, history in enumerate(histories.values()):
        batch[row, longest - len(history) :] = history
    forecast = trend.project(batch, observed.shape[1])
    factors, spreads = {}, {}
    for row, place in enumerate(histories):
        after = observed.shape[1] - int(np.flatnonzero(~np.isnan(observed[place]))[-1]) - 1
        means = np.concatenate([batch[row, -1:], forecast.mean[row]])
        factors[place] = (means[1:] / means[:-1])[:after]
        spreads[place] = forecast.spread[row, :after]
    return factors, spreads


def _basis(observed: Floats) -> Floats | None:
    """The last unbroken run of positive observations of one node (float[Y]), or None when it is too short.

    A zero breaks a run as a missing year does: growth from nothing is no growth. After a last value of zero there is
    no trend.
    """
    seen, positive = _places(observed), np.flatnonzero(observed > 0)
    if len(positive) < trend.SHORTEST or positive[-1] != seen[-1]:
        return None
    breaks = np.flatnonzero(np.diff(positive) > 1)
    run = positive[breaks[-1] + 1 :] if len(breaks) else positive
    return observed[run] if len(run) >= trend.SHORTEST else None
