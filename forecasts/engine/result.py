"""What the engine answers: cells with their SDMX status, notes, what isn't estimated, the driver ledger, traces."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from forecasts.engine import rounding

Status = Literal["A", "E", "F"]
type Place = tuple[str, str, int]


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
class Columns:
    """All values of a forecast, one list a column, in the order scenario, path, year.

    Numbers are whole units of the last of ``decimals`` printed; -1 where there is no basis for an interval. What stores
    a forecast reads these, and makes no decimal of any.
    """

    decimals: int
    scenario: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    year: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    low80: list[int] = field(default_factory=list)
    high80: list[int] = field(default_factory=list)
    low95: list[int] = field(default_factory=list)
    high95: list[int] = field(default_factory=list)
    status: list[Status] = field(default_factory=list)


class Cells(Mapping[Place, Cell]):
    """The values by scenario, path and year. Decimals are made when the first of them is asked for."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    @cached_property
    def _cells(self) -> dict[Place, Cell]:
        of = self.columns
        keys = zip(of.scenario, of.path, of.year, strict=True)
        value, *ends = (rounding.shown(c, of.decimals) for c in (of.value, of.low80, of.high80, of.low95, of.high95))
        made = {}
        for key, shown, low80, high80, low95, high95, status in zip(keys, value, *ends, of.status, strict=True):
            assert shown is not None  # every value there is has units
            made[key] = Cell(shown, low80, high80, low95, high95, status)
        return made

    def __getitem__(self, place: Place) -> Cell:
        return self._cells[place]

    def __iter__(self) -> Iterator[Place]:
        return zip(self.columns.scenario, self.columns.path, self.columns.year, strict=True)

    def __len__(self) -> int:
        return len(self.columns.year)


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

    cells: Cells
    not_estimated: Mapping[str, str]
    notes: tuple[str, ...]
    ledger: Mapping[str, Ledger]
    digest: str
    _trace: Callable[[str, str, int], Trace] = field(repr=False, compare=False)

    def explain(self, scenario: str, path: str, year: int) -> Trace:
        """Say how one value came about; raises KeyError for a value that isn't in ``cells``."""
        return self._trace(scenario, path, year)
