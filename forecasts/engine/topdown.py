"""From base forecasts to values that add up, in float64 for every path and in whole units for what is printed."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import weighing
from forecasts.engine.base import BaseForecasts
from forecasts.engine.frame import Frame
from forecasts.engine.hierarchy import Group, Indices
from forecasts.engine.inputs import InfeasibleInputs, Reconciliation
from forecasts.engine.reconciliation import Bounds, allocate, bounds, children_target
from forecasts.engine.rounding import largest_remainder

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

SAID_IN_FULL = 3  # years of one clash that an error spells out


@dataclass(slots=True)
class Reconciled:
    """``values`` is float[N, S, M, Y] and adds up to float error; ``units`` is int[N, S, Y] and adds up exactly."""

    values: Floats
    units: NDArray[np.int64]
    available: Booleans
    notes: list[str] = field(default_factory=list)


def reconcile(frame: Frame, projected: BaseForecasts, mode: Reconciliation) -> Reconciled:
    """Walk down the trees: roots keep their base forecast, each complete group is split to its parent's value.

    With a mode of least squares the base forecasts are first moved to the nearest values that add up; the walk then
    keeps what is fixed and rounds. Pins hold; observations hold unless they contradict their parent's value by more
    than rounding, in which case they are scaled to it and a note says by how much. Raises InfeasibleInputs for pins
    that can't hold.
    """
    tree = frame.hierarchy
    available = projected.available
    hard = bounds(tree, frame.pinned, available)
    soft = bounds(tree, frame.known, available)
    values = projected.values.copy()
    result = Reconciled(values, np.zeros(values.shape[:2] + values.shape[-1:], dtype=np.int64), available)
    if mode != "top-down":
        result.values = weighing.nearest(frame, projected, mode, result.notes)
    by_share = mode == "top-down"
    for root in sorted(tree.roots, key=lambda place: place != tree.total):  # the total limits the others
        _settle_root(frame, result, root, hard, soft)
    for group in tree.groups:
        _split(frame, projected, result, group, (hard, soft), by_share)
    return result


def _settle_root(frame: Frame, result: Reconciled, root: int, hard: Bounds, soft: Bounds) -> None:
    value = np.clip(result.values[root], soft.low[root], soft.high[root])
    total = frame.hierarchy.total
    if total is not None and root != total:
        limit = np.where(np.isnan(result.values[total]), np.inf, result.values[total])
        forced = np.maximum(hard.low[root], np.nan_to_num(frame.known[root], nan=0.0))
        _refuse_or_note(frame, result, root, value[:, 0, :], limit[:, 0, :], forced)
        # A sample path in which the total falls below what is fixed here doesn't make the inputs infeasible.
        value = np.maximum(np.minimum(value, limit), forced)
    result.values[root] = value
    result.units[root] = np.rint(np.nan_to_num(value[:, 0, :])).astype(np.int64)


def _refuse_or_note(frame: Frame, result: Reconciled, root: int, value: Floats, limit: Floats, forced: Floats) -> None:
    """Refuse a partial dimension whose fixed values exceed the market; note one that is held at the market.

    ``value`` and ``limit`` are float[S, Y]: what it comes to, and the market's total; ``forced`` is float[Y], what it
    comes to at least by what is fixed. As printed, a part that is no larger than the whole is no clash.
    """
    tree = frame.hierarchy
    path = tree.nodes[root].path
    under = {place for place in range(len(tree.nodes)) if _root_of(tree.parent, place) == root}
    clashes = []
    for year in np.flatnonzero((forced > np.rint(limit)).any(axis=0)).tolist():
        least, most = frame.shown(forced[year]), frame.shown(limit[:, year].min())
        clashes.append(
            f"“{path}” is a part of the market but larger than its total in {frame.years[year]}, {least} against "
            f"{most}, by {_named(frame, under, year)}"
        )
    if clashes:
        raise InfeasibleInputs(f"{_joined(clashes)} Change or remove one of these observations and pins.")
    over = (value > limit + 0.5).any(axis=0)
    if over.any():
        years = ", ".join(str(frame.years[year]) for year in np.flatnonzero(over))
        result.notes.append(f"“{path}” would grow beyond the market's total in {years}; it was held at the total.")


def _root_of(parent: Indices, place: int) -> int:
    while parent[place] >= 0:
        place = int(parent[place])
    return place


def _split(
    frame: Frame,
    projected: BaseForecasts,
    result: Reconciled,
    group: Group,
    limits: tuple[Bounds, Bounds],
    by_share: bool,
) -> None:
    children = group.children
    here = result.available[children]
    full = here.all(axis=0) & result.available[group.parent] & group.sums
    total = _most(frame, result, result.values, group.parent)
    weights = result.values[children]
    np.fmax(weights, 0.0, out=weights)  # no value weighs nothing
    if by_share:
        _follow_parent(frame, projected, result, group, weights)
    shape = (len(children), 1, 1, -1)
    (hard_low, hard_high), (soft_low, soft_high) = (
        (one.low[children].reshape(shape), one.high[children].reshape(shape)) for one in limits
    )
    _check_pins(frame, result, group, total[:, 0], full, hard_low[:, 0, 0].sum(axis=0), hard_high[:, 0, 0].sum(axis=0))
    target = children_target(total, weights, soft_low, soft_high, full)
    fits = (soft_low.sum(axis=0) <= target + 1e-6) & (soft_high.sum(axis=0) >= target - 1e-6)
    low, high = soft_low, soft_high
    if not fits.all():
        low, high = np.where(fits, soft_low, hard_low), np.where(fits, soft_high, hard_high)
    _note_scaled(frame, result, group, weights, target, fits)
    if by_share:
        held_low, held_high = _hold_shares(frame, projected, result, group, weights, target, full, low, high)
        split = allocate(target, weights, held_low, held_high)
    else:
        split = allocate(target, weights, low, high)
    result.values[children] = split if here.all() else np.where(here[:, None, None, :], split, np.nan)
    _round(frame, result, group, full, low[:, :, 0, :], high[:, :, 0, :])


def _most(frame: Frame, result: Reconciled, values: Floats | Integers, place: int) -> Floats:
    """What a node can come to at most, float[..., Y] like ``values[place]``: its value; where it has none, that of the
    nearest node above that has one, and of the market for a partial dimension; NaN where nothing limits it."""
    there = result.available[place]
    most = np.where(there, values[place], np.nan)
    above = int(frame.hierarchy.parent[place])
    if above < 0 and frame.hierarchy.total is not None and place != frame.hierarchy.total:
        above = frame.hierarchy.total
    if above < 0 or there.all():
        return most
    return np.where(there, most, _most(frame, result, values, above))


def _follow_parent(frame: Frame, projected: BaseForecasts, result: Reconciled, group: Group, weights: Floats) -> None:
    """A child that was made from its parent's base forecast moves with what reconciliation made of the parent."""
    followers = [row for row, child in enumerate(group.children) if int(child) in projected.follows]
    if not followers:
        return
    before, after = projected.values[group.parent], result.values[group.parent]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(before > 0, after / before, 1.0)
    for row in followers:
        free = np.isnan(frame.known[group.children[row]])
        weights[row] = np.where(free, weights[row] * ratio, weights[row])


def _hold_shares(
    frame: Frame,
    projected: BaseForecasts,
    result: Reconciled,
    group: Group,
    weights: Floats,
    target: Floats,
    full: Booleans,
    low: Floats,
    high: Floats,
) -> tuple[Floats, Floats]:
    """Bounds in which stated shares of the parent stand, wherever the other children can take up the rest."""
    stated = np.array([int(child) in projected.shares for child in group.children])
    if not stated.any():
        return low, high
    fixed = stated[:, None, None, None]
    share = np.clip(weights, low, high)
    share_low, share_high = np.where(fixed, share, low), np.where(fixed, share, high)
    stands = (share_low.sum(axis=0) <= target + 1e-6) & (share_high.sum(axis=0) >= target - 1e-6)
    off = full & ~stands[0, 0] & np.isnan(frame.known[group.children]).all(axis=0)
    gaps = np.abs(weights[:, 0, 0, :].sum(axis=0) - target[0, 0]) > len(group.children)
    if (off & gaps).any():
        year = int(np.flatnonzero(off & gaps)[0])
        percent = 100 * float(share[stated, 0, 0, year].sum() / max(float(target[0, 0, year]), 1.0))
        result.notes.append(
            f"The stated shares of “{frame.hierarchy.nodes[group.parent].path}” in “{group.code}” come to "
            f"{percent:.2f} % in {frame.years[year]} and the other parts can't make up the rest; all were scaled."
        )
    return np.where(stands, share_low, low), np.where(stands, share_high, high)


def _round(frame: Frame, result: Reconciled, group: Group, full: Booleans, low: Floats, high: Floats) -> None:
    point = np.fmax(result.values[group.children, :, 0, :], 0.0)
    most = _most(frame, result, result.units, group.parent)
    own = np.rint(point.sum(axis=0))
    target = np.where(full, most, np.fmin(own, most))
    shares = allocate(target, point, low, high)
    result.units[group.children] = largest_remainder(shares, target.astype(np.int64), high)


def _check_pins(
    frame: Frame, result: Reconciled, group: Group, total: Floats, full: Booleans, low: Floats, high: Floats
) -> None:
    """Raise when the pins below a group can't meet its parent's value, naming them and every year that clashes.

    ``total`` is float[S, Y], the others are of shape [Y]. Sample paths don't count: they keep to what is fixed anyway.
    """
    above = (low > total + 0.5).any(axis=0)
    below = ((high < total - 0.5) & full).any(axis=0)
    if not (above | below).any():
        return
    tree = frame.hierarchy
    inside = {place for place in range(len(tree.nodes)) if _is_under(frame, place, group)}
    beside = {
        place
        for other in tree.groups_of(group.parent)
        if other.code != group.code
        for place in range(len(tree.nodes))
        if _is_under(frame, place, other)
    }
    parent = tree.nodes[group.parent]
    clashes = []
    for year in np.flatnonzero(above | below).tolist():
        calendar = frame.years[year]
        if calendar in parent.pins:
            head = f"is pinned to {parent.pins[calendar]}"
        elif calendar in parent.observations:
            head = f"was observed as {parent.observations[calendar].value}"
        elif elsewhere := _named(frame, beside, year, pins_only=True):
            head = f"the pins of {elsewhere} hold elsewhere"
        else:
            size = frame.shown(float(total[0, year]))
            head = f"comes to {size}" if result.available[group.parent, year] else f"lies in a whole of {size}"
        clashes.append(
            f"In {calendar} the pins of {_named(frame, inside, year, pins_only=True)} come to "
            f"{'more' if above[year] else 'less'} than “{parent.path}”, which {head}"
        )
    raise InfeasibleInputs(f"{_joined(clashes)} Change or remove one of them.")


def _named(frame: Frame, places: set[int], year: int, *, pins_only: bool = False) -> str:
    """The pins (and observations) of some nodes in one year, as they were entered."""
    calendar = frame.years[year]
    said = []
    for place in sorted(places):
        node = frame.hierarchy.nodes[place]
        if calendar in node.pins:
            said.append(f"“{node.path}” ({node.pins[calendar]})")
        elif calendar in node.observations and not pins_only:
            said.append(f"“{node.path}” ({node.observations[calendar].value})")
    return ", ".join(said)


def _joined(clashes: list[str]) -> str:
    """Every clash as a sentence, the first few in full."""
    said = [f"{clash}." for clash in clashes[:SAID_IN_FULL]]
    more = len(clashes) - SAID_IN_FULL
    return " ".join([*said, f"And so in {more} more years."] if more > 0 else said)


def _is_under(frame: Frame, place: int, group: Group) -> bool:
    while place >= 0:
        if place in group.children:
            return True
        place = int(frame.hierarchy.parent[place])
    return False


def _note_scaled(
    frame: Frame, result: Reconciled, group: Group, weights: Floats, target: Floats, fits: Booleans
) -> None:
    """Say which observed children were scaled to their parent, where the gap is more than rounding."""
    tree = frame.hierarchy
    gaps = []
    for year in np.flatnonzero(~fits[0, 0]):
        parts, whole = float(weights[:, 0, 0, year].sum()), float(target[0, 0, year])
        if abs(parts - whole) > len(group.children) / 2:
            gaps.append((frame.years[year], parts, whole))
    if gaps:
        said = "; ".join(f"{year}: {frame.shown(parts)} against {frame.shown(whole)}" for year, parts, whole in gaps)
        result.notes.append(
            f"The parts of “{tree.nodes[group.parent].path}” in “{group.code}” as observed don't sum to it and were "
            f"scaled to it ({said})."
        )
