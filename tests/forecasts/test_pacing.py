"""When a stale market is due."""

import itertools
from datetime import UTC, datetime, timedelta

from forecasts.pacing import Staleness

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def wait(now: float, *, since: float, changed: float, runs: tuple[float, ...] = ()) -> float:
    known = Staleness(1, at(now), at(since), at(changed), last_runs=[at(run) for run in sorted(runs, reverse=True)])
    return known.seconds_until_due()


def runs_of(edits: list[float], took: float = 0.05) -> list[float]:
    """Play a run of edits: when each recompute began, if somebody looked every 10 ms."""
    began: list[float] = []
    ended: list[float] = []
    now, seen, since = 0.0, 0, None
    while now < edits[-1] + 20:
        arrived = sum(1 for edit in edits if edit <= now)
        if since is None and arrived > seen:
            since = edits[seen]
        if since is not None and wait(now, since=since, changed=edits[arrived - 1], runs=tuple(ended[-8:])) <= 0:
            began.append(now)
            seen, since = arrived, None
            now += took
            ended.append(now)
            if sum(1 for edit in edits if edit <= now) > seen:
                since = now
        now = round(now + 0.01, 3)
    return began


def test_a_lone_edit_is_due_at_once() -> None:
    assert wait(10, since=10, changed=10) <= 0
    assert wait(10, since=10, changed=10, runs=(9.4,)) <= 0


def test_an_edit_right_after_a_run_waits_a_moment_for_a_next_one() -> None:
    assert 0 < wait(10, since=10, changed=10, runs=(9.9,)) < 0.15
    assert wait(10.13, since=10, changed=10, runs=(9.9,)) <= 0


def test_one_save_that_changes_many_rows_is_one_edit() -> None:
    assert wait(10.2, since=10, changed=10.04, runs=(9.9,)) <= 0


def test_a_burst_of_a_hundred_edits_takes_five_runs_at_most_however_fast_it_comes() -> None:
    for seconds in (0.3, 1, 2, 3, 5, 8):
        edits = [number * seconds / 100 for number in range(100)]
        began = runs_of(edits)
        assert len(began) <= 5, f"{len(began)} runs of 100 edits in {seconds} s"
        assert edits[-1] < began[-1] < edits[-1] + 1


def test_a_stutter_in_a_burst_costs_no_run() -> None:
    edits = [number * 0.03 for number in range(50)] + [1.8 + number * 0.03 for number in range(50)]
    assert len(runs_of(edits)) <= 4


def test_an_editor_who_saves_every_second_never_waits() -> None:
    edits = [float(number) for number in range(1, 20)]
    assert runs_of(edits) == edits


def test_edits_that_never_pause_are_computed_all_the_same() -> None:
    edits = [number * 0.05 for number in range(1200)]
    began = runs_of(edits)
    gaps = [later - earlier for earlier, later in itertools.pairwise(began)]
    assert max(gaps) < 8.5


def test_costly_runs_are_repeated_less_often() -> None:
    known = Staleness(1, at(10), at(10), at(10), last_runs=[at(9.9)], last_took=0.3)
    assert known.seconds_until_due() == 0.3


def test_a_failed_try_is_followed_by_longer_and_longer_pauses() -> None:
    def after(tries: int) -> float:
        return Staleness(1, at(0), at(-9), at(-9), tries=tries, tried_at=at(0)).seconds_until_due()

    assert [after(1), after(2)] == [1.0, 2.0]
