"""Small markets for the engine's tests."""

from collections.abc import Mapping
from decimal import Decimal

from forecasts.engine import Assumption, Driver, MarketInputs, Node, Observation, Scenario


def observed(values: Mapping[int, str], status: str = "A") -> dict[int, Observation]:
    return {year: Observation(Decimal(value), "A" if status == "A" else "E", "test") for year, value in values.items()}


def growing(rate: str) -> Assumption:
    return Assumption("growth-rate", rate=Decimal(rate))


def share(of_parent: str, drift: str = "0", *, backcast: bool = False) -> Assumption:
    return Assumption("share", share=Decimal(of_parent), drift=Decimal(drift), backcast=backcast)


def sunroofs(*, pins: Mapping[int, str] | None = None, scenarios: tuple[Scenario, ...] = ()) -> MarketInputs:
    """The Car Sunroof market's shape: two dimensions, one nested, one partial with its own total."""
    held = {2031: "3701.17"} if pins is None else pins
    nodes = (
        Node(
            "total",
            observations=observed({2024: "2274.97"}),
            assumption=growing("7.2"),
            pins={year: Decimal(value) for year, value in held.items()},
        ),
        Node("material/fabric-material", "total", "material", assumption=share("30")),
        Node("material/glass-material", "total", "material", assumption=share("70")),
        Node("fabric/foldable", "material/fabric-material", "fabric", "breakdown", assumption=share("55")),
        Node("fabric/removable", "material/fabric-material", "fabric", "breakdown", assumption=share("45")),
        Node("geography/europe", "total", "geography", observations=observed({2024: "800"}), assumption=growing("5")),
        Node("geography/asia", "total", "geography", observations=observed({2024: "1474.97"}), assumption=growing("9")),
        Node("geography/europe/germany", "geography/europe", "geography", assumption=share("33.333")),
        Node("geography/europe/france", "geography/europe", "geography", assumption=share("33.333")),
        Node("geography/europe/rest", "geography/europe", "geography"),
        Node("ev", None, "ev", "partial"),
        Node("ev/bev", "ev", "ev", "partial", observations=observed({2024: "100"}), assumption=growing("20")),
        Node("ev/hev", "ev", "ev", "partial", observations=observed({2024: "200"}), assumption=growing("3")),
    )
    drivers = (Driver("comfort", "Comfort", Decimal("2.5")), Driver("cost", "Cost", Decimal("-1.1")))
    return MarketInputs(2021, 2024, 2031, 2, nodes, drivers, scenarios)
