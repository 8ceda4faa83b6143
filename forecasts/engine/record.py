"""The accuracy record: what was forecast in past editions beside what came, scored.

MAPE and sMAPE as in Hyndman and Koehler, 2006, "Another look at measures of forecast accuracy", Int. J. Forecasting
22; bias is the mean of (forecast - actual) / actual, so that a positive bias says the forecasts were too high.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One value that an edition forecast and that later became known, in the market's unit.

    ``edition`` is where it was published and ``made`` the base year it was made from; intervals are None where the
    edition gave none.
    """

    report: str
    edition: int
    path: str
    year: int
    made: int
    forecast: Decimal
    actual: Decimal
    low80: Decimal | None = None
    high80: Decimal | None = None
    low95: Decimal | None = None
    high95: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Errors in per cent to two decimals; None where no outcome has what is needed (an actual above zero, an
    interval). ``count`` is how many outcomes there are, ``intervals`` how many of them had an interval."""

    count: int
    mape: Decimal | None
    smape: Decimal | None
    bias: Decimal | None
    intervals: int
    coverage80: Decimal | None
    coverage95: Decimal | None


def score(outcomes: Iterable[Outcome]) -> Score:
    """Score outcomes together: each counts the same, whatever its size."""
    every = list(outcomes)
    errors = [(one.forecast - one.actual) / one.actual for one in every if one.actual > 0]
    symmetric = [
        2 * abs(one.forecast - one.actual) / (one.forecast + one.actual)
        for one in every
        if one.forecast + one.actual > 0
    ]
    hits80 = [
        one.low80 <= one.actual <= one.high80 for one in every if one.low80 is not None and one.high80 is not None
    ]
    hits95 = [
        one.low95 <= one.actual <= one.high95 for one in every if one.low95 is not None and one.high95 is not None
    ]
    return Score(
        count=len(every),
        mape=_percent([abs(error) for error in errors]),
        smape=_percent(symmetric),
        bias=_percent(errors),
        intervals=len(hits80),
        coverage80=_percent([Decimal(hit) for hit in hits80]),
        coverage95=_percent([Decimal(hit) for hit in hits95]),
    )


def score_by[Key: Hashable](outcomes: Iterable[Outcome], key: Callable[[Outcome], Key]) -> dict[Key, Score]:
    """Scores of groups of outcomes, for instance by report, by edition or by how many years ahead."""
    groups: dict[Key, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(key(one), []).append(one)
    return {name: score(members) for name, members in groups.items()}


def _percent(parts: list[Decimal]) -> Decimal | None:
    if not parts:
        return None
    return (100 * sum(parts, Decimal(0)) / len(parts)).quantize(HUNDREDTH, ROUND_HALF_EVEN)
