"""What the engine is told: one market's nodes, observations, assumptions, pins, drivers and scenarios.

Values are in the market's own unit (for instance USD million), as exact decimals. Rates, shares and effects are in
per cent or percentage points. Years are calendar years. Nothing here computes a forecast.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

ENGINE_VERSION = "1.3.3"
TOTAL = "total"
BASE = "base"

Coverage = Literal["complete", "breakdown", "partial"]
Method = Literal["growth-rate", "growth-path", "share", "trend"]
ObservationStatus = Literal["A", "E"]
Reconciliation = Literal["top-down", "structural", "variance"]


class InfeasibleInputs(ValueError):
    """The inputs contradict each other. The message is a sentence for an editor that names nodes, values and years."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A value that an analyst entered for one node and year, with its SDMX status (A actual, E estimate)."""

    value: Decimal
    status: ObservationStatus
    source: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """How a node is projected beyond its last observation.

    ``rate`` is per cent a year; ``path`` is per cent by year; ``share`` is per cent of the parent in the base year and
    ``drift`` moves it by percentage points a year. ``backcast`` also fills years without an observation before the
    last one: the engine never does that unless the editor says so.
    """

    method: Method
    rate: Decimal | None = None
    path: Mapping[int, Decimal] = field(default_factory=dict)
    share: Decimal | None = None
    drift: Decimal = Decimal(0)
    backcast: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """One place in the market's trees.

    ``adds_to`` is the path of the node it is a part of (None for the total and for a partial dimension's own total);
    the children of one parent in one ``group`` (the dimension's code) sum to it. ``pins`` must be met exactly.
    """

    path: str
    adds_to: str | None = None
    group: str = ""
    coverage: Coverage = "complete"
    observations: Mapping[int, Observation] = field(default_factory=dict)
    assumption: Assumption | None = None
    pins: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Driver:
    """A market force with its signed effect on the CAGR, in percentage points."""

    code: str
    name: str
    effect: Decimal


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of driver weights by driver code; a driver that is absent weighs 1."""

    code: str
    name: str
    weights: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MarketInputs:
    """Everything one market's forecast is made from. ``decimals`` is how many are printed, and so add up."""

    first_year: int
    base_year: int
    last_year: int
    decimals: int
    nodes: tuple[Node, ...]
    drivers: tuple[Driver, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    reconciliation: Reconciliation = "top-down"

    @property
    def years(self) -> tuple[int, ...]:
        """Every year from the first to the last."""
        return tuple(range(self.first_year, self.last_year + 1))

    def ordered_nodes(self) -> tuple[Node, ...]:
        """The nodes by path: the order in which they were entered never matters."""
        return tuple(sorted(self.nodes, key=lambda node: node.path))

    def ordered_scenarios(self) -> tuple[Scenario, ...]:
        """The base scenario first (it always exists), then the others by code."""
        others = sorted((one for one in self.scenarios if one.code != BASE), key=lambda one: one.code)
        base = next((one for one in self.scenarios if one.code == BASE), Scenario(BASE, "Base"))
        return (base, *others)

    def digest(self) -> str:
        """SHA-256 (hexadecimal) of these inputs and the engine's version; the order of entry doesn't change it."""
        document = {
            "engine": ENGINE_VERSION,
            "years": [self.first_year, self.base_year, self.last_year],
            "decimals": self.decimals,
            "reconciliation": self.reconciliation,
            "nodes": [_node_document(node) for node in self.ordered_nodes()],
            "drivers": [
                [one.code, one.name, _number(one.effect)] for one in sorted(self.drivers, key=lambda one: one.code)
            ],
            "scenarios": [
                [one.code, one.name, {code: _number(weight) for code, weight in one.weights.items()}]
                for one in self.ordered_scenarios()
            ],
        }
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _number(value: Decimal | None) -> str | None:
    """One text for one number: 7.2 and 7.20 are the same input."""
    if value is None:
        return None
    return str(value.normalize() + 0)


def _node_document(node: Node) -> list[object]:
    assumption = node.assumption
    return [
        node.path,
        node.adds_to,
        node.group,
        node.coverage,
        {str(year): [_number(one.value), one.status, one.source] for year, one in node.observations.items()},
        None
        if assumption is None
        else [
            assumption.method,
            _number(assumption.rate),
            {str(year): _number(rate) for year, rate in assumption.path.items()},
            _number(assumption.share),
            _number(assumption.drift),
            assumption.backcast,
        ],
        {str(year): _number(value) for year, value in node.pins.items()},
    ]
