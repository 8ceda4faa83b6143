"""Fixes to how a report is built: what a dimension covers, headings that stand twice, sections without a text."""

from forecasts.models import Dimension as DimensionRow
from forecasts.models import Segment as SegmentRow
from reports.checks.draft import Dimension, Draft, Text
from reports.checks.fixes.registry import Offer, Order, fix, word
from reports.checks.registry import Found
from reports.checks.words import words
from reports.models import Section


@fix("breakdown-shown-as-sibling")
def declare_a_breakdown(draft: Draft, found: Found) -> Offer | None:
    dimension, split = _dimension(draft, found), draft.segments.get(word(found, "segment"))
    if dimension is None or dimension.row is None or split is None or split.row is None:
        return None
    row, segment = dimension.row, split.row

    def deed(_: Order) -> str:
        stored = DimensionRow.objects.select_for_update(of=("self",)).get(pk=row.pk)
        stored.coverage = DimensionRow.Coverage.BREAKDOWN
        stored.breaks_down = SegmentRow.objects.get(pk=segment.pk)
        stored.full_clean()
        stored.save(update_fields=["coverage", "breaks_down"])
        return f"{dimension.name} was complete; it is a breakdown of {split.name} now. The forecast is being made anew."

    return Offer(f"Declare {dimension.name} a breakdown of {split.name}", deed, market=True)


@fix("partial-declared-complete")
def declare_it_partial(draft: Draft, found: Found) -> Offer | None:
    dimension = _dimension(draft, found)
    if dimension is None or dimension.row is None:
        return None
    row = dimension.row

    def deed(_: Order) -> str:
        DimensionRow.objects.filter(pk=row.pk).update(coverage=DimensionRow.Coverage.PARTIAL)
        return f"{dimension.name} was complete; it is partial now. The forecast is being made anew."

    return Offer(f"Declare {dimension.name} partial", deed, market=True)


@fix("heading-repeated")
def join_under_one_heading(draft: Draft, found: Found) -> Offer | None:
    """The later text moves under the first heading, word for word, and its own heading goes."""
    kind, heading = word(found, "kind"), words(word(found, "heading"))
    same = [one for one in _sections(draft) if one.kind == kind and words(one.heading) == heading]
    if len(same) < 2:
        return None
    first, second = same[0].row, same[1].row
    assert first is not None
    assert second is not None

    def deed(_: Order) -> str:
        kept = Section.objects.select_for_update().get(pk=first.pk)
        later = Section.objects.select_for_update().get(pk=second.pk)
        kept.body = f"{kept.body}{later.body}"
        kept.save(update_fields=["body"])
        later.delete()
        return f"“{kept.heading}” stands once now, with both texts under it."

    return Offer(f"Put both texts under one heading “{same[0].heading}”", deed)


@fix("section-empty")
def remove_the_empty_section(draft: Draft, found: Found) -> Offer | None:
    section = next((one for one in _sections(draft) if one.link == found.link and not one.plain), None)
    if section is None or section.row is None:
        return None
    row = section.row

    def deed(_: Order) -> str:
        Section.objects.filter(pk=row.pk, body=section.body).delete()
        return f"The empty section “{section.heading}” was removed."

    return Offer(f"Remove the heading “{section.heading}”", deed)


def _dimension(draft: Draft, found: Found) -> Dimension | None:
    code = word(found, "dimension")
    return next((one for one in draft.dimensions if one.code == code), None)


def _sections(draft: Draft) -> list[Text]:
    return [one for one in draft.texts if one.row is not None and one.row.model == "reports.section"]
