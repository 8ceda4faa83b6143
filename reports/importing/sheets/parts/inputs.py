"""What analysts enter, in a workbook: observations, assumptions, pins, drivers and scenarios."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q

from forecasts.models import Assumption, Driver, GrowthStep, Observation, Pin, Scenario, ScenarioWeight
from reports.importing.sheets.columns import Choice, Code, Column, Kind, Lines, Listed, Number, Whole, YesNo
from reports.importing.sheets.parts.base import Problem, Values
from reports.importing.sheets.parts.market import MARKET, PATH, POSITION, MarketPart
from reports.importing.sheets.places import Places

YEAR = Column("year", "The year.", Whole(least=1900, greatest=2200), required=True, example="2024")
NOTE = Column("note", "What else should be known of it, for editors.", Lines())


class NodePart(MarketPart):
    """A table whose rows say something of one node of a market."""

    related = ("market", "dimension", "segment")
    not_fields: tuple[str, ...] = ("path",)

    def values_of(self, stored: Any) -> Values:
        return super().values_of(stored) | {"path": stored.path}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        if problems:
            return problems
        if trouble := places.trouble_with_node(values["market"], values["path"]):
            problems.append(Problem("path", trouble))
        years = places.years(values["market"])
        if (year := values.get("year")) and years is not None and year not in years:
            problems.append(
                Problem("year", f"{year} is not among this market’s years, {years.start} to {years.stop - 1}.")
            )
        return problems

    def begin(self, values: Values, places: Places) -> Any:
        dimension, segment = places.node(values["market"], values["path"])
        return self.model(market=places.markets[values["market"]], dimension=dimension, segment=segment)

    def order_of(self, values: Values) -> Any:
        path = values["path"]
        return (values["market"], path != "total", path, values.get("year") or 0)


class Observations(NodePart):
    code = "observations"
    title = "Observations"
    about = "What analysts entered: one row a node and year, with its source."
    model = Observation
    key = ("market", "path", "year")
    columns = (
        MARKET,
        PATH,
        YEAR,
        Column("value", "The value, in the market’s unit.", Number(least=Decimal(0)), required=True, example="2274.97"),
        Column(
            "status",
            "A actual or E estimate (SDMX). Empty: estimate.",
            Choice(options=[("A", "Actual"), ("E", "Estimate")], default="E"),
            example="A",
        ),
        Column(
            "source", "Where the number comes from.", Kind(300), required=True, example="Annual report 2024, page 12"
        ),
        Column("illustrative", "yes: not market data, and shown so everywhere. Empty: no.", YesNo(), example="no"),
        NOTE,
    )

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        if stored is None:
            problems += [
                Problem(name, f"A new observation needs the column “{name}”.")
                for name in ("value", "source")
                if name not in values
            ]
        return problems


class Pins(NodePart):
    code = "pins"
    title = "Pins"
    about = "Values that must be met exactly in a year."
    model = Pin
    key = ("market", "path", "year")
    columns = (
        MARKET,
        PATH,
        YEAR,
        Column("value", "The value, in the market’s unit.", Number(least=Decimal(0)), required=True, example="3701.17"),
        Column("reason", "Why it must be met.", Kind(300), required=True, example="Published value"),
    )


class Assumptions(NodePart):
    code = "assumptions"
    title = "Assumptions"
    about = "How nodes are projected beyond their observations: one row a node."
    model = Assumption
    key = ("market", "path")
    not_fields = ("path", "growth_path")
    columns = (
        MARKET,
        PATH,
        Column(
            "method",
            "growth-rate, growth-path, share or trend.",
            Choice(options=list(Assumption.Method.choices)),
            required=True,
            example="growth-rate",
        ),
        Column(
            "rate",
            "Growth in % a year, for growth-rate.",
            Number(least=Decimal(-100), greatest=Decimal(99_999), places=4),
            example="7.2",
        ),
        Column("share", "Share of its parent in %, for share.", Number(least=Decimal(0), greatest=Decimal(100))),
        Column(
            "drift",
            "Drift of the share in percentage points a year.",
            Number(least=Decimal(-100), greatest=Decimal(100)),
            never_empty=True,
        ),
        Column("backcast", "yes: fill the years before the first observation too.", YesNo()),
        Column("growth_path", "Growth in % of single years, for growth-path, such as 2025: 4.1 | 2026: 4.", Listed()),
        NOTE,
    )

    def stored_in(self, markets: Q) -> Any:
        return super().stored_in(markets).prefetch_related("growth_steps")

    def values_of(self, stored: Any) -> Values:
        number = Number(places=4)
        steps = [f"{step.year}: {number.text(step.rate)}" for step in stored.growth_steps.all()]
        return super().values_of(stored) | {"growth_path": steps}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        method = values.get("method")
        if method == "growth-rate" and values.get("rate") is None and (stored is None or stored.rate is None):
            problems.append(Problem("rate", "A growth rate needs its rate, in % a year."))
        if method == "share" and values.get("share") is None and (stored is None or stored.share is None):
            problems.append(Problem("share", "A share needs the share of its parent, in %."))
        try:
            _steps(values.get("growth_path") or [])
        except ValueError as wrong:
            problems.append(Problem("growth_path", str(wrong)))
        return problems

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        super().store(rows, places)
        saying = {self.key_of(values): values["growth_path"] for values, _ in rows if "growth_path" in values}
        found = self.find([values for values, _ in rows], places)
        GrowthStep.objects.filter(assumption__in=[found[key] for key in saying]).delete()
        GrowthStep.objects.bulk_create(
            GrowthStep(assumption=found[key], year=year, rate=rate)
            for key, texts in saying.items()
            for year, rate in _steps(texts or [])
        )


def _steps(texts: Iterable[str]) -> list[tuple[int, Decimal]]:
    steps = []
    for text in texts:
        year, colon, rate = text.partition(":")
        if not colon:
            raise ValueError(f"“{text}” is no year with its growth. Write 2025: 4.1 | 2026: 4.")
        steps.append(
            (
                Whole(least=1900, greatest=2200).read(year),
                Number(least=Decimal(-100), greatest=Decimal(99_999), places=4).read(rate),
            )
        )
    return steps


class Drivers(MarketPart):
    code = "drivers"
    title = "Drivers"
    about = "Forces with a signed effect on growth; a market’s drivers sum to its growth rate."
    model = Driver
    key = ("market", "code")
    columns = (
        MARKET,
        Column("code", "Its code.", Code(most=80), required=True, example="panoramic-demand"),
        Column("name", "Its name.", Kind(200), required=True, example="Demand for panoramic roofs"),
        Column(
            "effect",
            "Its effect on growth in percentage points a year.",
            Number(least=Decimal(-999), greatest=Decimal(999), places=4),
            required=True,
            example="1.8",
        ),
        POSITION,
    )

    def order_of(self, values: Values) -> Any:
        return (values["market"], values["position"], values["code"])


class Scenarios(MarketPart):
    code = "scenarios"
    title = "Scenarios"
    about = "Named sets of weights on the drivers; a driver without one counts once."
    model = Scenario
    key = ("market", "code")
    not_fields = ("weights",)
    columns = (
        MARKET,
        Column("code", "Its code.", Code(most=60), required=True, example="optimistic"),
        Column("name", "Its name.", Kind(60), required=True, example="Optimistic"),
        Column("weights", "Drivers and their weights, such as panoramic-demand: 1.5.", Listed()),
        POSITION,
    )

    def stored_in(self, markets: Q) -> Any:
        return super().stored_in(markets).prefetch_related("weights__driver")

    def values_of(self, stored: Any) -> Values:
        number = Number(places=3)
        weights = [f"{weight.driver.code}: {number.text(weight.weight)}" for weight in stored.weights.all()]
        return super().values_of(stored) | {"weights": weights}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        for text in values.get("weights") or []:
            code, _, weight = text.rpartition(":")
            try:
                Number(least=Decimal(-999), greatest=Decimal(999)).read(weight)
            except ValueError as wrong:
                problems.append(Problem("weights", str(wrong)))
            place = (values["market"], code.strip())
            if place not in places.drivers and place not in places.announced["drivers"]:
                problems.append(Problem("weights", f"The market has no driver “{code.strip()}”."))
        return problems

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        super().store(rows, places)
        found = self.find([values for values, _ in rows], places)
        for values, _ in rows:
            if "weights" not in values:
                continue
            scenario = found[self.key_of(values)]
            scenario.weights.all().delete()
            for text in values["weights"]:
                code, _, weight = text.rpartition(":")
                driver = places.drivers[values["market"], code.strip()]
                ScenarioWeight.objects.create(scenario=scenario, driver=driver, weight=Number(places=3).read(weight))

    def order_of(self, values: Values) -> Any:
        return (values["market"], values["position"], values["code"])


INPUT_PARTS: tuple[MarketPart, ...] = (Observations(), Assumptions(), Pins(), Drivers(), Scenarios())
