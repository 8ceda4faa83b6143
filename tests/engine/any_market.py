"""Any market at all: trees, coverage, histories, assumptions, pins and scenarios nobody would think of entering."""

from decimal import Decimal

from hypothesis import strategies as st

from forecasts.engine import Assumption, Driver, MarketInputs, Node, Observation, Scenario, default_scenarios
from forecasts.engine.inputs import Coverage, Reconciliation

rates = st.one_of(
    st.decimals(min_value=-60, max_value=80, places=1), st.sampled_from([Decimal(-100), Decimal(0), Decimal(300)])
)


@st.composite
def numbers(draw: st.DrawFn, decimals: int, largest: int) -> Decimal:
    """From nothing to ``largest``, as often small as large, not always in the printed decimals."""
    top = draw(st.sampled_from([1, 100, largest]))
    return draw(
        st.one_of(
            st.just(Decimal(0)), st.decimals(min_value=0, max_value=top, places=decimals + draw(st.integers(0, 1)))
        )
    )


@st.composite
def assumptions(draw: st.DrawFn, root: bool, years: range) -> Assumption | None:
    method = draw(st.sampled_from(["none", "growth-rate", "growth-path", "trend", *([] if root else ["share"])]))
    backcast = draw(st.booleans())
    if method == "growth-rate":
        return Assumption("growth-rate", rate=draw(rates), backcast=backcast)
    if method == "growth-path":
        path = draw(st.dictionaries(st.sampled_from(years), rates, min_size=1, max_size=4))
        return Assumption("growth-path", path=path, backcast=backcast)
    if method == "trend":
        return Assumption("trend", backcast=backcast)
    if method == "share":
        part = draw(st.decimals(min_value=0, max_value=100, places=1))
        drift = draw(st.decimals(min_value=-15, max_value=15, places=1))
        return Assumption("share", share=part, drift=drift, backcast=backcast)
    return None


@st.composite
def markets(draw: st.DrawFn) -> MarketInputs:
    first = draw(st.sampled_from([2000, 2019, 2024]))
    base = first + draw(st.sampled_from([0, 1, 5]))
    last = base + draw(st.sampled_from([0, 1, 5]))
    history = range(first - draw(st.sampled_from([0, 0, 3])), base + 1)
    decimals = draw(st.sampled_from([0, 2]))
    largest = draw(st.sampled_from([10, 10**6, 10**9]))
    pinned = draw(st.sampled_from([0, 0, 1, 2]))

    def node(path: str, above: str | None, group: str, coverage: Coverage) -> Node:
        # A partial dimension is mostly kept small, or nearly every market would be refused for exceeding its total.
        size = draw(st.sampled_from([Decimal("0.001"), Decimal(1)])) if coverage == "partial" else Decimal(1)
        seen = draw(st.sets(st.sampled_from(history), max_size=6)) if draw(st.integers(0, 4)) else set()
        value = numbers(decimals, largest)
        observations = {
            year: Observation(draw(value) * size, draw(st.sampled_from(["A", "E"])), "src") for year in sorted(seen)
        }
        free = [year for year in range(first, last + 1) if year not in seen]
        years = draw(st.sets(st.sampled_from(free), max_size=pinned)) if free and draw(st.integers(0, 3)) == 0 else ()
        return Node(
            path,
            above,
            group,
            coverage,
            observations,
            draw(assumptions(above is None, range(first, last + 1))),
            {year: draw(value) * size for year in sorted(years)},
        )

    made = [node("total", None, "", "complete")]
    made += [node(code, None, code, "partial") for code in ("ev", "hybrid")[: draw(st.sampled_from([0, 1, 2]))]]
    for number in range(draw(st.integers(0, 9))):
        above = draw(st.sampled_from(made))
        path = f"{above.path}/{number}"
        if above.coverage == "partial":
            made.append(node(path, above.path, above.group, "partial"))
        elif above.path == "total" and draw(st.integers(0, 5)) == 0:
            made.append(node(path, "total", "hung", "partial"))
        else:
            group = draw(st.sampled_from(["material", "geography"]))
            made.append(node(path, above.path, group, "complete" if above.path == "total" else "breakdown"))
    drivers = (Driver("up", "Up", Decimal("1.5")), Driver("down", "Down", Decimal("-7.5")))
    scenarios = draw(
        st.sampled_from(
            [(Scenario("high", "High", {"up": Decimal(2), "down": Decimal(0)}),), default_scenarios(drivers)]
        )
    )
    mode: Reconciliation = draw(st.sampled_from(["top-down", "structural", "variance"]))
    return MarketInputs(first, base, last, decimals, tuple(made), drivers, scenarios, mode)
