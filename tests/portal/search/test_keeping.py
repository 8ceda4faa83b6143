"""What this process keeps of ten thousand reports: only what changed is read again, and it is the same as all of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.access.models import User
from portal.pages.companies import _players_now
from portal.search import finding, indexing
from portal.search.catalogue import _made
from portal.search.finding import find, kinds_of, suggest
from portal.search.names import Names, _read, part_of
from reports.models import Edition, Industry, Report
from reports.models.editions import Withdrawal
from tests.documents import sample_document, small_document
from tests.editions import NOW

pytestmark = pytest.mark.django_db
NAMES = ("Car Sunroof Market", "Heat Pump Market", "Webasto Group", "Asia Pacific", "Glass & Fabric", "Élan", "Pump")


@pytest.mark.parametrize("typed", ["sunrof", "heat pmup", "webasto grup", "pump", "Glass fabric", "élan", "x", "&", ""])
def test_names_alike_are_those_that_postgresql_finds_alike(typed: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM unnest(%s::text[]) name WHERE name %%> %s", [list(NAMES), typed])
        alike = {row[0] for row in cursor.fetchall()}
    near = Names(0, frozenset(NAMES), (part_of(NAMES[:3]), part_of(NAMES[3:]))).near(typed)
    assert alike <= set(near)
    assert len(near) == len(set(near))


@pytest.mark.parametrize(("typed", "first"), [("pu", "Pump"), ("pac", "Asia Pacific"), ("nroo", "Car Sunroof Market")])
def test_names_are_found_by_how_they_or_their_words_begin_or_by_what_they_hold(typed: str, first: str) -> None:
    assert next(part_of(NAMES).holding(typed)) == first


def test_of_many_names_a_bounded_number_is_looked_at_and_the_best_are_among_them() -> None:
    many = [f"Valve number {number}" for number in range(3000)]
    near = Names(0, frozenset(many), (part_of(many),)).near("vavle number 2718")
    assert near[0] == "Valve number 2718"
    assert len(near) < 200


def test_new_names_are_added_to_those_known(sunroofs: Edition, publish: Callable[..., Edition]) -> None:
    indexing.catch_up()
    before = _read(None)
    publish(small_document("quartz", "Quartz Oscillator Market"))
    indexing.catch_up()
    after = _read(before)
    assert "Quartz Oscillator Market" in after.near("quarz oscilator")
    assert after.known == _read(None).known
    assert after.parts[0] is before.parts[0]


def test_the_catalogue_reads_new_editions_alone_and_equals_one_made_anew(
    sunroofs: Edition, heat_pumps: Edition, publish: Callable[..., Edition], editor: User
) -> None:
    before = _made(None)
    assert _made(before) is before
    newer = publish(replace(sample_document(), summary="Another."))
    pumps = Report.objects.get(pk=heat_pumps.report_id)
    pumps.industry = Industry.objects.create(name="Moved", slug="moved")
    pumps.save()
    after = _made(before)
    assert {row.edition_id for row in after.rows} == {newer.pk, heat_pumps.pk}
    assert after.values["industry"].labels["moved"] == "Moved"
    Withdrawal.objects.create(edition=newer, reason="Wrong.", withdrawn_at=NOW, withdrawn_by=editor)
    after, anew = _made(after), _made(None)
    assert after.rows == anew.rows
    assert {row.edition_id for row in after.rows} == {sunroofs.pk, heat_pumps.pk}
    for name, values in anew.values.items():
        assert values.labels == after.values[name].labels
        assert np.array_equal(values.has, after.values[name].has)


def test_players_follow_editions_and_withdrawals(
    sunroofs: Edition, publish: Callable[..., Edition], editor: User
) -> None:
    before = _players_now(None)
    document = sample_document()
    fewer = replace(document, players=document.players[1:])
    newer = publish(replace(fewer, players=(replace(fewer.players[0], company="Renamed plc"), *fewer.players[1:])))
    with CaptureQueriesContext(connection) as done:
        after = _players_now(before)
    assert len(done) <= 4
    assert after.rows == _players_now(None).rows
    assert after.rows != before.rows
    Withdrawal.objects.create(edition=newer, reason="Wrong.", withdrawn_at=NOW, withdrawn_by=editor)
    assert _players_now(after).rows == before.rows


@pytest.mark.parametrize("words", ["glass", "heat", '"heat pump"', "glass -sunroof"])
def test_words_are_found_whether_the_sample_has_enough_of_them_or_not(
    words: str, sunroofs: Edition, heat_pumps: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexing.catch_up()
    reader = User(is_active=False)
    everything = {(one.address, one.title) for one in find(words, reader, at=NOW, most=100)[0]}
    assert everything
    monkeypatch.setattr(finding, "LOOKED_AT", 1)
    found = {(one.address, one.title) for one in find(words, reader, at=NOW)[0]}
    assert found
    assert found <= everything | {(one.address, one.title) for one in suggest(words, reader, at=NOW)}
    counts, capped = kinds_of(words, reader, at=NOW)
    assert (sum(counts.values()), capped) == (1, True)


def test_a_question_leaves_the_connection_as_it_was(sunroofs: Edition) -> None:
    find("glass", User(is_active=False), at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)
