"""Ask for a recompute after an edit, and mark markets whose forecast must be made anew."""

import logging
import threading
import time
from collections.abc import Iterable
from functools import partial

from django.db import DatabaseError, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Now

from forecasts import engine
from forecasts.models import ForecastRun, ForecastState
from forecasts.pacing import wake_sweeper

logger = logging.getLogger(__name__)

BROKER_REST = 10.0
"""Seconds for which a broker that failed is not tried again by this process: an edit must not wait for it each time."""


class _Broker:
    """Publishes, and remembers when that last failed."""

    def __init__(self) -> None:
        self._rests_until = 0.0
        self._lock = threading.Lock()

    def publish(self, market_id: int, trigger: str, by: int | None) -> bool:
        from forecasts.tasks import recompute_market

        if time.monotonic() < self._rests_until:
            return False
        try:
            recompute_market.apply_async((market_id, trigger, by), retry=False, ignore_result=True)
        except Exception as error:  # each transport has its own; none may fail an edit that is saved already
            with self._lock:
                self._rests_until = time.monotonic() + BROKER_REST
            logger.warning("The broker took no message for market %s; the sweep does it. (%r)", market_id, error)
            return False
        return True

    def forget_failure(self) -> None:
        self._rests_until = 0.0


broker = _Broker()


def request_recompute(market_id: int, *, trigger: str, by: int | None = None) -> None:
    """Have a worker recompute the market once the present transaction commits; nothing happens when it rolls back.

    Who asked is noted in that transaction, so that the run's record names them even when the message is lost.

    Call after every change of an input, as often as you like: messages are hints, and what they find done they leave
    alone. Never raises, and waits at most about 2 s, once, for a broker that is down: the edit itself has raised the
    market's version, so the sweep finds what a lost message would have asked for.
    """
    ForecastState.objects.filter(pk=market_id).update(asked_trigger=trigger, asked_by=by)
    transaction.on_commit(partial(_ask, market_id, trigger, by), robust=True)


def _ask(market_id: int, trigger: str, by: int | None) -> None:
    if broker.publish(market_id, trigger, by):
        return
    try:
        wake_sweeper()
    except DatabaseError:
        logger.warning("The database is away; market %s waits for the next sweep.", market_id)


def mark_stale(market_ids: Iterable[int] | None = None) -> int:
    """Have forecasts computed anew though no input changed, given-up ones too; returns how many. None means all."""
    states = ForecastState.objects.all() if market_ids is None else ForecastState.objects.filter(pk__in=market_ids)
    return _mark(states.values_list("pk", flat=True))


def try_again(market_ids: Iterable[int] | None = None) -> int:
    """Have forecasts that were given up on tried anew from the same inputs; returns how many. None means all of them.

    Markets that have not failed are left alone, so that it may be asked twice.
    """
    failed = ForecastState.objects.filter(failed_version=F("inputs_version")).exclude(
        forecast_version=F("inputs_version")
    )
    if market_ids is not None:
        failed = failed.filter(pk__in=market_ids)
    return _mark(failed.values_list("pk", flat=True))


def mark_made_by_another_engine() -> int:
    """Mark every market whose last run was another engine version's; returns how many. Cheap: one statement."""
    last = ForecastRun.objects.filter(market_id=OuterRef("pk")).order_by("-pk").values("engine_version")[:1]
    states = ForecastState.objects.annotate(made_by=Subquery(last)).exclude(made_by__isnull=True)
    return _mark(states.exclude(made_by=engine.ENGINE_VERSION).values_list("pk", flat=True))


def _mark(pks: Iterable[int]) -> int:
    with transaction.atomic():
        # In one order, so that two workers that start together can't deadlock.
        locked = list(
            ForecastState.objects.filter(pk__in=pks)
            .order_by("pk")
            .select_for_update(no_key=True)
            .values_list("pk", flat=True)
        )
        marked = ForecastState.objects.filter(pk__in=locked).update(
            inputs_version=F("inputs_version") + 1, inputs_digest="", attempts=0, stale_since=Now(), changed_at=Now()
        )
        if marked:
            wake_sweeper()
    return marked
