"""Fixes by the code of the rule whose findings they mend."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractUser

from reports.checks.draft import Draft
from reports.checks.registry import RULES, Fact, Found
from reports.models import Report


@dataclass(frozen=True, slots=True)
class Order:
    """On which report, for whom and when an offer is carried out."""

    report: Report
    by: AbstractUser
    now: datetime


type Deed = Callable[[Order], str]
"""Changes the rows and returns a sentence that says what was changed, old beside new. Runs in a transaction.

Raises ValueError with a sentence when the rows are no longer what the offer was made for.
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one click would do: the words on the button, and the deed. `market` says that the forecast follows."""

    label: str
    deed: Deed
    market: bool = False


type Fix = Callable[[Draft, Found], Offer | None]

FIXES: dict[str, Fix] = {}


def fix(*codes: str) -> Callable[[Fix], Fix]:
    """Register a fix for the findings of one or more rules."""

    def register(make: Fix) -> Fix:
        for code in codes:
            if code in FIXES:
                raise ValueError(f"There are two fixes for {code}.")
            if code not in RULES:
                raise ValueError(f"There is no rule {code} to mend.")
            FIXES[code] = make
        return make

    return register


def offer_for(draft: Draft, found: Found) -> Offer | None:
    """What one click would do about a finding; None where only the editor can know."""
    make = FIXES.get(found.code)
    return make(draft, found) if make else None


def word(found: Found, name: str) -> str:
    """A fact that is a word; "" where it is none."""
    value = found.facts.get(name)
    return value if isinstance(value, str) else ""


def several(found: Found, name: str) -> tuple[Fact, ...]:
    """A fact that is a list."""
    value = found.facts.get(name)
    return value if isinstance(value, tuple) else ()
