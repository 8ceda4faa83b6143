"""Market forces and the impact matrix: what is named and never explained, what would fit any market."""

from collections.abc import Iterator
from itertools import chain

from reports.checks.draft import Draft, plain
from reports.checks.registry import Hit, rule
from reports.checks.words import GENERIC, words


@rule("force-without-body", severity="warning", title="A market force is named and not explained", of_text=True)
def force_without_body(draft: Draft) -> Iterator[Hit]:
    for force in draft.forces:
        if not plain(force.body):
            yield Hit(
                f"{force.kind} {force.title}",
                f"The {force.kind} “{force.title}” has a heading and no text.",
                "Say how it acts on this market, or remove it.",
                {"kind": force.kind, "title": force.title},
                force.link,
                force.line,
            )


@rule("matrix-without-market", severity="warning", title="The impact matrix would fit any market", of_text=True)
def matrix_without_market(draft: Draft) -> Iterator[Hit]:
    """No cell holds a word of the market's name, of a segment, of a region or of a player."""
    matrix = draft.matrix
    if matrix is None or not any(plain(cell.body) for cell in matrix.cells):
        return
    subject = set(words(draft.subject)) - GENERIC
    names = chain(
        (segment.name for dimension in draft.dimensions for segment in dimension.segments),
        (player.name for player in draft.players),
    )
    whole_names = {frozenset(words(_without_brackets(name))) - GENERIC for name in names} - {frozenset()}
    if subject and not any(_speaks(set(words(plain(cell.body))), subject, whole_names) for cell in matrix.cells):
        yield Hit(
            "matrix",
            f"No cell of the impact matrix speaks of {draft.subject or 'this market'}: it would fit any market.",
            "Say in each cell what the forces do to this market.",
            {"cells": len(matrix.cells)},
            matrix.link,
            matrix.line,
        )


@rule("matrix-cell-missing", severity="warning", title="The impact matrix has gaps", of_text=True)
def matrix_cell_missing(draft: Draft) -> Iterator[Hit]:
    matrix = draft.matrix
    filled = sum(1 for cell in matrix.cells if plain(cell.body)) if matrix else 0
    if matrix is not None and filled and filled % len(matrix.areas):
        yield Hit(
            "matrix",
            f"The impact matrix has {filled} texts for {len(matrix.areas)} areas: some cells are empty.",
            "Fill every cell, or remove the row or the area.",
            {"cells": filled, "areas": matrix.areas},
            matrix.link,
            matrix.line,
        )


def _speaks(said: set[str], subject: set[str], whole_names: set[frozenset[str]]) -> bool:
    """Whether a text has a word of the market's name, or the whole name of a segment or player."""
    return bool(said & subject) or any(name <= said for name in whole_names)


def _without_brackets(name: str) -> str:
    return name.partition("(")[0]
