"""Base forecasts: each node on its own, before anything has to add up.

Works on float[S, M, Y]: scenario, path (0 is the point forecast, the others are sample paths), year. Values are in
units of the last printed decimal. NaN means "no value": a year that nobody observed or assumed anything about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import growth
from forecasts.engine.frame import Frame, wants_trend
from forecasts.engine.inputs import Assumption, InfeasibleInputs, Node

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(slots=True)
class BaseForecasts:
    """``values`` is float[N, S, M, Y]; ``method`` says in words how each node was projected, by place; ``follows`` are
    the nodes that were made from their parent's values, ``shares`` those of them with a stated share."""

    values: Floats
    method: dict[int, str] = field(default_factory=dict)
    follows: set[int] = field(default_factory=set)
    shares: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)

    @property
    def available(self) -> Booleans:
        """bool[N, Y]: where a node has a value; the same in every scenario and path."""
        return ~np.isnan(self.values[:, 0, 0, :])


def project(frame: Frame) -> BaseForecasts:
    """Project every node for which there is a basis; the others stay NaN and get a reason."""
    count, paths = len(frame.hierarchy.nodes), frame.noise.shape[1]
    result = BaseForecasts(np.full((count, len(frame.shift), paths, len(frame.years)), np.nan))
    known = frame.known
    result.values[:] = known[:, None, None, :]
    waiting: set[int] = set()
    for place, node in enumerate(frame.hierarchy.nodes):
        if not _project_alone(frame, result, place, node):
            waiting.add(place)
    while waiting:
        settled = {place for place in sorted(waiting) if _project_from_parent(frame, result, place)}
        waiting -= settled
        summed = _sum_children(frame, result, waiting)
        if not settled and not summed:
            break
    _give_reasons(frame, result, waiting)
    return result


def _project_alone(frame: Frame, result: BaseForecasts, place: int, node: Node) -> bool:
    """Project a node whose method needs no other node; False when it has to wait for its parent or its parts."""
    assumption = node.assumption
    anchor = frame.anchors[place]
    if anchor is None or (assumption is not None and assumption.method == "share"):
        return False
    pins = frame.pins[place]
    after = frame.years[anchor + 1 :]
    if assumption is not None and assumption.method == "growth-rate":
        if assumption.rate is None:
            raise InfeasibleInputs(f"“{node.path}” is projected by a growth rate, but no rate is given. Enter one.")
        rates = np.full(len(after), float(assumption.rate))
        result.method[place] = f"growth rate of {assumption.rate.normalize():f} % a year"
    elif assumption is not None and assumption.method == "growth-path":
        rates = _path_rates(frame, result, place, assumption, after)
    elif place in frame.trends and wants_trend(node, bool(pins)):
        _store(frame, result, place, anchor, frame.trends[place], pins)
        _fill_history(frame, result, place, assumption, anchor)
        result.method[place] = "trend of its own history"
        return True
    elif assumption is None and pins:
        previous = pins[-2] if len(pins) > 1 else (anchor, float(frame.known[place, anchor]))
        gap = pins[-1][0] - previous[0]
        implied = (pins[-1][1] / previous[1]) ** (1 / gap) if previous[1] > 0 else 1.0
        rates = np.full(len(after), (implied - 1) * 100)
        result.method[place] = "constant growth to the pinned value"
    else:
        return not len(after)
    _store(frame, result, place, anchor, 1.0 + rates / 100.0, pins)
    _fill_history(frame, result, place, assumption, anchor)
    return True


def _path_rates(
    frame: Frame, result: BaseForecasts, place: int, assumption: Assumption, after: tuple[int, ...]
) -> Floats:
    node = frame.hierarchy.nodes[place]
    if not assumption.path:
        raise InfeasibleInputs(f"“{node.path}” is projected by a growth path, but it has no year. Enter its rates.")
    rates, borrowed = growth.rates_by_year(assumption.path, after)
    if borrowed:
        result.notes.append(
            f"The growth path of “{node.path}” gives no rate for {_list(borrowed)}; the nearest rate given was used."
        )
    result.method[place] = "growth path by year"
    return np.array(rates)


def _store(
    frame: Frame, result: BaseForecasts, place: int, anchor: int, steps: Floats, pins: Sequence[tuple[int, float]]
) -> None:
    """Grow from the anchor by ``steps`` (factors, one a year after it), shift by scenario, add noise, meet the pins."""
    start = float(frame.known[place, anchor])
    after = np.arange(anchor + 1, len(frame.years))
    shift = np.where(after > frame.base, frame.shift[:, None], 0.0)
    grown = growth.grow(start, np.maximum(steps + shift / 100.0, 0.0))[:, None, :]
    raw = np.empty((*result.values.shape[1:3], len(after) + 1))
    raw[..., 0] = start
    raw[..., 1:] = grown * _noise_factor(frame, place, anchor)
    result.values[place, ..., anchor:] = growth.bend(raw, 0, [(year - anchor, value) for year, value in pins])


def _noise_factor(frame: Frame, place: int, anchor: int) -> Floats | float:
    """float[1, M, years after the anchor]: what each path multiplies the point forecast by."""
    noise = frame.noise[place, :, anchor + 1 :]
    return np.exp(noise)[None] if noise.any() else 1.0


def _project_from_parent(frame: Frame, result: BaseForecasts, place: int) -> bool:
    """Project a node by its parent: a stated share of it, or its growth. False while the parent has no values."""
    node = frame.hierarchy.nodes[place]
    above = int(frame.hierarchy.parent[place])
    assumption = node.assumption
    if assumption is not None and assumption.method == "share":
        if assumption.share is None or above < 0:
            raise InfeasibleInputs(f"“{node.path}” is projected as a share, but of what or how much isn't said.")
        return _share_of_parent(frame, result, place, above, assumption)
    anchor = frame.anchors[place]
    if anchor is None or above < 0:
        return False
    parent = result.values[above]
    if np.isnan(parent[..., anchor:]).any() or not (parent[..., anchor] > 0).all():
        return False
    own_seen = int((~np.isnan(frame.observed[place])).sum())
    raw = np.full(parent.shape, np.nan)
    raw[..., anchor:] = frame.known[place, anchor] * parent[..., anchor:] / parent[..., anchor, None]
    raw[..., anchor + 1 :] *= _noise_factor(frame, place, anchor)
    result.values[place, ..., anchor:] = growth.bend(raw, anchor, frame.pins[place])[..., anchor:]
    parent_path = frame.hierarchy.nodes[above].path
    result.follows.add(place)
    result.method[place] = f"growth of its parent “{parent_path}” (constant share)"
    if anchor + 1 < len(frame.years):
        reason = "has no assumption" if assumption is None else "is to follow its trend"
        plural = "observation" if own_seen == 1 else "observations"
        result.notes.append(
            f"“{node.path}” {reason} and {own_seen} {plural}; it was projected with the growth of “{parent_path}”."
        )
    return True


def _share_of_parent(frame: Frame, result: BaseForecasts, place: int, above: int, assumption: Assumption) -> bool:
    parent = result.values[above]
    usable = ~np.isnan(parent[0, 0])
    if not usable[frame.base :].any():
        return False
    share = float(assumption.share or 0) + float(assumption.drift) * (np.array(frame.years) - frame.years[frame.base])
    raw = parent * np.clip(share, 0.0, 100.0) / 100.0
    seen = np.flatnonzero(~np.isnan(frame.observed[place]))
    anchor = int(seen[-1]) if len(seen) else frame.base
    known, held = frame.known[place], frame.pinned[place]
    pins = [(int(year), float(held[year])) for year in np.flatnonzero(~np.isnan(held)) if year > anchor]
    if not np.isnan(raw[0, 0, anchor:]).any():
        raw = growth.bend(raw, anchor, pins)
    begin = 0 if assumption.backcast else (anchor + 1 if len(seen) else frame.base)
    filled = np.where(np.isnan(known), raw, known)
    result.values[place, ..., begin:] = filled[..., begin:]
    result.follows.add(place)
    result.shares.add(place)
    drifting = f", moving by {assumption.drift.normalize():f} points a year" if assumption.drift else ""
    parent_path = frame.hierarchy.nodes[above].path
    stated = (assumption.share or Decimal(0)).normalize()
    result.method[place] = f"share of {stated:f} % of “{parent_path}”{drifting}"
    return True


def _fill_history(frame: Frame, result: BaseForecasts, place: int, assumption: Assumption | None, anchor: int) -> None:
    """Fill years without an observation before the last one: only where the editor said so."""
    if assumption is None or not assumption.backcast:
        return
    known = frame.known[place]
    places = [int(one) for one in np.flatnonzero(~np.isnan(known)) if one <= anchor]
    for before, after in pairwise(places):
        result.values[place, ..., before + 1 : after] = growth.bridge(known[before], known[after], after - before)
    if assumption.method == "growth-rate":
        rates = [float(assumption.rate or 0)] * len(frame.years)
    elif assumption.path:
        rates, _ = growth.rates_by_year(assumption.path, frame.years)
    else:
        return
    for year in range(places[0] - 1, -1, -1):
        factor = max(1 + rates[year + 1] / 100, 1e-9)
        result.values[place, ..., year] = result.values[place, ..., year + 1] / factor


def _sum_children(frame: Frame, result: BaseForecasts, waiting: set[int]) -> bool:
    """Give nodes without a basis of their own the sum of a complete group of their parts. True if any gained."""
    gained = False
    for group in reversed(frame.hierarchy.groups):
        if group.parent not in waiting or not group.sums:
            continue
        assumption = frame.hierarchy.nodes[group.parent].assumption
        if assumption is not None and assumption.method == "share":
            continue
        total = result.values[group.children].sum(axis=0)
        gap = np.isnan(result.values[group.parent, 0, 0]) & ~np.isnan(total[0, 0])
        if gap.any():
            result.values[group.parent] = np.where(gap, total, result.values[group.parent])
            result.method.setdefault(group.parent, f"sum of its parts in “{group.code}”")
            gained = True
    return gained


def _give_reasons(frame: Frame, result: BaseForecasts, waiting: set[int]) -> None:
    available = result.available
    for place in sorted(waiting):
        node = frame.hierarchy.nodes[place]
        if not available[place].any():
            if node.assumption is not None and node.assumption.method == "share":
                text = f"“{node.path}” is a share of a parent that isn't estimated."
            elif node.assumption is not None:
                text = f"“{node.path}” has an assumption but no observation or pin to start from."
            else:
                text = f"“{node.path}” has no observation, no share of its parent and no pin."
            result.reasons[place] = text
        elif not available[place, -1] and frame.anchors[place] is not None:
            last = frame.years[int(np.flatnonzero(available[place])[-1])]
            result.notes.append(
                f"“{node.path}” isn't estimated after {last}: it has too few observations for a trend and nothing to "
                f"follow. Enter a growth rate, a share or a pin."
            )


def _list(years: list[int]) -> str:
    return ", ".join(str(year) for year in years)
