"""What each tier of reader may see of an edition. The one place where that is decided. No Django.

A part that a tier may not see is not in the document it gets; `locked` says what is there: title and shape only.

public      headline, overview, takeaways, narratives, forces, matrix, competitive texts, players' names,
            developments, definition, scope, methodology, abbreviations, contents; in these texts a figure that a higher
            tier is needed for gives way to "(in the full report)"
registered  and a sample table: the first dimension's history up to the base year
licensed    everything
"""

import dataclasses
from collections.abc import Callable
from typing import Any

from reports.document import Block, Document, Figure, Locked, Player, Prose, Tier
from reports.figures import Reference, UnknownFigure, read_address

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
    opening = Opening(document.headline.base_year, document.headline.last_year, sample_dimension(document))
    return opening.tier(dimension, path, scenario, year)


@dataclasses.dataclass(frozen=True, slots=True)
class Opening:
    """What of a report's numbers is open to whom: its end points to all, the history of a sample to the registered."""

    base_year: int
    last_year: int
    sample: str

    def tier(self, dimension: str, path: str, scenario: str, year: int) -> Tier:
        """The least tier that may read one number."""
        if scenario == "base" and path == "total" and year in (self.base_year, self.last_year):
            return Tier.PUBLIC
        if scenario == "base" and year <= self.base_year and dimension in ("total", self.sample):
            return Tier.REGISTERED
        return Tier.LICENSED

    def tier_of_reference(self, reference: Reference) -> Tier:
        """The least tier that may read a figure in prose: that of the most guarded number it is made from.

        The name of the largest or fastest segment tells an order and no number, so it is as public as the text around
        it.
        """
        if reference.kind in ("largest", "fastest"):
            return Tier.PUBLIC
        dimension = "total" if reference.path == "total" else reference.path.split("/")[0]
        return max(self.tier(dimension, reference.path, reference.scenario, year) for year in _years_of(reference))


LOCKED_FIGURE = "(in the full report)"
"""What stands in a sentence for a figure that the reader's tier may not see."""


def tier_of_figure(document: Document, address: str) -> Tier:
    """The least tier that may read the figure of an address; one that can't be read is guarded like most numbers."""
    try:
        reference = read_address(address)
    except UnknownFigure:
        return Tier.LICENSED
    opening = Opening(document.headline.base_year, document.headline.last_year, sample_dimension(document))
    return opening.tier_of_reference(reference)


def _years_of(reference: Reference) -> tuple[int, ...]:
    if reference.last is not None:
        return (reference.first, reference.last)
    return (reference.first - 1, reference.first) if reference.kind == "growth" else (reference.first,)


def readable(document: Document, tier: Tier) -> Document:
    """The document as a reader of `tier` may have it. What is not allowed is not in it at all."""
    if tier >= Tier.LICENSED:
        return document
    locked = [
        Locked(name.replace("_", "-"), title, _shape(document, name), Tier.LICENSED)
        for name, title in LICENSED_PARTS.items()
        if getattr(document, name)
    ]
    shares = sum(player.share is not None for player in document.players)
    if shares:
        companies = f"{shares} {'company' if shares == 1 else 'companies'}, each with year and source"
        locked.append(Locked("market-shares", "Market shares of the largest players", companies, Tier.LICENSED))
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

    locked += [
        Locked(
            table.anchor,
            table.title,
            f"{len(table.rows)} rows × {len(table.columns)} columns × {len(table.years)} years, modelled, "
            f"{len(document.scenarios)} scenarios",
            Tier.LICENSED,
        )
        for table in document.cross_tables
    ]

    def guarded(prose: Prose) -> Prose:
        return tuple(
            Figure(run.figure, LOCKED_FIGURE)
            if isinstance(run, Figure) and tier_of_figure(document, run.figure) > tier
            else run
            for run in prose
        )

    shown_scenarios = {one.scenario for one in series}
    return dataclasses.replace(
        document,
        **dict.fromkeys(LICENSED_PARTS, ()),  # type: ignore[arg-type]
        series=tuple(series),
        cross_tables=(),
        traces=(),
        scenarios=tuple(scenario for scenario in document.scenarios if scenario.code in shown_scenarios),
        **_prose(document, guarded),
        players=tuple(_without_share(player) for player in document.players),
        decisions=(),
        notes=(),
        inputs_digest="",
        values_digest="",
        locked=tuple(locked),
    )


def _prose(document: Document, guarded: Callable[[Prose], Prose]) -> dict[str, Any]:
    """Every part of a document that holds prose for all readers, with `guarded` applied to each piece."""

    def blocks(parts: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(dataclasses.replace(part, body=guarded(part.body)) for part in parts)

    return {
        **{
            name: blocks(getattr(document, name))
            for name in ("overview", "competitive", "methodology", "definition", "scope", "introduction")
        },
        "takeaways": tuple(guarded(takeaway) for takeaway in document.takeaways),
        "dimensions": tuple(
            dataclasses.replace(
                dimension,
                introduction=guarded(dimension.introduction),
                nodes=tuple(dataclasses.replace(node, narrative=guarded(node.narrative)) for node in dimension.nodes),
            )
            for dimension in document.dimensions
        ),
        "forces": tuple(dataclasses.replace(force, body=guarded(force.body), effect=None) for force in document.forces),
        "matrix": document.matrix
        and dataclasses.replace(
            document.matrix,
            rows=tuple((kind, tuple(guarded(text) for text in texts)) for kind, texts in document.matrix.rows),
        ),
    }


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
