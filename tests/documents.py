# ruff: noqa: E501  (a fixture of sentences: breaking them would hide the report that they make)
"""Documents for tests: a whole report as a reader could get it, every number illustrative and every table summing.

`sample_document()` has the full tree of the sunroof market (dimensions, countries, forces, players) in words of our own;
`small_document()` is a second market for lists and comparisons. Values are rounded top-down by largest remainder, so
printed children sum to printed parents, as in a real edition.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from reports.contents import contents
from reports.document import (
    Block,
    Cell,
    CrossCell,
    CrossSeries,
    CrossTable,
    Decision,
    Development,
    Dimension,
    Document,
    Figure,
    FinancialYear,
    Force,
    Headline,
    LedgerLine,
    Matrix,
    Node,
    Player,
    PorterForce,
    Profile,
    Prose,
    Scenario,
    Series,
    Trace,
)

SOURCE = "Illustrative, not market data"
CROSS_SOURCE = "Illustrative count of registrations"
CENT = Decimal("0.01")
EUROPE = ("Germany:DE", "United Kingdom:GB", "France:FR", "Italy:IT", "Spain:ES", "Nordic", "Benelux", "Rest of Europe")
GEOGRAPHY: Mapping[str, tuple[str, ...]] = {
    "North America": ("United States:US", "Canada:CA"),
    "Europe": EUROPE,
    "Asia Pacific": (
        "Japan:JP", "China:CN", "India:IN", "Australia & New Zealand", "South Korea:KR", "ASEAN",
        "Rest of Asia Pacific",
    ),
    "Middle East & Africa": ("GCC", "Israel:IL", "South Africa:ZA", "Rest of Middle East & Africa"),
    "Latin America": ("Brazil:BR", "Mexico:MX", "Argentina:AR", "Rest of Latin America"),
}  # fmt: skip
SHARES: Mapping[str, tuple[float, float]] = {
    # path: share of what it adds to in the first year and in the last
    "material/fabric-material": (0.24, 0.17),
    "material/glass-material": (0.76, 0.83),
    "fabric/foldable-sunroof": (0.58, 0.55),
    "fabric/removable-sunroof": (0.42, 0.45),
    "glass/inbuilt-sunroof": (0.25, 0.20),
    "glass/panoramic-sunroof": (0.38, 0.46),
    "glass/solar-sunroof": (0.04, 0.09),
    "glass/spoiler-tilt-slide-sunroof": (0.19, 0.15),
    "glass/top-mount-sunroof": (0.14, 0.10),
    "vehicle/sedan-hatchback": (0.46, 0.36),
    "vehicle/sport-utility-vehicle-suv": (0.45, 0.56),
    "vehicle/others": (0.09, 0.08),
    "geography/north-america": (0.24, 0.21),
    "geography/europe": (0.29, 0.26),
    "geography/asia-pacific": (0.37, 0.43),
    "geography/middle-east-africa": (0.04, 0.04),
    "geography/latin-america": (0.06, 0.06),
}
SCENARIOS = {"base": 1.0, "optimistic": 1.09, "pessimistic": 0.9}


def slug(name: str) -> str:
    plain = "".join(c if c.isalnum() else " " for c in name.lower())
    return "-".join(plain.split())


def split(whole: Decimal, weights: Iterable[float]) -> list[Decimal]:
    """Parts of `whole` in proportion to `weights`, in cents, that sum to it exactly (largest remainder)."""
    given = [Decimal(str(w)) for w in weights]
    exact = [whole * w / sum(given) for w in given]
    floors = [part.quantize(CENT, rounding=ROUND_FLOOR) for part in exact]
    missing = int((whole - sum(floors)) / CENT)
    by_remainder = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    for i in by_remainder[:missing]:
        floors[i] += CENT
    return floors


def total_path(headline: Headline, scenario: str = "base") -> dict[int, Decimal]:
    """The whole market year by year: the headline's end points joined by constant growth, and a gentler history."""
    assert headline.base_value is not None
    assert headline.end_value is not None
    span = headline.last_year - headline.base_year
    growth = (float(headline.end_value) / float(headline.base_value)) ** (1 / span)
    values = {}
    for year in range(headline.first_year, headline.last_year + 1):
        ahead = year - headline.base_year
        value = float(headline.base_value) * (growth**ahead if ahead > 0 else 1.061**ahead)
        if ahead > 0:
            value *= 1 + (SCENARIOS[scenario] - 1) * ahead / span
        values[year] = Decimal(str(value)).quantize(CENT)
    values[headline.base_year] = headline.base_value
    if scenario == "base":
        values[headline.last_year] = headline.end_value
    return values


def cells(values: Mapping[int, Decimal], base_year: int, uncertainty: float = 1.0) -> tuple[Cell, ...]:
    made = []
    for year, value in values.items():
        if year <= base_year:
            status = "A" if year < base_year else "E"
            made.append(Cell(year, value, status, source=SOURCE, illustrative=True))
            continue
        width = Decimal(str(round(0.028 * uncertainty * (year - base_year) ** 0.5, 4)))
        low80, high80, low95, high95 = (
            (value * (1 + width * Decimal(z))).quantize(CENT) for z in ("-1.28", "1.28", "-1.96", "1.96")
        )
        made.append(Cell(year, value, "F", low80, high80, low95, high95, source=SOURCE, illustrative=True))
    return tuple(made)


def _node(
    path: str, name: str, adds_to: str, *, kind: str = "segment", leaf: bool = True, words: str = "", **more: str
) -> Node:
    parts = path.split("/")
    return Node(
        path=path,
        name=name,
        dimension=parts[0],
        kind=kind,
        level=len(parts) - 1,
        parent="/".join(parts[:-1]) if len(parts) > 2 else "",
        adds_to=adds_to,
        leaf=leaf,
        iso_code=more.get("iso_code", ""),
        estimated=not more.get("why_not"),
        why_not=more.get("why_not", ""),
        narrative=(f"<p>{words}</p>",) if words else (),
    )


def _flat(
    code: str, name: str, coverage: str, breaks_down: str, adds_to: str, segments: Mapping[str, str], **more: str
) -> Dimension:
    return Dimension(
        code=code,
        name=name,
        coverage=coverage,
        breaks_down=breaks_down,
        is_geography=False,
        introduction=(f"<p>{more.get('introduction', '')}</p>",),
        nodes=tuple(
            _node(f"{code}/{slug(segment)}", segment, adds_to, words=words, why_not=more.get("why_not", ""))
            for segment, words in segments.items()
        ),
    )


def dimensions() -> tuple[Dimension, ...]:
    geography = []
    for region, countries in GEOGRAPHY.items():
        path = f"geography/{slug(region)}"
        geography.append(
            _node(path, region, "total", kind="region", leaf=False, words=f"How {region} buys roofs follows its mix of cars.")
        )  # fmt: skip
        for country in countries:
            name, _, iso = country.partition(":")
            kind = "country" if iso else "rest" if name.startswith("Rest of") else "group"
            why_not = "No observation and no growth assumption yet." if name == "Rest of Latin America" else ""
            geography.append(_node(f"{path}/{slug(name)}", name, path, kind=kind, iso_code=iso, why_not=why_not))
    return (
        _flat("material", "Material", "complete", "", "total", {
            "Fabric Material": "Fabric roofs keep a place in light, inexpensive cars and where a roof must fold away.",
            "Glass Material": "Glass carries most of the market: laminated panes, coatings that keep heat out, and large openings.",
        }, introduction="Every roof in the study is either fabric or glass, so these two rows are the whole market."),
        _flat("fabric", "Fabric", "breakdown", "material/fabric-material", "material/fabric-material", {
            "Foldable Sunroof": "A folding cover is the cheapest way to open a roof.",
            "Removable Sunroof": "Panels that lift off sell with leisure vehicles.",
        }, introduction="Splits Fabric Material by how the cover opens."),
        _flat("glass", "Glass", "breakdown", "material/glass-material", "material/glass-material", {
            "Inbuilt Sunroof": "A pane that slides inside the roof; common in mid-range saloons.",
            "Panoramic Sunroof": "Two or more panes over both rows of seats.",
            "Solar Sunroof": "Cells in the pane feed the ventilation or the battery.",
            "Spoiler & Tilt & Slide Sunroof": "The pane tilts and slides over the roof.",
            "Top-Mount Sunroof": "Fitted on top of the roof, often after the sale.",
        }, introduction="Splits Glass Material by the way the pane is built in."),
        _flat("vehicle", "Vehicle", "complete", "", "total", {
            "Sedan & Hatchback": "Roofs arrive here through trim packages.",
            "Sport Utility Vehicle (SUV)": "A larger roof and buyers who pay for it.",
            "Others": "Sports cars, vans and special bodies.",
        }, introduction="The kind of car decides how large a roof can be."),
        _flat("electric-vehicle", "Electric Vehicle", "partial", "", "", {
            "Battery Electric Vehicle (BEV)": "Glass replaces steel where the battery needs the floor.",
            "Fuel Cell Electric Vehicle (FCEV)": "Few models, mostly at the top of the range.",
            "Hybrid Electric Vehicle (HEV)": "The same roofs as the petrol car beside them.",
            "Plug-In Hybrid Vehicle (PHEV)": "Upper trims carry panoramic panes.",
        }, introduction="Covers only the electric part of the market.",
            why_not="No observation and no growth assumption yet."),
        Dimension("geography", "Geography", "complete", "", True,
                  ("<p>Five regions and the countries and groups within them.</p>",), tuple(geography)),
    )  # fmt: skip


def all_series(headline: Headline, of: Iterable[Dimension]) -> tuple[Series, ...]:
    made = []
    ordered = list(of)
    span = headline.last_year - headline.first_year
    for scenario in SCENARIOS:
        values: dict[str, dict[int, Decimal]] = {"total": total_path(headline, scenario)}
        siblings: dict[str, list[Node]] = {}
        for dimension in ordered:
            for node in dimension.nodes:
                if node.estimated and node.adds_to:
                    siblings.setdefault(f"{node.adds_to}>{dimension.code}", []).append(node)
        for key, nodes in siblings.items():
            whole = values[key.split(">")[0]]
            for node in nodes:
                values[node.path] = {}
            for year, amount in whole.items():
                moved = (year - headline.first_year) / span
                weights = []
                for place, node in enumerate(nodes):
                    first, last = SHARES.get(node.path, (1 / (1.4 + place), 1 / (1.3 + place)))
                    weights.append(first + (last - first) * moved)
                for node, part in zip(nodes, split(amount, weights), strict=True):
                    values[node.path][year] = part
        for path, by_year in values.items():
            shaky = 1.0 if path == "total" else 1.0 + 0.6 * path.count("/")
            made.append(Series(path, scenario, cells(by_year, headline.base_year, shaky), "Growth rate, reconciled"))
    return tuple(made)


def cross_tables(headline: Headline, of: Iterable[Dimension], series: Iterable[Series]) -> tuple[CrossTable, ...]:
    """Materials by vehicles, independent of each other but for one known cell, summing to both in every year."""
    material, vehicle = (next(one for one in of if one.code == code) for code in ("material", "vehicle"))
    rows, columns = ([n.path for n in one.nodes if n.level == 1 and n.estimated] for one in (material, vehicle))
    values = {(one.path, one.scenario): {cell.year: cell.value for cell in one.cells} for one in series}
    made = []
    for scenario in SCENARIOS:
        cells: dict[tuple[str, str], list[CrossCell]] = {}
        for year in range(headline.first_year, headline.last_year + 1):
            left = {column: values[column, scenario][year] for column in columns}
            for row in rows[:-1]:
                parts = split(values[row, scenario][year], [float(values[c, scenario][year]) for c in columns])
                for column, part in zip(columns, parts, strict=True):
                    known = (row, column, year) == (rows[0], columns[0], headline.base_year)
                    cell = CrossCell(year, part, not known, CROSS_SOURCE if known else "", True)
                    cells.setdefault((row, column), []).append(cell)
                    left[column] -= part
            for column in columns:
                cells.setdefault((rows[-1], column), []).append(CrossCell(year, left[column], True, "", True))
        made += [CrossSeries(row, column, scenario, tuple(one)) for (row, column), one in cells.items()]
    return (
        CrossTable("material--vehicle", "Material by Vehicle", "material", "vehicle", tuple(rows), tuple(columns), (),
                   tuple(made)),
    )  # fmt: skip


def traces(headline: Headline, series: Iterable[Series]) -> tuple[Trace, ...]:
    """Of every computed value of Germany: a base value that reconciling raised and rounding lowered."""
    return tuple(
        Trace(one.path, one.scenario, tuple(
            (cell.year, cell.value - Decimal("1.2327"), Decimal("1.2361"), False)
            for cell in one.cells if cell.year > headline.base_year
        ))
        for one in series if one.path == "geography/europe/germany"
    )  # fmt: skip


def block(heading: str, *body: str | Figure) -> Block:
    return Block(heading, tuple(body), slug(heading))


def company(name: str, country: str) -> Profile:
    revenue = Decimal(900 + 37 * len(name))
    return Profile(
        company=name,
        slug=slug(name),
        country=country,
        founded_year=None,
        website="https://example.com/",
        overview=f"{name} makes roof systems. This profile is illustrative.",
        products=(("Roof modules", "Panes, frames and drives delivered as one unit."), ("Shades", "")),
        financials=tuple(
            FinancialYear(year, "EUR", 6, revenue + 45 * (year - 2021), Decimal("61.5"), None, Decimal("40"), 5200, SOURCE)
            for year in range(2021, 2025)
        ),
        strategies=(("Closer to the line", "Plants beside the car makers' own."),),
        swot=(
            ("strength", "Long supply contracts."),
            ("strength", "Own glass processing."),
            ("weakness", "Depends on few customers."),
            ("opportunity", "Larger panes in electric cars."),
            ("threat", "Fixed glass roofs need no drive."),
        ),
    )  # fmt: skip


PLAYERS = (
    ("Webasto Group", "DE"), ("Inalfa Roof Systems Group B.V.", "NL"), ("Magna International", "CA"),
    ("Inteva Products", "US"), ("AISIN Seiki Co., Ltd.", "JP"), ("Yachiyo Industry", "JP"), ("CIE Automotive", "ES"),
    ("BOS GmbH & Co. KG", "DE"), ("Johnan America", "US"), ("Valmet Automotive", "FI"), ("Mitsuba Corporation", "JP"),
    ("ASC, Inc.", "US"), ("Donghee", "KR"), ("Wuxi Ming Fang Automotive Parts", "CN"),
)  # fmt: skip
MAJOR = ("Inalfa Roof Systems Group B.V.", "Inteva Products", "Magna International", "AISIN Seiki Co., Ltd.", "CIE Automotive")  # fmt: skip
FORCES: Mapping[str, tuple[str, ...]] = {
    "driver": ("Consumer demand for a better drive", "Technological advancements", "Vehicle customisation",
               "Regulatory standards and environmental concerns"),
    "restraint": ("High installation and maintenance costs", "Leaks and structural integrity",
                  "Safety and regulatory compliance", "Market saturation and competition"),
    "opportunity": ("Expansion into emerging markets", "Technological innovation",
                    "Electric and autonomous vehicles", "Collaborations and partnerships"),
}  # fmt: skip
EFFECTS = {"driver": "2.4", "restraint": "-1.1", "opportunity": "0.5"}
BIG: Prose = (
    "<p>The market was worth ",
    Figure("total/2024", "USD 2,274.97 million"),
    " in 2024 and is expected to reach ",
    Figure("total/2031", "USD 3,701.17 million"),
    " by 2031, growing at ",
    Figure("cagr/total/2024-2031", "7.2 %"),
    " a year. Buyers treat a roof that opens, or a pane that does not, as part of what makes a car feel generous.</p>",
)


def forces() -> tuple[Force, ...]:
    return tuple(
        Force(
            kind,
            title,
            (f"<p>{title} moves orders one model generation at a time.</p>",) if place == 3 else (),
            Decimal(EFFECTS[kind]) + Decimal(place - 1) / 10,
            f"force-{slug(title)}",
        )
        for kind, titles in FORCES.items()
        for place, title in enumerate(titles)
    )


def sample_document() -> Document:
    """The whole sunroof report, illustrative, as a licensed reader has it. Electric vehicles are not estimated."""
    headline = Headline(
        market="Car Sunroof", measure="Revenue", currency="USD", unit_mult=6, unit="USD million", decimals=2,
        price_basis="Current prices", price_year=None, first_year=2021, base_year=2024, last_year=2031,
        base_value=Decimal("2274.97"), end_value=Decimal("3701.17"), cagr=Decimal("7.2"), concentration="Medium",
        illustrative=True,
    )  # fmt: skip
    shape = dimensions()
    made_forces = forces()
    # The market's growth less what the forces explain is the ledger's own line, so that the lines sum to the CAGR.
    explained = sum((force.effect for force in made_forces if force.effect is not None), Decimal(0)) / 2
    lines = [LedgerLine("base", force.title, (force.effect or Decimal(0)) / 2) for force in made_forces]
    lines.append(LedgerLine("base", "Underlying growth", Decimal("7.2") - explained))
    areas = ("Market growth rate", "Competitive landscape", "Customer behaviour", "Regulatory influence",
             "Innovation potential")  # fmt: skip
    series = all_series(headline, shape)
    document = Document(
        title="Car Sunroof Market",
        slug="car-sunroof-market",
        summary="Glass is taking over the roof: what car makers spend on sunroofs, by material, vehicle and country.",
        industry="Automotive components",
        industry_slug="automotive-components",
        isic="2930",
        naics="336390",
        headline=headline,
        overview=(
            Block("", BIG, "overview-1"),
            block("Comfort sells the option", "<p>Light and air are what buyers name first, and dealers put them first.</p>"),
            block("Better panes", "<p>Coatings and dimmable glass let the pane grow without heating the cabin.</p>"),
            block("Lighter and cooler", "<p>Thinner glass and shades that reflect heat spare the battery.</p>"),
            block("What comes next", "<p>Roofs follow the platform: the next cycle of electric models sets the pace.</p>"),
        ),
        takeaways=(
            ("<p>Glass holds ", Figure("share/material/glass-material/2031", "83.0 %"), " of the market in 2031.</p>"),
            ("<p>Panoramic panes are the fastest way into the premium trims.</p>",),
            ("<p>Electric platforms favour fixed glass, which needs no drive.</p>",),
            ("<p>Asia Pacific adds the most revenue of any region.</p>",),
            ("<p>Fabric keeps a niche where the whole roof must fold.</p>",),
            ("<p>Lightweight frames are now a matter of range, not only of fuel.</p>",),
            ("<p>Suppliers with their own glass processing keep more of the margin.</p>",),
        ),
        developments=(
            Development("2023-11-01", "month", "November 2023", "Joint venture",
                        "Minda Corporation and HSIN Chong Machinery Works agreed a joint venture for sunroof and closure systems.",
                        (("Minda Corporation", "minda-corporation"), ("HSIN Chong Machinery Works", "hsin-chong-machinery-works")),
                        "Company statement", "https://example.com/jv"),
            Development("2022-06-01", "month", "June 2022", "Acquisition",
                        "Champion Auto Systems took over the H700 product line from Webasto.",
                        (("Webasto Group", "webasto-group"),), "Company statement", ""),
        ),
        dimensions=shape,
        scenarios=(Scenario("base", "Base"), Scenario("optimistic", "Optimistic"), Scenario("pessimistic", "Pessimistic")),
        series=series,
        cross_tables=cross_tables(headline, shape, series),
        traces=traces(headline, series),
        ledger=tuple(lines),
        forces=made_forces,
        matrix=Matrix(areas, tuple(
            (kind, tuple((f"<p>{kind.capitalize()}s on {area.lower()}: felt within one model cycle.</p>",) for area in areas))
            for kind in FORCES
        )),
        pest=tuple(block(name, f"<p>What is {name.lower()} here: rules, prices and habits that change slowly.</p>")
                   for name in ("Political", "Economic", "Social", "Technological")),
        porter=(
            PorterForce("suppliers", "Bargaining power of suppliers", 3, ("<p>Glass comes from few plants.</p>",)),
            PorterForce("buyers", "Bargaining power of buyers", 4, ("<p>Car makers buy by the platform.</p>",)),
            PorterForce("substitutes", "Threat of substitutes", 3, ("<p>Fixed glass.</p>",)),
            PorterForce("entrants", "Threat of new entrants", 2, ("<p>Crash rules keep newcomers out.</p>",)),
            PorterForce("rivalry", "Competitive rivalry", None, ("<p>Five firms bid for most platforms.</p>",)),
        ),
        competitive=(
            block("Structure and concentration", "<p>A few suppliers serve most platforms; many serve one region.</p>"),
            block("Brands and channels", "<p>Most roofs are ordered by the car maker, not by the driver.</p>"),
            block("Where the technology goes", "<p>Drives become quieter and panes larger.</p>"),
            block("Regional momentum", "<p>Plants follow assembly lines into Asia.</p>"),
            block("What to expect", "<p>More joint ventures than takeovers.</p>"),
        ),
        players=tuple(
            Player(name, slug(name), True, name in MAJOR, *(
                (Decimal(18 - 3 * place), 2024, SOURCE) if place < 5 else (None, None, "")
            )) for place, (name, _) in enumerate(PLAYERS)
        ),
        profiles=tuple(company(name, country) for name, country in PLAYERS),
        analyst_view=(block("Our view", "<p>We would watch the share of fixed panes first.</p>"),),
        outlook=(block("To 2031", "<p>Growth slows as the option becomes standard.</p>"),),
        methodology=(block("How the numbers are made", "<p>Observations are projected, then reconciled so that parts sum to wholes.</p>"),),
        definition=(block("What counts", "<p>Roof systems fitted by the car maker or after the sale.</p>"),),
        scope=(block("Scope", "<p>Passenger cars, 2021 to 2031, in revenue of the roof suppliers.</p>"),),
        introduction=(block("Why this study", "<p>A roof is the most visible option on a car.</p>"),),
        executive_summary=(Block("", BIG, "executive-summary-1"),),
        abbreviations=(("BEV", "Battery electric vehicle"), ("CAGR", "Compound annual growth rate")),
        decisions=(
            Decision("base year", "valued in the year 2024 … Base Year 2025", "2024", "The text and the study period agree on 2024."),
            Decision("end year", "by the year 2031 … Market Size (2032)", "2031", "7.2 % fits seven years only."),
        ),
        sources=(SOURCE,),
        engine_version="1",
        inputs_digest="a" * 64,
        values_digest="b" * 64,
        notes=("Electric Vehicle is not estimated: no observation and no growth assumption yet.",),
        pages=128,
    )  # fmt: skip
    return replace(document, contents=contents(document))


def small_document(slug_: str = "heat-pump-market", title: str = "Heat Pump Market") -> Document:
    """A second, smaller market with no scenarios to choose from and no company profiles."""
    big = sample_document()
    headline = replace(
        big.headline, market=title.removesuffix(" Market"), currency="EUR", unit="EUR million",
        base_value=Decimal("8120.40"), end_value=Decimal("15210.90"), cagr=Decimal("9.4"), concentration="",
        price_basis="Constant prices", price_year=2024,
    )  # fmt: skip
    shape = (big.dimensions[0], big.dimensions[-1])
    small = replace(
        big,
        title=title,
        slug=slug_,
        summary="What is spent on heat pumps, by kind and region.",
        industry="Heating and cooling",
        industry_slug="heating-and-cooling",
        headline=headline,
        dimensions=shape,
        series=tuple(s for s in all_series(headline, shape) if s.scenario == "base"),
        scenarios=(Scenario("base", "Base"),),
        overview=(block("Overview", "<p>Heat pumps replace boilers.</p>"),),
        takeaways=(),
        developments=(),
        ledger=(),
        profiles=(),
        players=(),
        cross_tables=(),
        traces=(),
        decisions=(),
    )
    return replace(small, contents=contents(small))
