"""Fixes to what a manuscript claims in two ways: the claim that agrees with the market holds, the others do not."""

from collections.abc import Callable, Iterable

from reports.checks.draft import Claim, Draft, Market
from reports.checks.fixes.registry import Offer, Order, fix
from reports.checks.registry import Found
from reports.checks.words import listed
from reports.deciding import decide_claim
from reports.models import HeadlineClaim


@fix("base-year-disagrees")
def keep_the_markets_base_year(draft: Draft, found: Found) -> Offer | None:
    """Only where the market's own base year is among those claimed: it is then what will be printed."""
    return _keep(
        draft, draft.claims_of("base-year", "base-value"), lambda claim, market: claim.year == market.base_year, "base"
    )


@fix("end-year-disagrees")
def keep_the_markets_last_year(draft: Draft, found: Found) -> Offer | None:
    return _keep(draft, draft.claims_of("end-value"), lambda claim, market: claim.year == market.last_year, "last")


@fix("spans-disagree")
def keep_spans_to_the_markets_last_year(draft: Draft, found: Found) -> Offer | None:
    spans = [one for one in draft.claims_of("span") if "histor" not in f"{one.label} {one.quote}".lower()]
    return _keep(draft, spans, lambda claim, market: claim.end_year == market.last_year, "last")


def _keep(draft: Draft, claims: Iterable[Claim], agrees: Callable[[Claim, Market], bool], which: str) -> Offer | None:
    market = draft.market
    dated = [claim for claim in claims if (claim.year or claim.end_year) and claim.row is not None]
    if market is None or not any(agrees(claim, market) for claim in dated):
        return None
    # What an editor has decided already stays decided.
    undecided = [claim for claim in dated if claim.decision == "open"]
    right = [claim for claim in undecided if agrees(claim, market)]
    wrong = [claim for claim in undecided if not agrees(claim, market)]
    if not wrong or any(claim.decision == "accepted" and not agrees(claim, market) for claim in dated):
        return None
    year = market.base_year if which == "base" else market.last_year
    reason = f"The market’s {which} year is {year}."

    def deed(order: Order) -> str:
        for claims, decision in ((right, "accepted"), (wrong, "rejected")):
            for claim in claims:
                assert claim.row is not None
                row = HeadlineClaim.objects.get(pk=claim.row.pk, report=order.report)
                decide_claim(row, decision, by=order.by, reason=reason, now=order.now)
        kept = f"{_counted(right)} with {year} {'was' if len(right) == 1 else 'were'} accepted, " if right else ""
        return f"{kept}{_counted(wrong)} with {_years(wrong)} rejected. Reason given: {reason}"

    return Offer(f"Keep {year}, the market’s {which} year, and reject {_years(wrong)}", deed)


def _counted(claims: list[Claim]) -> str:
    return "1 claim" if len(claims) == 1 else f"{len(claims)} claims"


def _years(claims: list[Claim]) -> str:
    spans = {f"{one.year}–{one.end_year}" if one.end_year else str(one.year) for one in claims}
    return listed(sorted(spans))
