"""Publishes the demo's reports edition by edition, as an editor would over the years: edit, recompute, check, publish.

What changes from one edition to the next is in `demo/<slug>.editions.json`. Only the dates are made up: an edition that
came before is dated so many days back, so that "as of", the list of editions and the accuracy record have a past.
"""

import csv
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import pghistory
from django.conf import settings
from django.db import models, transaction

from forecasts.models import Assumption, Dimension, Market, Observation, Segment
from forecasts.recompute import recompute
from portal.access.models import User
from reports import checks
from reports.deciding import decide_claim
from reports.models import (
    HeadlineClaim,
    MarketForce,
    MatrixCell,
    PestItem,
    PorterForce,
    Report,
    Section,
    SegmentNarrative,
    Takeaway,
)
from reports.publishing import publish

DEMO = Path(settings.BASE_DIR) / "demo"
PROSE: tuple[type[models.Model], ...] = (
    Section, Takeaway, SegmentNarrative, MarketForce, PestItem, PorterForce, MatrixCell,
)  # fmt: skip


def publish_editions(name: str, report: Report, *, by: User, now: datetime) -> None:
    """Publish all editions of a report that has none: all of them or, where one fails, none.

    Raises ValueError where the checker finds an error, or a text to change is not there exactly once.
    """
    began = monotonic()
    plan = _plan(name)
    steps: list[dict[str, Any]] = [{"days_ago": plan["first_days_ago"]}, *plan["later"]]
    with transaction.atomic(), pghistory.context(user=by.pk, url="demo"):
        for step in steps:
            at = now - timedelta(days=step["days_ago"])
            _edit(report, step, by, at)
            recompute(report.market_id, trigger="demo", by=by.pk)
            _must_have_no_errors(report, at)
            # Later than the edits it has, or today's would be told as edits since.
            publish(report, by=by, now=at + timedelta(seconds=monotonic() - began))


def rows(name: str) -> Iterator[dict[str, str]]:
    """The lines of one of the demo's tables by column; none where there is no such table."""
    path = DEMO / name
    if path.exists():
        with path.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


def enter_observations(name: str, market: Market) -> None:
    """Enter a table of observations for the nodes it names."""
    nodes = nodes_of(market)
    Observation.objects.bulk_create(
        Observation(
            market=market, year=int(row["year"]), value=Decimal(row["value"]), status=row["status"],
            source=row["source"], illustrative=row["illustrative"] == "true", **nodes[row["path"]],
        )
        for row in rows(name)
    )  # fmt: skip


def nodes_of(market: Market) -> dict[str, dict[str, Segment | Dimension]]:
    """Path -> what an input of that node is tied to; the market's total is tied to nothing."""
    nodes: dict[str, dict[str, Segment | Dimension]] = {"total": {}}
    nodes |= {one.path: {"segment": one} for one in Segment.objects.filter(dimension__market=market)}
    return nodes | {one.code: {"dimension": one} for one in Dimension.objects.filter(market=market, coverage="partial")}


def _plan(name: str) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((DEMO / f"{name}.editions.json").read_text(encoding="utf-8"))
    return plan


def _edit(report: Report, step: dict[str, Any], by: User, at: datetime) -> None:
    market = Market.objects.get(pk=report.market_id)
    for path, rate in step.get("growth", {}).items():
        changed = Assumption.objects.get(market=market, segment__path=path)
        changed.rate = Decimal(rate)
        changed.save(update_fields=["rate"])
    if "observations" in step:
        enter_observations(step["observations"], market)
    if "base_year" in step:
        _move_base_year(report, market, step["base_year"], by, at)
    for before, after in step.get("words", []):
        _say_instead(report, before, after)


def _move_base_year(report: Report, market: Market, year: int, by: User, at: datetime) -> None:
    """A year on: the base year moves, and with it every number in prose that names it. The manuscript stays behind."""
    before, market.base_year = market.base_year, year
    market.save(update_fields=["base_year"])
    report.title = report.title.replace(f"({before} ", f"({year} ")
    report.save(update_fields=["title"])
    for kind in ("base-year", "base-value"):
        for claim in HeadlineClaim.objects.filter(report=report, kind=kind, year=before, decision="accepted"):
            reason = f"True of the manuscript’s edition; this edition’s base year is {year}."
            decide_claim(claim, "rejected", by=by, reason=reason, now=at)
    for row in _prose(report):
        body = re.sub(r"\[\[.*?\]\]", lambda found: found[0].replace(str(before), str(year)), row.body)
        if body != row.body:
            row.body = body
            row.save(update_fields=["body"])


def _say_instead(report: Report, before: str, after: str) -> None:
    found = [row for row in _prose(report) if before in row.body]
    if len(found) != 1:
        raise ValueError(f"The demo of {report} says {len(found)} times, not once: “{before}”")
    found[0].body = found[0].body.replace(before, after)
    found[0].save(update_fields=["body"])


def _prose(report: Report) -> Iterator[Any]:
    for kind in PROSE:
        place = "area__report" if kind is MatrixCell else "report"
        yield from kind._default_manager.filter(**{place: report})


def _must_have_no_errors(report: Report, now: datetime) -> None:
    """Nothing of the demo should need a waiver: an open error here is a mistake in the demo, and loading it says so."""
    checks.check(report, now=now)
    errors = checks.open_errors(report)
    if errors:
        raise ValueError(f"The demo of {report} has errors: " + " ".join(error.sentence for error in errors))
