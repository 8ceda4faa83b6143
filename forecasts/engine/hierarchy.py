"""The trees of one market as arrays: who adds to whom, in an order in which parents come before their children."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.engine.inputs import TOTAL, InfeasibleInputs, Node

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Group:
    """The children of one parent in one dimension. ``sums`` says whether they make up the whole parent."""

    parent: int
    code: str
    children: Indices
    sums: bool


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """N nodes, parents before children.

    ``parent`` is int[N], -1 for a root. ``groups`` come in the order of their parents, so walking them forwards goes
    down the trees and walking them backwards goes up.
    """

    nodes: tuple[Node, ...]
    index: Mapping[str, int]
    parent: Indices
    depth: Indices
    groups: tuple[Group, ...]

    @property
    def roots(self) -> list[int]:
        """The total, and the own totals of partial dimensions."""
        return [place for place, above in enumerate(self.parent) if above < 0]

    @property
    def total(self) -> int | None:
        """Where the market's total is, or None when the market has none."""
        return self.index.get(TOTAL)

    def groups_of(self, place: int) -> list[Group]:
        """The groups that split one node, a group that sums to it first."""
        return [group for group in self.groups if group.parent == place]


def build(nodes: tuple[Node, ...]) -> Hierarchy:
    """Order the nodes and collect their groups; raises InfeasibleInputs for a tree that isn't one."""
    by_path: dict[str, Node] = {}
    for node in nodes:
        if node.path in by_path:
            raise InfeasibleInputs(f"The node “{node.path}” is given twice. Keep one of them.")
        by_path[node.path] = node
    depth = {path: _depth(path, by_path) for path in by_path}
    ordered = tuple(sorted(nodes, key=lambda node: (depth[node.path], node.path)))
    index = {node.path: place for place, node in enumerate(ordered)}
    parent = np.array([-1 if node.adds_to is None else index[node.adds_to] for node in ordered], dtype=np.intp)
    members: dict[tuple[int, str], list[int]] = {}
    for place, node in enumerate(ordered):
        if parent[place] >= 0:
            members.setdefault((int(parent[place]), node.group), []).append(place)
    groups = []
    for (above, code), children in members.items():
        # A partial dimension hung on the total covers only a part of it; under its own total it is a whole.
        sums = not (ordered[above].path == TOTAL and any(ordered[child].coverage == "partial" for child in children))
        groups.append(Group(above, code, np.array(children, dtype=np.intp), sums))
    groups.sort(key=lambda group: (group.parent, not group.sums, group.code))
    depths: Indices = np.array([depth[node.path] for node in ordered], dtype=np.intp)
    return Hierarchy(ordered, index, parent, depths, tuple(groups))


def _depth(path: str, by_path: Mapping[str, Node]) -> int:
    """How many steps up to a root; refuses an unknown parent and a circle."""
    steps = 0
    seen = {path}
    node = by_path[path]
    while node.adds_to is not None:
        if node.adds_to not in by_path:
            raise InfeasibleInputs(f"“{node.path}” adds to “{node.adds_to}”, which isn't in this market. Add it first.")
        if node.adds_to in seen:
            raise InfeasibleInputs(f"“{path}” adds to itself by way of “{node.path}”. Move one of them elsewhere.")
        seen.add(node.adds_to)
        node = by_path[node.adds_to]
        steps += 1
    return steps
