"""The driver ledger as a waterfall: each force's part of the growth, ending at the growth itself."""

from dataclasses import dataclass
from decimal import Decimal

from portal.pages.charts.scale import pc
from reports.document import Document
from reports.figures import TOTAL


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    effect: Decimal
    x: str
    width: str
    end: str
    against: bool
    label_inside: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Lines that sum to `sum`; positions across run from `zero` in per cent of the width."""

    scenario: str
    steps: tuple[Step, ...]
    sum: Decimal
    sum_x: str
    sum_width: str
    zero: str
    illustrative: bool


def ledger(document: Document, scenario: str = "base") -> Ledger | None:
    """The waterfall of one scenario, or None when the document holds no lines for it."""
    lines = [line for line in document.ledger if line.scenario == scenario]
    # What lifts growth first, what holds it back after, the largest of each first: the way a waterfall is read.
    lines.sort(key=lambda line: (line.effect == 0, line.effect < 0, -abs(line.effect)))
    if not lines:
        return None
    running = [Decimal(0)]
    for line in lines:
        running.append(running[-1] + line.effect)
    low, high = float(min(running)), float(max(running))
    span = (high - low) or 1.0

    def x(value: Decimal) -> float:
        return (float(value) - low) / span

    steps = []
    for line, before, after in zip(lines, running, running[1:], strict=False):
        left, right = sorted((x(before), x(after)))
        steps.append(
            Step(
                line.name,
                line.effect,
                pc(left),
                pc(max(right - left, 0.004) if line.effect else 0),
                pc(x(after)),
                line.effect < 0,
            )
        )
    left, right = sorted((x(Decimal(0)), x(running[-1])))
    return Ledger(
        scenario, tuple(steps), running[-1], pc(left), pc(right - left), pc(x(Decimal(0))),
        rests_on_illustrative(document),
    )  # fmt: skip


def rests_on_illustrative(document: Document) -> bool:
    """Whether the growth that the forces sum to rests on illustrative data: effects have no source of their own."""
    whole = [cell for one in document.series if one.path == TOTAL for cell in one.cells]
    return document.headline.illustrative or any(cell.illustrative for cell in whole)
