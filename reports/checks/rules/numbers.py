"""The draft against its own numbers: the forecast's state, accepted claims, figures in the prose."""

from collections.abc import Iterator
from decimal import Decimal

from reports.checks.draft import TOTAL, Claim, Draft, Market, plain
from reports.checks.growth import agrees, implied_growth, shown_range
from reports.checks.registry import Hit, rule
from reports.checks.words import listed
from reports.document import Tier
from reports.figures import UnknownFigure, grouped, parse, references, resolve
from reports.gating import LICENSED_PARTS, Opening


@rule("forecast-failed", severity="error", title="The forecast could not be computed")
def forecast_failed(draft: Draft) -> Iterator[Hit]:
    if draft.market and draft.market.problem:
        yield Hit(
            "forecast",
            f"The forecast could not be computed: {draft.market.problem}",
            "Mend the inputs it names; the forecast is then made again by itself.",
            {"problem": draft.market.problem},
            draft.market.data_link,
        )


@rule("forecast-stale", severity="error", title="The forecast is older than its inputs")
def forecast_stale(draft: Draft) -> Iterator[Hit]:
    if draft.market and not draft.market.is_current and not draft.market.problem:
        yield Hit(
            "forecast",
            "The forecast has not caught up with the latest edit.",
            "Wait a moment; it is being made again.",
            {},
            draft.market.link,
        )


@rule("no-forecast", severity="warning", title="The market has no numbers")
def no_forecast(draft: Draft) -> Iterator[Hit]:
    if draft.market and draft.market.is_current and not any(path == TOTAL for _, path, _ in draft.values):
        yield Hit(
            "forecast",
            "The market’s total is not estimated in any year.",
            "Enter an observation of the total, and an assumption how it grows.",
            {},
            draft.market.data_link,
        )


@rule("cross-table-impossible", severity="error", title="A cross-table can’t be filled")
def cross_table_impossible(draft: Draft) -> Iterator[Hit]:
    if draft.market is None or not draft.market.is_current:
        return
    for table in draft.cross_tables:
        if table.problem:
            yield Hit(
                f"cross-table {table.title}",
                f"The cross-table {table.title} can’t be filled. {table.problem}",
                "Correct its known cells, or remove the table.",
                {"table": table.title, "problem": table.problem},
                table.link,
            )


@rule("claim-against-market", severity="error", title="An accepted claim is not what the market says")
def claim_against_market(draft: Draft) -> Iterator[Hit]:
    """What an editor accepted must be what will be printed: the years, the values and the growth. Rounding-aware."""
    market = draft.market
    if market is None or not market.is_current:
        return
    for claim in draft.claims:
        if claim.decision == "accepted" and claim.scope == "market":
            difference = _difference(claim, draft, market)
            if difference is not None:
                said, has = difference
                yield Hit(
                    claim.place,
                    f"The accepted claim says {said}; the market has {has}.",
                    "Change the market’s years or inputs, or decide the claim otherwise.",
                    {"kind": claim.kind, "said": said, "has": has},
                    claim.link,
                )


def _difference(claim: Claim, draft: Draft, market: Market) -> tuple[str, str] | None:
    """What the claim says and what the market has instead; None where the two agree or cannot be compared."""
    if claim.kind == "base-year" and claim.year and claim.year != market.base_year:
        return f"base year {claim.year}", f"base year {market.base_year}"
    is_history = "histor" in f"{claim.label} {claim.quote}".lower()
    if claim.kind == "span" and claim.end_year and claim.end_year != market.last_year and not is_history:
        return f"years to {claim.end_year}", f"years to {market.last_year}"
    if claim.kind in ("base-value", "end-value") and claim.printed and claim.year:
        value = draft.printed_value(TOTAL, claim.year)
        if value is not None:
            if not value.may_equal(claim.printed):
                return f"{claim.shown} in {claim.year}", f"{_money(value.value, market)} in {claim.year}"
            return None
        expected = market.base_year if claim.kind == "base-value" else market.last_year
        if claim.year != expected:
            word = "base year" if claim.kind == "base-value" else "end year"
            return f"{claim.shown} for {word} {claim.year}", f"{word} {expected}"
    if claim.kind == "cagr" and claim.printed:
        first_year, last_year = claim.year or market.base_year, claim.end_year or market.last_year
        first, last = draft.printed_value(TOTAL, first_year), draft.printed_value(TOTAL, last_year)
        if first and last and first.low > 0 and last_year > first_year:
            implied = implied_growth(first, last, last_year - first_year)
            if not agrees(claim.printed, implied):
                return f"growth of {claim.shown} a year", f"{shown_range(implied)} from {first_year} to {last_year}"
    return None


@rule("figure-unknown", severity="error", title="A figure in the prose names nothing")
def figure_unknown(draft: Draft) -> Iterator[Hit]:
    """Every [[figure]] must resolve against the forecast as it stands; years outside the market have their own rule."""
    for place, link, body in _prose(draft):
        for inside in references(body):
            problem = _problem_of(draft, inside)
            if problem:
                yield Hit(
                    place,
                    problem,
                    "Correct the figure; the editor suggests names while you type.",
                    {"figure": inside},
                    link,
                )
        for rest in _broken(body):
            yield Hit(
                place,
                f"“{rest}” is not a whole figure: its brackets do not match.",
                "Write it as [[total 2031]], with two brackets on each side.",
                {"figure": rest},
                link,
            )


@rule("figure-locked", severity="note", title="A figure is not open to everybody who reads the text")
def figure_locked(draft: Draft) -> Iterator[Hit]:
    """In texts that everybody reads, a figure that only a licence opens is shown as "(in the full report)"."""
    if draft.market is None:
        return
    sample = next((one.code for one in draft.dimensions if _has_values(draft, one.code)), "")
    opening = Opening(draft.market.base_year, draft.market.last_year, sample)
    for place, link, body in _prose(draft, but=tuple(name.replace("_", "-") for name in LICENSED_PARTS)):
        locked = []
        for inside in references(body):
            try:
                locked += [inside] if opening.tier_of_reference(parse(inside)) is Tier.LICENSED else []
            except UnknownFigure:
                continue
        if locked:
            shown = listed([f"[[{one}]]" for one in locked])
            yield Hit(
                place,
                f"Everybody reads this text, but {shown} {'is' if len(locked) == 1 else 'are'} for licensed readers: "
                "others read “(in the full report)” there.",
                "Leave it as a reason to ask for a licence, or cite a figure that is public, such as "
                f"[[total {draft.market.last_year}]].",
                {"figures": tuple(locked)},
                link,
            )


@rule("figure-year-out-of-range", severity="error", title="A figure is cited for a year the market does not cover")
def figure_year_out_of_range(draft: Draft) -> Iterator[Hit]:
    if draft.market is None:
        return
    years = draft.market.years
    for place, link, body in _prose(draft):
        for inside in references(body):
            outside = _years_outside(draft, inside)
            if outside:
                yield Hit(
                    place,
                    f"“[[{inside}]]” is for {outside}, but the market covers {years[0]}–{years[-1]}.",
                    "Choose a year the market covers, or widen the market’s years.",
                    {"figure": inside, "years": (years[0], years[-1])},
                    link,
                )


def _has_values(draft: Draft, dimension: str) -> bool:
    return any(path.startswith(f"{dimension}/") for _, path, _ in draft.values)


def _prose(draft: Draft, but: tuple[str, ...] = ()) -> Iterator[tuple[str, str, str]]:
    """Place, link and body of every piece of prose, `but` of some kinds."""
    for text in draft.texts:
        if text.kind not in but:
            yield text.place, text.link, text.body
    for cell in draft.matrix.cells if draft.matrix else ():
        yield cell.place, cell.link, cell.body


def _years_outside(draft: Draft, inside: str) -> str:
    try:
        reference = parse(inside)
    except UnknownFigure:
        return ""
    years = draft.market.years if draft.market else range(0)
    named = [year for year in (reference.first, reference.last) if year is not None]
    return " and ".join(str(year) for year in named if year not in years)


def _problem_of(draft: Draft, inside: str) -> str:
    """Why a reference cannot be resolved, as a sentence; "" where it can, or where another rule says why."""
    try:
        parse(inside)
        if _years_outside(draft, inside) or draft.numbers is None:
            return ""
        resolve(inside, draft.numbers)
    except UnknownFigure as problem:
        # Old numbers prove nothing about what is missing while a new forecast is on its way.
        waiting = draft.market is not None and not draft.market.is_current and "has no value" in str(problem)
        return "" if waiting else str(problem)
    return ""


def _broken(body: str) -> Iterator[str]:
    """Bracket pairs left over once every whole reference is taken out."""
    rest = plain(body)
    for inside in references(rest):
        rest = rest.replace(f"[[{inside}]]", " ", 1)
    for mark in ("[[", "]]"):
        position = rest.find(mark)
        if position >= 0:
            yield rest[max(0, position - 20) : position + 30].strip()


def _money(value: Decimal, market: Market) -> str:
    return f"{market.currency} {grouped(value, market.decimals)}"
