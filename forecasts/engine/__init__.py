"""Plumbline's forecast engine: pure NumPy, no Django. Give it ``MarketInputs``, get a ``MarketForecast``.

    >>> forecast = compute(inputs)
    >>> forecast.cells["base", TOTAL, 2031].value

Printed children sum to printed parents exactly in every year and scenario; pins hold; nothing is negative; a node
without data is not estimated; the same inputs give the same bytes.
"""

from forecasts.engine.compute import compute
from forecasts.engine.crosstable import CrossCell, fill
from forecasts.engine.drivers import default_scenarios
from forecasts.engine.growth import cagr
from forecasts.engine.inputs import (
    BASE,
    ENGINE_VERSION,
    TOTAL,
    Assumption,
    Driver,
    InfeasibleInputs,
    MarketInputs,
    Node,
    Observation,
    Scenario,
)
from forecasts.engine.record import Outcome, Score, score, score_by
from forecasts.engine.result import Cell, Ledger, LedgerEntry, MarketForecast, Trace, TracedObservation

__all__ = [
    "BASE",
    "ENGINE_VERSION",
    "TOTAL",
    "Assumption",
    "Cell",
    "CrossCell",
    "Driver",
    "InfeasibleInputs",
    "Ledger",
    "LedgerEntry",
    "MarketForecast",
    "MarketInputs",
    "Node",
    "Observation",
    "Outcome",
    "Scenario",
    "Score",
    "Trace",
    "TracedObservation",
    "cagr",
    "compute",
    "default_scenarios",
    "fill",
    "score",
    "score_by",
]
