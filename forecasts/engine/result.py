"""What the engine answers: cells with their SDMX status, notes, what isn't estimated, the driver ledger, traces."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Status = Literal["A", "E", "F"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with its 80 % and 95 % interval (None where there is no basis for one); SDMX status A, E or F."""

    value: Decimal
    low80: Decimal | None
    high80: Decimal | None
    low95: Decimal | None
    high95: Decimal | None
    status: Status


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One driver in one scenario: its effect times its weight, in percentage points of the CAGR."""

    code: str
    name: str
    effect: Decimal
    weight: Decimal
    contribution: Decimal


@dataclass(frozen=True, slots=True)
class Ledger:
    """contributions + residual = cagr, exactly, in percentage points, from ``first_year`` to ``last_year``."""

    scenario: str
    first_year: int
    last_year: int
    entries: tuple[LedgerEntry, ...]
    residual: Decimal
    cagr: Decimal


@dataclass(frozen=True, slots=True)
class TracedObservation:
    """One observation that a value rests on."""

    year: int
    value: Decimal
    status: Literal["A", "E"]
    source: str


@dataclass(frozen=True, slots=True)
class Trace:
    """How one value came about: base value + reconciliation + rounding = value, in the market's unit."""

    scenario: str
    path: str
    year: int
    value: Decimal
    status: Status
    observations: tuple[TracedObservation, ...]
    method: str
    base_value: Decimal
    reconciliation_adjustment: Decimal
    pin: Decimal | None
    rounding: Decimal
    steps: tuple[str, ...]


@dataclass(frozen=True)
class MarketForecast:
    """The computed cube: (scenario, path, year) -> Cell. A missing key means "not estimated", never zero."""

    cells: Mapping[tuple[str, str, int], Cell]
    not_estimated: Mapping[str, str]
    notes: tuple[str, ...]
    ledger: Mapping[str, Ledger]
    digest: str
    _trace: Callable[[str, str, int], Trace] = field(repr=False, compare=False)

    def explain(self, scenario: str, path: str, year: int) -> Trace:
        """Say how one value came about; raises KeyError for a value that isn't in ``cells``."""
        return self._trace(scenario, path, year)
