"""Drivers: what each market force adds to growth, how scenarios weigh them, and the ledger that sums to the CAGR."""

from decimal import Decimal

from forecasts.engine.inputs import BASE, Driver, InfeasibleInputs, Scenario
from forecasts.engine.result import Ledger, LedgerEntry

PER_CENT_STEP = Decimal("0.01")


def check(drivers: tuple[Driver, ...], scenarios: tuple[Scenario, ...]) -> None:
    """Refuse weights for unknown drivers, doubled codes, a base scenario that weighs anything but 1, and no numbers."""
    for driver in drivers:
        if not driver.effect.is_finite():
            raise InfeasibleInputs(f"The driver “{driver.name}” has an effect of {driver.effect}. Enter a number.")
    codes = [driver.code for driver in drivers]
    for code in {code for code in codes if codes.count(code) > 1}:
        raise InfeasibleInputs(f"The driver “{code}” is given twice. Keep one of them.")
    names = [scenario.code for scenario in scenarios]
    for code in {code for code in names if names.count(code) > 1}:
        raise InfeasibleInputs(f"The scenario “{code}” is given twice. Keep one of them.")
    for scenario in scenarios:
        for code, weight in sorted(scenario.weights.items()):
            if code not in codes:
                raise InfeasibleInputs(f"The scenario “{scenario.name}” weighs “{code}”, which isn't a driver here.")
            if not weight.is_finite():
                raise InfeasibleInputs(f"The scenario “{scenario.name}” weighs “{code}” by {weight}. Enter a number.")
            if scenario.code == BASE and weight != 1:
                raise InfeasibleInputs("In the base scenario every driver weighs 1. Make another scenario instead.")


def growth_shift(drivers: tuple[Driver, ...], scenario: Scenario) -> Decimal:
    """How many percentage points a year a scenario adds to growth: the sum of (weight - 1) * effect."""
    return sum(((scenario.weights.get(one.code, Decimal(1)) - 1) * one.effect for one in drivers), Decimal(0))


def default_scenarios(drivers: tuple[Driver, ...]) -> tuple[Scenario, ...]:
    """Base; optimistic, where what helps weighs 1.25 and what hinders 0.75; pessimistic, the other way round.

    The weights are a convention to start from, not an estimate: an editor sets them.
    """
    more, less = Decimal("1.25"), Decimal("0.75")
    optimistic = {one.code: more if one.effect > 0 else less for one in drivers}
    pessimistic = {one.code: less if one.effect > 0 else more for one in drivers}
    return (
        Scenario(BASE, "Base"),
        Scenario("optimistic", "Optimistic", optimistic),
        Scenario("pessimistic", "Pessimistic", pessimistic),
    )


def ledger(drivers: tuple[Driver, ...], scenario: Scenario, first_year: int, last_year: int, cagr: Decimal) -> Ledger:
    """The drivers' contributions and the residual, to two decimals of a percentage point, summing to the shown CAGR."""
    shown = cagr.quantize(PER_CENT_STEP)
    entries = []
    for driver in sorted(drivers, key=lambda one: one.code):
        weight = scenario.weights.get(driver.code, Decimal(1))
        contribution = (weight * driver.effect).quantize(PER_CENT_STEP)
        entries.append(LedgerEntry(driver.code, driver.name, driver.effect, weight, contribution))
    explained = sum((entry.contribution for entry in entries), Decimal(0))
    return Ledger(scenario.code, first_year, last_year, tuple(entries), shown - explained, shown)
