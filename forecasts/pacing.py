"""When a stale market is due: at once for a lone edit, after a quiet moment in a burst, later after a failed try.

Decided from what the database knows, by whoever looks: a message that comes too early goes away and wakes the sweeper,
which comes back on time. No broker timers, which pgmq may run several times and a crash may lose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

CHANNEL = "forecasts_stale"

LONE = 0.5  # s without a run before an edit for it to be computed at once
ONE_SAVE = 0.05  # s within which changes count as one edit
QUIET_AFTER_EDIT = 0.12  # s, or as long as the last run took
LONGEST_QUIET_AFTER_EDIT = 1.0  # s
QUIET_IN_BURST = 0.6  # s
LONGEST_WAIT = 2.0  # s in a burst without a pause, doubled by each run in it
LONGEST_WAIT_EVER = 8.0  # s
BURST_MEMORY = 15.0  # s for which a run counts as part of the burst
AFTER_FAILED_TRY = 1.0  # s, times the number of tries


@dataclass(frozen=True, slots=True)
class Staleness:
    """What is known of one stale market, all by the database's clock."""

    market_id: int
    now: datetime
    stale_since: datetime
    changed_at: datetime
    tries: int = 0
    tried_at: datetime | None = None
    last_runs: Sequence[datetime] = ()  # when recent runs finished, latest first
    last_took: float = 0.0  # s, the latest of them

    def seconds_until_due(self) -> float:
        """How long to wait from `now`; zero or less means due."""
        if self.tries and self.tried_at:
            return AFTER_FAILED_TRY * self.tries - _seconds(self.tried_at, self.now)
        before = [_seconds(run, self.stale_since) for run in self.last_runs]
        if not before or before[0] > LONE:
            return 0.0
        if _seconds(self.stale_since, self.changed_at) < ONE_SAVE:
            # Costly runs, of a large market or on a busy machine, leave the machine at least half of its time.
            quiet = min(max(QUIET_AFTER_EDIT, self.last_took), LONGEST_QUIET_AFTER_EDIT)
            return quiet - _seconds(self.changed_at, self.now)
        in_burst = sum(1 for seconds in before if seconds < BURST_MEMORY)
        longest = min(LONGEST_WAIT * 2.0 ** (in_burst - 1), LONGEST_WAIT_EVER)
        return min(QUIET_IN_BURST - _seconds(self.changed_at, self.now), longest - _seconds(self.stale_since, self.now))


def _seconds(earlier: datetime, later: datetime) -> float:
    return float((later - earlier).total_seconds())


_QUESTION = """
SELECT state.market_id, clock_timestamp(), coalesce(state.stale_since, state.changed_at, clock_timestamp()),
       coalesce(state.changed_at, clock_timestamp()), state.attempts, state.attempted_at,
       ARRAY(SELECT run.finished_at FROM forecasts_forecastrun AS run
             WHERE run.market_id = state.market_id AND run.outcome = 'done' ORDER BY run.id DESC LIMIT 8),
       coalesce((SELECT extract(epoch FROM run.finished_at - run.started_at)::float FROM forecasts_forecastrun AS run
                 WHERE run.market_id = state.market_id AND run.outcome = 'done' ORDER BY run.id DESC LIMIT 1), 0)
FROM forecasts_forecaststate AS state
WHERE state.forecast_version <> state.inputs_version AND state.failed_version <> state.inputs_version
"""


def staleness(market_id: int) -> Staleness | None:
    """What is known of one market; None when it is current, given up or gone."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_QUESTION} AND state.market_id = %s", [market_id])
        row = cursor.fetchone()
    return None if row is None else Staleness(*row)


def stale_markets(limit: int) -> list[Staleness]:
    """The markets that wait for a recompute: those never tried first, so that a deadly one holds up no other."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_QUESTION} ORDER BY state.attempts, state.stale_since, state.market_id LIMIT %s", [limit])
        return [Staleness(*row) for row in cursor.fetchall()]


def wake_sweeper() -> None:
    """Have the sweepers look now rather than at their next round. Takes effect when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
