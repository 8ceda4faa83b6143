"""The accuracy record drawn: a row for each past edition, its mean error as a bar, its intervals as what they held."""

from dataclasses import dataclass
from decimal import Decimal

from portal.pages.charts.scale import pc
from reports.record import ReportRecord

GOOD = (Decimal(80), Decimal(95))
"""What the two intervals should hold, in per cent."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One past edition. `width` is its mean absolute error beside the largest of all editions; empty where unknown."""

    edition: int
    mape: Decimal | None
    bias: Decimal | None
    width: str
    hits: tuple[tuple[Decimal, str, str], ...]


@dataclass(frozen=True, slots=True)
class RecordChart:
    """Rows by edition, oldest first; none where the editions' own scores are withheld. `record` has them together."""

    rows: tuple[RecordRow, ...]
    record: ReportRecord


def record_chart(record: ReportRecord) -> RecordChart:
    """The record as its reader may have it: each hit is (per cent, its width, the width that a good interval has)."""
    errors = [score.mape for _, score in record.editions if score.mape is not None]
    largest = max(errors, default=Decimal(0))
    rows = tuple(
        RecordRow(
            edition,
            score.mape,
            score.bias,
            pc(float(score.mape / largest)) if score.mape is not None and largest else "",
            tuple(
                (held, pc(float(held) / 100), pc(float(good) / 100))
                for held, good in zip((score.coverage80, score.coverage95), GOOD, strict=True)
                if held is not None
            ),
        )
        for edition, score in record.editions
    )
    return RecordChart(rows, record)
