"""What only the text of a manuscript shows. Once imported these are notes: the report makes its contents anew."""

from collections.abc import Iterator

from reports.checks.draft import Draft, ImportNote
from reports.checks.registry import Hit, rule
from reports.checks.words import listed, words

_RULED_HERE = frozenset(
    {
        "contents-heading-twice",
        "headings-run-together",
        "countries-announced-not-listed",
        "matrix-areas-named-twice",
        "contents-not-in-body",
    }
)
_RULED_ON_THE_DRAFT = frozenset(
    {
        "base-year-contradiction", "end-year-contradiction", "value-contradiction", "cagr-contradiction",
        "span-contradiction", "study-period-without-base-year", "base-year-without-value", "end-year-without-value",
        "coverage-unsure", "region-without-rest", "region-without-countries", "wrong-name", "dimension-named-twice",
        "major-players-omit-first", "possible-alias", "forces-without-body", "matrix-generic",
        "percentage-without-source",
    }
)  # fmt: skip
_RULED_ON_TEXT = frozenset({"duplicate-player", "breakdown-as-dimension"})


@rule("contents-heading-twice", severity="warning", title="A heading stands twice in the contents", of_text=True)
def contents_heading_twice(draft: Draft) -> Iterator[Hit]:
    yield from _relayed(draft, "contents-heading-twice", "List each heading once, under the chapter it belongs to.")


@rule("headings-run-together", severity="warning", title="Headings run together on one line", of_text=True)
def headings_run_together(draft: Draft) -> Iterator[Hit]:
    yield from _relayed(draft, "headings-run-together", "Put each heading on a line of its own.")


@rule("countries-announced-not-listed", severity="warning", title="Countries are announced, none listed", of_text=True)
def countries_announced_not_listed(draft: Draft) -> Iterator[Hit]:
    yield from _relayed(draft, "countries-announced-not-listed", "List the countries, or reword the heading.")


@rule("matrix-areas-named-twice", severity="warning", title="The matrix names its areas in two ways", of_text=True)
def matrix_areas_named_twice(draft: Draft) -> Iterator[Hit]:
    yield from _relayed(draft, "matrix-areas-named-twice", "Name the areas in the text as in the table.")


@rule("contents-not-in-body", severity="note", title="The contents name parts the page does not have", of_text=True)
def contents_not_in_body(draft: Draft) -> Iterator[Hit]:
    yield from _relayed(draft, "contents-not-in-body", "Write the parts, or take them from the contents.")


@rule("manuscript-note", severity="note", title="Something the importer saw", of_text=True)
def manuscript_note(draft: Draft) -> Iterator[Hit]:
    """Anything else the importer saw, so that nothing it says is lost; what another rule judges is left to it."""
    ruled = _RULED_HERE | _RULED_ON_THE_DRAFT | (_RULED_ON_TEXT if draft.market is None else frozenset())
    for note in draft.import_notes:
        if note.code not in ruled:
            yield _hit(draft, note, "Look at it once.")


@rule("dimension-named-two-ways", severity="warning", title="A dimension goes by two names", of_text=True)
def dimension_named_two_ways(draft: Draft) -> Iterator[Hit]:
    """By Region in one place and By Geography in another, for the same split. Once imported it has one name: a note."""
    for dimension in draft.dimensions:
        distinct = {words(name): name for name in dimension.names}
        if len(distinct) > 1:
            names = list(distinct.values())
            yield Hit(
                f"dimension {dimension.code}",
                f"One dimension goes by {len(names)} names: {listed(f'“By {name}”' for name in names)}.",
                "Use one name throughout.",
                {"names": tuple(sorted(names))},
                dimension.link,
                dimension.line,
                "note" if draft.market is not None else None,
            )


def _relayed(draft: Draft, code: str, suggestion: str) -> Iterator[Hit]:
    for note in draft.import_notes:
        if note.code == code:
            yield _hit(draft, note, suggestion)


def _hit(draft: Draft, note: ImportNote, suggestion: str) -> Hit:
    imported = draft.market is not None
    return Hit(
        "manuscript" if imported or note.line is None else f"line {note.line}",
        f"In the manuscript: {note.sentence}" if imported else note.sentence,
        "Nothing needs doing here: the report's own contents and headings are made anew." if imported else suggestion,
        {"code": note.code, "sentence": note.sentence},
        draft.unplaced_link,
        note.line,
        "note" if imported else None,
    )
