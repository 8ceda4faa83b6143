"""Dimensions against each other: what is a breakdown, what covers only a part, what adds up."""

from collections.abc import Iterator
from decimal import Decimal

from reports.checks.draft import TOTAL, Dimension, Draft, Observation, Segment
from reports.checks.registry import Hit, rule
from reports.checks.words import GENERIC, listed, words


@rule(
    "breakdown-shown-as-sibling", severity="error", title="A breakdown is shown as a dimension of its own", of_text=True
)
def breakdown_shown_as_sibling(draft: Draft) -> Iterator[Hit]:
    """Fabric beside Material, where Fabric Material is a segment: its segments cannot sum to the market."""
    for dimension in draft.dimensions:
        if dimension.coverage != "complete" or dimension.is_geography:
            continue
        split = _segment_named_like(dimension, draft)
        if split is not None:
            other = next(one for one in draft.dimensions if one.code == split.dimension)
            yield Hit(
                f"dimension {dimension.code}",
                f"{dimension.name} is said to sum to the whole market, but it splits {split.name}, "
                f"a segment of {other.name}.",
                f"Declare {dimension.name} a breakdown of {split.name}.",
                {"dimension": dimension.code, "segment": split.path},
                dimension.link,
                dimension.line,
            )


@rule("partial-declared-complete", severity="warning", title="A dimension seems to cover only a part", of_text=True)
def partial_declared_complete(draft: Draft) -> Iterator[Hit]:
    """Electric Vehicle beside Vehicle: only a part of the market can be in it."""
    for dimension in draft.dimensions:
        if dimension.coverage != "complete" or dimension.is_geography or _segment_named_like(dimension, draft):
            continue
        own = _name_words(dimension)
        for other in draft.dimensions:
            wider = _name_words(other)
            if other is not dimension and not other.is_geography and wider and wider < own:
                yield Hit(
                    f"dimension {dimension.code}",
                    f"{dimension.name} can hold only a part of what {other.name} holds, yet both are said to sum "
                    "to the whole market.",
                    f"Declare {dimension.name} partial, or a breakdown of the segment it splits.",
                    {"dimension": dimension.code, "wider": other.code},
                    dimension.link,
                    dimension.line,
                )
                break


@rule("dimension-with-one-segment", severity="warning", title="A dimension splits nothing", of_text=True)
def dimension_with_one_segment(draft: Draft) -> Iterator[Hit]:
    for dimension in draft.dimensions:
        if len(dimension.top) < 2 and not dimension.is_geography:
            count = "only one segment" if dimension.top else "no segment"
            yield Hit(
                f"dimension {dimension.code}",
                f"{dimension.name} has {count}: it splits nothing.",
                "Add its other segments, or remove the dimension.",
                {"dimension": dimension.code, "segments": len(dimension.top)},
                dimension.link,
                dimension.line,
            )


@rule("children-do-not-sum", severity="error", title="Observed parts do not sum to their whole")
def children_do_not_sum(draft: Draft) -> Iterator[Hit]:
    """All parts and their whole are observed in a year and differ by more than rounding; beyond 1 % it is an error."""
    for whole, parts, year, total, known in _observed_sums(draft):
        difference = sum(known, Decimal(0)) - total.value
        if len(known) == len(parts) and abs(difference) > _rounding(draft, len(parts) + 1):
            yield Hit(
                f"{parts[0].rpartition('/')[0] or whole} {year}",
                f"In {year} the parts of {whole} ({listed(parts)}) sum to {_plain(sum(known, Decimal(0)))}, "
                f"but {whole} itself is {_plain(total.value)}.",
                "Correct one of the observations; the forecast would scale the parts to the whole.",
                {"whole": whole, "parts": tuple(parts), "year": year, "difference": _plain(difference)},
                total.link,
                severity="error" if abs(difference) > total.value / 100 else "warning",
            )


@rule("parts-exceed-whole", severity="error", title="Observed parts exceed their whole")
def parts_exceed_whole(draft: Draft) -> Iterator[Hit]:
    """Some parts of a whole already exceed it: values cannot be negative, so the missing ones cannot mend it."""
    for whole, parts, year, total, known in _observed_sums(draft):
        value = sum(known, Decimal(0))
        if known and len(known) < len(parts) and value > total.value + _rounding(draft, len(known) + 1):
            yield Hit(
                f"{whole} {year}",
                f"In {year} some parts of {whole} already sum to {_plain(value)}, more than {whole} itself "
                f"({_plain(total.value)}).",
                "Correct one of the observations.",
                {"whole": whole, "parts": tuple(parts), "year": year, "sum": _plain(value)},
                total.link,
            )


@rule("shares-do-not-sum", severity="error", title="Assumed shares do not sum to 100 %")
def shares_do_not_sum(draft: Draft) -> Iterator[Hit]:
    """All parts of a whole are assumed as shares of it, and the shares leave something over or are too many."""
    for whole, parts in _wholes(draft):
        shares = [draft.assumed_shares[part] for part in parts if part in draft.assumed_shares]
        total = sum(shares, Decimal(0))
        too_many = total > 100 + Decimal("0.01")
        if shares and (too_many or (len(shares) == len(parts) and total < 100 - Decimal("0.01"))):
            yield Hit(
                f"{whole}: {parts[0].rpartition('/')[0]}",
                f"The assumed shares of {whole} ({listed(parts)}) sum to {_plain(total)} %.",
                "Let them sum to 100 %, or project one of the parts in another way.",
                {"whole": whole, "parts": tuple(parts), "sum": _plain(total)},
                draft.market.data_link if draft.market else "",
            )


def _observed_sums(draft: Draft) -> Iterator[tuple[str, list[str], int, Observation, list[Decimal]]]:
    """Each observed whole, its parts, the year, its observation, and the values of those parts that are observed."""
    observed = {(one.path, one.year): one for one in draft.observations}
    years = sorted({one.year for one in draft.observations})
    for whole, parts in _wholes(draft):
        for year in years:
            total = observed.get((whole, year))
            if total is not None:
                known = [found.value for part in parts if (found := observed.get((part, year))) is not None]
                yield whole, parts, year, total, known


def _wholes(draft: Draft) -> Iterator[tuple[str, list[str]]]:
    """What must sum to what: each dimension's top segments to its whole, each segment's children to the segment."""
    for dimension in draft.dimensions:
        wholes = {"complete": TOTAL, "breakdown": dimension.breaks_down, "partial": dimension.code}
        if dimension.top:
            yield wholes[dimension.coverage], [segment.path for segment in dimension.top]
        if dimension.coverage == "partial":
            # It never fills its whole: the part that is missing has no name, and only an excess can be seen.
            yield TOTAL, [dimension.code, f"{dimension.code}/(not covered)"]
        for segment in dimension.segments:
            if children := dimension.children(segment.path):
                yield segment.path, [child.path for child in children]


def _rounding(draft: Draft, numbers: int) -> Decimal:
    """By how much that many rounded numbers may miss their sum."""
    decimals = draft.market.decimals if draft.market else 2
    return Decimal(1).scaleb(-decimals) / 2 * numbers


def _plain(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def _segment_named_like(dimension: Dimension, draft: Draft) -> Segment | None:
    """The segment of another dimension that this one is named after: Fabric Material, or Fabric, for Fabric."""
    own = set(words(dimension.name)) - {"type"}
    if not own or own <= GENERIC:
        return None
    for other in draft.dimensions:
        if other is dimension or other.is_geography:
            continue
        filler = set(words(other.name)) | {"type"}
        for segment in other.segments:
            named = set(words(segment.name))
            if named and own in (named, named - filler):
                return segment
    return None


def _name_words(dimension: Dimension) -> frozenset[str]:
    """The words of a dimension's name, without "type"; empty when only generic words are left."""
    own = frozenset(words(dimension.name)) - {"type"}
    return frozenset() if own <= GENERIC else own
