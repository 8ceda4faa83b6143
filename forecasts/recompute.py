"""Recompute one market: load, compute, store. The one place where a stored forecast changes.

What holds, whatever is killed, doubled, late or lost:

- a stored forecast is never older than the one it replaces: it carries the version of the inputs it was made from;
- an edit waits for no recompute: inputs are read and values computed without a lock on any row that an edit touches;
- a try is counted before it begins, so a market that kills its process is given up after three;
- a failure leaves the last good forecast in place, and says why in words.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from forecasts import engine
from forecasts.loading import load_inputs
from forecasts.locking import market_lock
from forecasts.models import ForecastRun, ForecastState, Market
from forecasts.pacing import staleness, wake_sweeper
from forecasts.scenarios import ensure_default_scenarios
from forecasts.storing import forget_old_runs, ledger_document, store_values

logger = logging.getLogger(__name__)

TRIES = 3
SWEEP = "sweep"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Claim:
    """One counted try: for which version of the inputs, and what the stored forecast was made from."""

    market_id: int
    version: int
    is_first: bool
    stored_digest: str
    tries: int
    trigger: str
    by_id: int | None
    started_at: datetime


@dataclass(slots=True)
class _Stopwatch:
    """Milliseconds by phase."""

    timings: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def lap(self, phase: str) -> None:
        moment = time.perf_counter()
        self.timings[phase] = round((moment - self._last) * 1000, 2)
        self._last = moment


def recompute(
    market_id: int,
    *,
    trigger: str,
    by: int | None = None,
    now: Clock = timezone.now,
    patience: float = 30.0,
) -> ForecastRun | None:
    """Bring a market's stored forecast up to its inputs; returns the record of the run.

    Returns None when there was nothing to do: the forecast is current, these inputs have failed for good, they are what
    the forecast was made from already, the market is gone, or another process kept it busy for `patience` seconds. A
    failure is a run too: its outcome is "failed" and its problem a sentence. `by` is the id of the user who asked.

    Not inside a transaction of the caller's: the count of tries must survive the death of this process. Raises
    OperationalError or InterfaceError when the database goes away; that try does not count.
    """
    with market_lock(market_id, patience=patience) as held:
        if not held:
            return None
        run = _try(market_id, trigger, by, now)
    # Asked after the lock is free, so that a message which found it taken can safely have gone away.
    if ForecastState.objects.filter(pk=market_id, forecast_version__lt=F("inputs_version")).exists():
        wake_sweeper()
    return run


def recompute_when_due(market_id: int, *, trigger: str, by: int | None = None) -> ForecastRun | None:
    """Recompute a market unless a burst of edits or a failed try tells to wait; then the sweeper comes back for it."""
    known = staleness(market_id)
    if known is None:
        return None
    if known.seconds_until_due() > 0:
        wake_sweeper()
        return None
    return recompute(market_id, trigger=trigger, by=by, patience=0.0)


def _try(market_id: int, trigger: str, by_id: int | None, now: Clock) -> ForecastRun | None:
    try:
        claim = _claim(market_id, trigger, by_id, now)
    except OperationalError as error:
        if is_lock_timeout(error):
            return None  # an edit is being saved; its own message or the sweep comes back
        raise
    if not isinstance(claim, _Claim):
        return claim
    try:
        return _compute(claim, now)
    except engine.InfeasibleInputs as problem:
        return _fail(claim, str(problem), for_good=True, now=now)
    except (OperationalError, InterfaceError) as error:
        if not is_lock_timeout(error) and connection.is_usable():
            return _fail_by_fault(claim, error, now)
        _uncount(claim)
        raise
    except Exception as error:
        return _fail_by_fault(claim, error, now)


def _claim(market_id: int, trigger: str, by_id: int | None, now: Clock) -> _Claim | ForecastRun | None:
    """Count a try in a transaction of its own, or say why there is nothing to try."""
    with transaction.atomic():
        _limit_lock_waits()
        _commit_without_the_disk()
        state = ForecastState.objects.select_for_update(no_key=True).filter(pk=market_id).first()
        if state is None or state.is_current or state.has_failed:
            return None
        # Triggers raise the version here, which is why it is read again.
        if state.forecast_version == 0 and ensure_default_scenarios(market_id):
            state.refresh_from_db()
        if trigger == SWEEP and state.asked_trigger:
            # The sweep came before the message, or instead of it; the run is still its asker's.
            trigger, by_id = f"{state.asked_trigger}, swept up", state.asked_by_id
        claim = _Claim(
            market_id,
            state.inputs_version,
            state.forecast_version == 0,
            state.inputs_digest,
            state.attempts + 1,
            trigger,
            by_id,
            now(),
        )
        if state.attempts >= TRIES:
            # Nobody lived to say why: had a try ended in an exception, the third would have been marked as failed.
            sentence = (
                f"The recompute stopped its process {TRIES} times without an answer, perhaps for lack of memory. "
                "Undo the last edit or make the market smaller; then it is tried again."
            )
            return _record_failure(claim, sentence, for_good=True, now=now)
        ForecastState.objects.filter(pk=market_id).update(attempts=claim.tries, attempted_at=Now())
        return claim


def _compute(claim: _Claim, now: Clock) -> ForecastRun | None:
    watch = _Stopwatch()
    try:
        # The version was read before the inputs: an edit in between makes this forecast look too old, never too new.
        inputs = load_inputs(claim.market_id)
    except Market.DoesNotExist:
        return None
    digest = inputs.digest()
    watch.lap("load")
    if digest == claim.stored_digest:
        _advance(claim, digest)
        return None
    forecast = engine.compute(inputs)
    watch.lap("compute")
    with transaction.atomic():
        _commit_without_the_disk()
        changed = store_values(claim.market_id, forecast, is_first=claim.is_first)
        watch.lap("store")
        run = ForecastRun.objects.create(
            market_id=claim.market_id,
            outcome=ForecastRun.Outcome.DONE,
            trigger=claim.trigger,
            triggered_by_id=claim.by_id,
            inputs_version=claim.version,
            inputs_digest=digest,
            values_digest=forecast.digest,
            engine_version=engine.ENGINE_VERSION,
            started_at=claim.started_at,
            finished_at=now(),
            timings=watch.timings,
            values_changed=changed,
            notes=list(forecast.notes),
            not_estimated=dict(forecast.not_estimated),
            ledger=ledger_document(forecast.ledger),
        )
        forget_old_runs(claim.market_id)
        # Last, so that edits wait for the row no longer than the commit takes.
        if not _advance(claim, digest):
            transaction.set_rollback(True)
            logger.info("A forecast of market %s came too late: a newer one is stored.", claim.market_id)
            return None
    return run


def _advance(claim: _Claim, digest: str) -> bool:
    """Say that the stored forecast is that of the claimed version; False when a newer one is stored."""
    caught_up = Q(inputs_version=claim.version)
    return bool(
        ForecastState.objects.filter(pk=claim.market_id, forecast_version__lt=claim.version).update(
            forecast_version=claim.version,
            inputs_digest=digest,
            attempts=0,
            problem="",
            stale_since=Case(When(caught_up, then=None), default=Now()),
            asked_trigger=Case(When(caught_up, then=Value("")), default=F("asked_trigger")),
            asked_by=Case(When(caught_up, then=None), default=F("asked_by")),
        )
    )


def _fail_by_fault(claim: _Claim, error: Exception, now: Clock) -> ForecastRun | None:
    logger.error("Recompute of market %s failed, try %s.", claim.market_id, claim.tries, exc_info=error)
    last = claim.tries >= TRIES
    reason = (str(error).strip() or "no message").splitlines()[0].rstrip(".")
    sentence = f"The program failed while it computed the forecast ({type(error).__name__}: {reason}). "
    sentence += (
        f"It was tried {TRIES} times. Undo the last edit, or ask the operator to look at the worker's log."
        if last
        else f"That was try {claim.tries} of {TRIES}; the next one follows by itself."
    )
    return _fail(claim, sentence, for_good=last, now=now)


def _fail(claim: _Claim, sentence: str, *, for_good: bool, now: Clock) -> ForecastRun | None:
    try:
        with transaction.atomic():
            return _record_failure(claim, sentence, for_good=for_good, now=now)
    except DatabaseError:
        # A market that was deleted meanwhile has no record to keep.
        if not Market.objects.filter(pk=claim.market_id).exists():
            return None
        raise


def _record_failure(claim: _Claim, sentence: str, *, for_good: bool, now: Clock) -> ForecastRun | None:
    """Store the failure, unless an edit has come since: then these inputs no longer matter."""
    said: Mapping[str, object] = {"problem": sentence, **({"failed_version": claim.version} if for_good else {})}
    if not ForecastState.objects.filter(pk=claim.market_id, inputs_version=claim.version).update(**said):
        return None
    run = ForecastRun.objects.create(
        market_id=claim.market_id,
        outcome=ForecastRun.Outcome.FAILED,
        trigger=claim.trigger,
        triggered_by_id=claim.by_id,
        inputs_version=claim.version,
        engine_version=engine.ENGINE_VERSION,
        started_at=claim.started_at,
        finished_at=now(),
        problem=sentence,
    )
    forget_old_runs(claim.market_id)
    return run


def _uncount(claim: _Claim) -> None:
    """Take a try back that the database, not the market, ended. At worst it stays counted."""
    if connection.in_atomic_block:
        return
    connection.close()
    try:
        ForecastState.objects.filter(pk=claim.market_id, inputs_version=claim.version, attempts__gt=0).update(
            attempts=F("attempts") - 1
        )
    except DatabaseError:
        logger.warning("The database is away; a try of market %s stays counted.", claim.market_id)


def is_lock_timeout(error: Exception) -> bool:
    """Whether the statement gave up waiting for a row that somebody else is writing (SQLSTATE 55P03)."""
    return getattr(error.__cause__, "sqlstate", None) == "55P03"


def _limit_lock_waits() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1s'")


def _commit_without_the_disk() -> None:
    """Don't wait for the disk at this transaction's commit: a crash of the database may undo it, and nothing is lost.

    All of a recompute follows from its inputs, and what says that it was done is undone with it, so the sweep does it
    again. Whatever is committed by others with care, an edition, brings what came before it to the disk.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
