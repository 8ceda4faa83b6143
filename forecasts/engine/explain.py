"""How a number came about, as a structured trace that pages and the API can show."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from forecasts.engine.base import BaseForecasts
from forecasts.engine.frame import Frame
from forecasts.engine.inputs import MarketInputs
from forecasts.engine.result import Cell, Trace, TracedObservation
from forecasts.engine.topdown import Reconciled

EXTRA_DIGITS = 4  # beyond the printed decimals: enough to see what rounding did


@dataclass(frozen=True, slots=True)
class Tracer:
    """Holds what a run computed on the way, so that any value can be explained later."""

    inputs: MarketInputs
    frame: Frame
    projected: BaseForecasts
    reconciled: Reconciled
    cells: Mapping[tuple[str, str, int], Cell]

    def trace(self, scenario: str, path: str, year: int) -> Trace:
        """base value + reconciliation adjustment + rounding = value, exactly. KeyError for what isn't estimated."""
        cell = self.cells[scenario, path, year]
        frame = self.frame
        place, at = frame.hierarchy.index[path], frame.years.index(year)
        row = [one.code for one in self.inputs.ordered_scenarios()].index(scenario)
        node = frame.hierarchy.nodes[place]
        base_value = self._decimal(float(self.projected.values[place, row, 0, at]))
        together = self._decimal(float(self.reconciled.values[place, row, 0, at]))
        observations = tuple(
            TracedObservation(when, one.value, one.status, one.source)
            for when, one in sorted(node.observations.items())
        )
        pin = node.pins.get(year)
        method = self.projected.method.get(place, "observed values only")
        if year in node.observations:
            method = "observed"
        elif pin is not None:
            method = "pinned"
        adjustment, rounding = together - base_value, cell.value - together
        known = method in ("observed", "pinned")
        steps = [f"{method.capitalize()}: {base_value}." if known else f"Base value by {method}: {base_value}."]
        if adjustment:
            steps.append(f"Changed by {adjustment} so that the parts sum to the whole.")
        if rounding:
            steps.append(f"Rounded by {rounding} so that the printed parts sum to the printed whole.")
        return Trace(
            scenario,
            path,
            year,
            cell.value,
            cell.status,
            observations,
            method,
            base_value,
            adjustment,
            pin,
            rounding,
            tuple(steps),
        )

    def _decimal(self, units: float) -> Decimal:
        digits = self.inputs.decimals
        exact = Decimal(repr(units)).scaleb(-digits)
        return exact.quantize(Decimal(1).scaleb(-digits - EXTRA_DIGITS), ROUND_HALF_EVEN)
