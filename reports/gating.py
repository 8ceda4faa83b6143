"""What each tier of reader may see of an edition. The one place where that is decided. No Django.

A part that a tier may not see is not in the document it gets; `locked` says what is there: title and shape only.

public      headline, overview, takeaways, narratives, forces, matrix, competitive texts, players' names,
            developments, definition, scope, methodology, abbreviations, contents
registered  and a sample table: the first dimension's history up to the base year
licensed    everything
"""

import dataclasses

from reports.document import Document, Locked, Player, Tier

LICENSED_PARTS = {
    "executive_summary": "Executive summary",
    "ledger": "Driver ledger",
    "pest": "PEST analysis",
    "porter": "Porter’s five forces",
    "profiles": "Company profiles",
    "analyst_view": "Analyst view",
    "outlook": "Future outlook",
}


def sample_dimension(document: Document) -> str:
    """The code of the dimension whose history is the sample: the first with values."""
    for dimension in document.dimensions:
        if any(node.estimated for node in dimension.nodes):
            return dimension.code
    return ""


def tier_of_value(document: Document, dimension: str, path: str, scenario: str, year: int) -> Tier:
    """The least tier that may read one number."""
    headline = document.headline
    if scenario == "base" and path == "total" and year in (headline.base_year, headline.last_year):
        return Tier.PUBLIC
    if scenario == "base" and year <= headline.base_year and dimension in ("total", sample_dimension(document)):
        return Tier.REGISTERED
    return Tier.LICENSED


def readable(document: Document, tier: Tier) -> Document:
    """The document as a reader of `tier` may have it. What is not allowed is not in it at all."""
    if tier >= Tier.LICENSED:
        return document
    locked = [
        Locked(name.replace("_", "-"), title, _shape(document, name), Tier.LICENSED)
        for name, title in LICENSED_PARTS.items()
        if getattr(document, name)
    ]
    dimension_of = {path: node.dimension for path, node in document.by_path.items()} | {"total": "total"}
    series = []
    for one in document.series:
        cells = tuple(
            dataclasses.replace(cell, low80=None, high80=None, low95=None, high95=None)
            for cell in one.cells
            if tier_of_value(document, dimension_of.get(one.path, ""), one.path, one.scenario, cell.year) <= tier
        )
        if cells:
            series.append(dataclasses.replace(one, cells=cells, method=""))
    years = f"{document.headline.first_year}–{document.headline.last_year}"
    locked += [
        Locked(
            f"dimension-{dimension.code}",
            f"By {dimension.name}, {years}",
            f"{sum(node.estimated for node in dimension.nodes)} rows × {len(document.years)} years, "
            f"{len(document.scenarios)} scenarios, intervals of 80 % and 95 %",
            Tier.LICENSED,
        )
        for dimension in document.dimensions
        if any(node.estimated for node in dimension.nodes)
    ]
    shown_scenarios = {one.scenario for one in series}
    return dataclasses.replace(
        document,
        **dict.fromkeys(LICENSED_PARTS, ()),  # type: ignore[arg-type]
        series=tuple(series),
        scenarios=tuple(scenario for scenario in document.scenarios if scenario.code in shown_scenarios),
        forces=tuple(dataclasses.replace(force, effect=None) for force in document.forces),
        players=tuple(_without_share(player) for player in document.players),
        decisions=(),
        notes=(),
        inputs_digest="",
        values_digest="",
        locked=tuple(locked),
    )


def _without_share(player: Player) -> Player:
    return dataclasses.replace(player, share=None, share_year=None, share_source="")


def _shape(document: Document, name: str) -> str:
    part = getattr(document, name)
    if name == "profiles":
        return f"{len(part)} companies: portfolio, financials, strategies, SWOT"
    if name == "ledger":
        drivers = {line.name for line in part}
        return f"{len(drivers)} lines in {len({line.scenario for line in part})} scenarios"
    return f"{len(part)} {'part' if len(part) == 1 else 'parts'}"
