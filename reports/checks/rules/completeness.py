"""What a report promises and does not give: shares, texts, lines the importer could not place."""

import re
from collections import defaultdict
from collections.abc import Iterator

from reports.checks.draft import Draft, Segment, Text
from reports.checks.registry import Hit, rule
from reports.checks.words import listed, words

_SHARE = re.compile(r"\bshares?\b", re.I)


@rule("share-promised", severity="warning", title="The title promises shares and none is given", of_text=True)
def share_promised(draft: Draft) -> Iterator[Hit]:
    """Shares are given by players with a share, or by segments with values of their own."""
    if not _SHARE.search(draft.title):
        return
    by_segment = any(path in draft.segments for _, path, _ in draft.values)
    by_segment = by_segment or any("[[share " in text.body for text in draft.texts)
    if not by_segment and not any(player.share is not None for player in draft.players):
        yield Hit(
            "title",
            f"The title “{draft.title}” promises shares, but no share of a segment or of a player is given.",
            "Give shares, or take the word out of the title.",
            {"title": draft.title},
            draft.link,
        )


@rule("narrative-missing", severity="warning", title="A segment has no text", of_text=True)
def narrative_missing(draft: Draft) -> Iterator[Hit]:
    """Some siblings have a text and others none; a warning. That none has is a note, and on a manuscript nothing."""
    told = {text.about for text in draft.texts if text.about and text.plain}
    for dimension in draft.dimensions:
        silent = [segment for segment in dimension.top if segment.path not in told]
        unequal = len(silent) < len(dimension.top)
        if silent and (unequal or draft.market is not None):
            yield Hit(
                f"dimension {dimension.code}",
                f"{_names(silent)} {'has' if len(silent) == 1 else 'have'} no text"
                f"{', while the other segments of ' + dimension.name + ' have' if unequal else ''}.",
                "Write a paragraph on each.",
                {"segments": tuple(segment.path for segment in silent)},
                draft.part_links.get("narratives", ""),
                dimension.line,
                "warning" if unequal else "note",
            )


@rule("heading-repeated", severity="warning", title="A heading stands twice", of_text=True)
def heading_repeated(draft: Draft) -> Iterator[Hit]:
    by_heading: dict[tuple[str, tuple[str, ...]], list[Text]] = defaultdict(list)
    for text in draft.texts:
        if text.heading:
            by_heading[text.kind, words(text.heading)].append(text)
    for (kind, _), texts in by_heading.items():
        bodies = {text.body for text in texts}
        if len(texts) > 1 and len(bodies) > 1 and texts[0].line is None:
            yield Hit(
                texts[1].place,
                f"The heading “{texts[0].heading}” stands {len(texts)} times.",
                "Give each part a heading of its own.",
                {"kind": kind, "heading": texts[0].heading},
                texts[1].link,
            )


@rule("section-empty", severity="warning", title="A section has a heading and no text")
def section_empty(draft: Draft) -> Iterator[Hit]:
    for text in draft.texts:
        if text.heading and not text.plain:
            yield Hit(
                text.place,
                f"“{text.heading}” has a heading and no text.",
                "Write it, or remove the section.",
                {"kind": text.kind, "heading": text.heading},
                text.link,
            )


@rule("lines-unplaced", severity="warning", title="Lines of the manuscript found no place")
def lines_unplaced(draft: Draft) -> Iterator[Hit]:
    if draft.unplaced_lines:
        lines = "1 line" if draft.unplaced_lines == 1 else f"{draft.unplaced_lines} lines"
        yield Hit(
            "manuscript",
            f"{lines} of the manuscript found no place in the report.",
            "Copy what is worth keeping to where it belongs, and mark the lines as handled.",
            {"lines": draft.unplaced_lines},
            draft.unplaced_link,
        )


def _names(segments: list[Segment]) -> str:
    if len(segments) > 6:
        return f"{listed([*(segment.name for segment in segments[:5]), f'{len(segments) - 5} others'])}"
    return listed(segment.name for segment in segments)
