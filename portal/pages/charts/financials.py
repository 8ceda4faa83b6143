"""A company's revenue over the years as columns, with what it earned in operation beside it where that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.pages.charts.scale import Tick, pc, px, scale_to
from reports.document import FinancialYear
from reports.figures import UNIT_WORDS, grouped

HEIGHT, TOP, BOTTOM = 240, 26, 212


@dataclass(frozen=True, slots=True)
class MoneyColumn:
    year: int
    middle: str
    x: str
    width: str
    y: str
    height: str
    label: str
    label_y: str
    income: tuple[str, str, str, str] | None
    says: str


@dataclass(frozen=True, slots=True)
class FinancialChart:
    height: int
    bottom: int
    unit: str
    ticks: tuple[Tick, ...]
    columns: tuple[MoneyColumn, ...]
    has_income: bool
    says: str


def financial_chart(financials: Sequence[FinancialYear]) -> FinancialChart | None:
    """The chart, or None where fewer than two years have a revenue, or they are not in one currency and unit."""
    known = sorted(((one, one.revenue) for one in financials if one.revenue is not None), key=lambda pair: pair[0].year)
    units = {(one.currency, one.unit_mult) for one, _ in known}
    if len(known) < 2 or len(units) > 1 or any(revenue <= 0 for _, revenue in known):
        return None
    currency, power = units.pop()
    unit = " ".join(filter(None, (currency, UNIT_WORDS.get(power, ""))))
    earned = [one.operating_income for one, _ in known if one.operating_income is not None]
    drawn = [float(revenue) for _, revenue in known] + [float(one) for one in earned]
    scale = scale_to(drawn, top=TOP, bottom=BOTTOM)
    slot = 1 / len(known)
    zero = scale.y(0)

    def income(value: Decimal | None, place: int) -> tuple[str, str, str, str] | None:
        if value is None:
            return None
        y = scale.y(float(value))
        return pc((place + 0.56) * slot), pc(slot * 0.2), px(min(y, zero)), px(abs(y - zero))

    columns = []
    for place, (one, revenue) in enumerate(known):
        y = scale.y(float(revenue))
        says = f"{one.year}: revenue {unit} {grouped(revenue, 1)}"
        if one.operating_income is not None:
            says += f", operating income {grouped(one.operating_income, 1)}"
        columns.append(
            MoneyColumn(
                one.year, pc((place + 0.5) * slot), pc((place + 0.2) * slot), pc(slot * 0.34), px(y), px(zero - y),
                grouped(revenue, 1 if revenue < 1000 else 0), px(y - 8), income(one.operating_income, place), says,
            )
        )  # fmt: skip
    return FinancialChart(
        HEIGHT, BOTTOM, unit, scale.ticks(4), tuple(columns), bool(earned), ". ".join(one.says for one in columns) + "."
    )
