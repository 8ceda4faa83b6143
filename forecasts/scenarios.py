"""The scenarios every market begins with, and the weights their drivers have until an editor sets others."""

from collections.abc import Mapping
from decimal import Decimal

from forecasts import engine
from forecasts.models import Scenario

DEFAULTS = (("base", "Base"), ("optimistic", "Optimistic"), ("pessimistic", "Pessimistic"))


def ensure_default_scenarios(market_id: int) -> int:
    """Give a market the base, optimistic and pessimistic scenarios it lacks; returns how many were made.

    Called for a market that has no forecast yet: an editor may later remove any of them but base, which the engine
    always computes. No weights are stored: see `weights_of`.
    """
    wanted = [
        Scenario(market_id=market_id, code=code, name=name, position=position)
        for position, (code, name) in enumerate(DEFAULTS)
    ]
    present = set(Scenario.objects.filter(market_id=market_id).values_list("code", flat=True))
    missing = [scenario for scenario in wanted if scenario.code not in present]
    if missing:
        Scenario.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def weights_of(code: str, given: Mapping[str, Decimal], drivers: tuple[engine.Driver, ...]) -> Mapping[str, Decimal]:
    """A scenario's weights by driver code: those given, and in the default scenarios the engine's for the rest.

    Worked out rather than stored, so that they follow a driver that is added later or whose effect changes its sign.
    """
    usual = next((one.weights for one in engine.default_scenarios(drivers) if one.code == code), {})
    return {**usual, **given}
