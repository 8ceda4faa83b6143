"""The history of a draft: who changed which value when; taking changes back; an edition as the draft again."""

from collections.abc import Iterator
from decimal import Decimal

import pghistory
import pytest
from django.db import connection
from django.utils import timezone

from forecasts.models import Dimension, ForecastValue, Observation, Pin, Segment
from forecasts.recompute import recompute
from portal.access.models import User
from portal.access.roles import ensure_roles
from reports.compiling import compile_document
from reports.forgetting import forget
from reports.history import Save, events, saves
from reports.models import MarketForce, Player, Report, Section, Takeaway
from reports.publishing import publish
from reports.undoing import CannotUndo, restore, undo_change, undo_save
from tests.factories import CompanyFactory, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    user: User = UserFactory.create(is_staff=True, email="anna@example.org")
    user.groups.set([ensure_roles()["Editor"], ensure_roles()["Publisher"]])
    return user


@pytest.fixture
def report() -> Report:
    return sunroof_draft()


@pytest.fixture
def at_work(anna: User, report: Report) -> Iterator[None]:
    """As in a request of Anna's; what made the draft is not hers."""
    with pghistory.context(user=anna.pk, url="/admin/forecasts/market/1/data/"):
        yield


def latest(report: Report) -> Save:
    return saves(events(report))[0]


def test_the_history_says_who_changed_which_value_when_and_where(report: Report, anna: User, at_work: None) -> None:
    before = timezone.now()
    Observation.objects.filter(segment__name="Glass Material").update(value=Decimal("1750"))
    save = latest(report)
    assert (save.who, save.where, save.summary) == (str(anna), "in the data grid", "1 observation changed")
    assert save.at >= before
    (change,) = save.changes
    assert change.what == "material/glass-material 2024: 1750"
    assert [(one.label, one.old, one.new) for one in change.fields] == [("value", "1,700", "1,750")]


def test_a_changed_text_is_shown_word_by_word(report: Report, at_work: None) -> None:
    Takeaway.objects.filter(report=report).update(body="<p>Glass still leads.</p>")
    (one,) = latest(report).changes[0].fields
    assert [(piece.how, piece.text.strip()) for piece in one.words] == [
        ("kept", "Glass"),
        ("gone", "leads with [[share material/glass-material 2031]]."),
        ("new", "still leads."),
    ]


def test_a_bulk_update_and_sql_by_hand_are_kept_too_and_computed_values_are_not(report: Report) -> None:
    recompute(report.market_id, trigger="test")
    seen = {one.label for one in events(report)}
    assert "forecasts.Observation" in seen
    assert ForecastValue.objects.exists()
    assert not any("Forecast" in label for label in seen)
    Section.objects.filter(report=report).update(heading="How large")
    assert events(report)[0].changed == ["heading"]


def test_a_save_that_changes_nothing_leaves_no_trace(report: Report) -> None:
    count = len(events(report))
    report.save()
    Section.objects.get(report=report).save()
    assert len(events(report)) == count


def test_undoing_a_save_takes_back_what_it_added_changed_and_removed(report: Report, anna: User) -> None:
    recompute(report.market_id, trigger="test")
    digest = compile_document(report).digest()
    inalfa = CompanyFactory.create(name="Inalfa")
    with pghistory.context(user=anna.pk, url="/admin/"):
        Section.objects.filter(report=report).update(heading="How large")
        Player.objects.get(report=report).delete()
        Player.objects.create(report=report, company=inalfa)
        MarketForce.objects.filter(report=report).delete()
    save = latest(report)
    assert save.id is not None
    assert undo_save(report, save.id, by=anna, now=timezone.now()) == 4
    assert compile_document(Report.objects.get(pk=report.pk)).digest() == digest
    assert Player.objects.get(report=report).company.name == "Webasto Group"


def test_one_change_of_a_save_can_be_taken_back_alone_and_the_undoing_too(report: Report, anna: User) -> None:
    with pghistory.context(user=anna.pk, url="/admin/"):
        Observation.objects.filter(segment=None).update(value=Decimal("2280"))
        Section.objects.filter(report=report).update(heading="How large")
    numbers = next(one for one in latest(report).changes if one.kind == "observation")
    with pghistory.context(user=anna.pk, url="/admin/reports/report/1/history/"):
        undo_change(report, numbers.key, by=anna, now=timezone.now())
    assert Observation.objects.get(segment=None).value == Decimal("2274.97")
    assert Section.objects.get(report=report).heading == "How large"
    undoing = latest(report)
    assert undoing.where == "by undoing"
    assert undoing.id is not None
    undo_save(report, undoing.id, by=anna, now=timezone.now())
    assert Observation.objects.get(segment=None).value == Decimal("2280")


def test_what_was_changed_again_since_is_not_overwritten_by_an_undo(report: Report, anna: User) -> None:
    Section.objects.filter(report=report).update(heading="How large")
    first = latest(report).changes[0]
    Section.objects.filter(report=report).update(heading="How very large")
    with pytest.raises(CannotUndo, match="“How large” was changed again since"):
        undo_change(report, first.key, by=anna, now=timezone.now())
    assert Section.objects.get(report=report).heading == "How very large"


def test_an_undo_that_would_break_a_rule_changes_nothing_and_says_so(report: Report, anna: User) -> None:
    Pin.objects.filter(market=report.market).delete()
    gone = latest(report).changes[0]
    Pin.objects.create(market=report.market, year=2031, value=Decimal("3800"), reason="Another")
    with pytest.raises(CannotUndo, match="nothing was undone"):
        undo_change(report, gone.key, by=anna, now=timezone.now())
    assert Pin.objects.get().value == Decimal("3800")


def test_a_reader_of_the_desk_can_take_nothing_back(report: Report) -> None:
    from django.core.exceptions import PermissionDenied

    reviewer = UserFactory.create(is_staff=True)
    reviewer.groups.set([ensure_roles()["Reviewer"]])
    Section.objects.filter(report=report).update(heading="How large")
    with pytest.raises(PermissionDenied):
        undo_change(report, latest(report).changes[0].key, by=reviewer, now=timezone.now())


def test_an_edition_restored_as_the_draft_says_exactly_what_the_edition_says(report: Report, anna: User) -> None:
    recompute(report.market_id, trigger="test")
    edition = publish(report, by=anna, now=timezone.now())
    geography = Dimension.objects.get(code="geography")
    Observation.objects.filter(segment=None).update(value=Decimal("2300"))
    Observation.objects.filter(segment__name="Fabric Material").delete()
    Segment.objects.create(dimension=geography, name="Asia")
    Segment.objects.filter(name="Germany").delete()
    Section.objects.filter(report=report).delete()
    Section.objects.create(report=report, kind="overview", heading="Another", body="<p>Other words.</p>")
    report.summary = "Another summary."
    report.save()
    recompute(report.market_id, trigger="test")
    assert compile_document(Report.objects.get(pk=report.pk)).digest() != edition.digest

    assert restore(edition, by=anna, now=timezone.now()) > 5
    recompute(report.market_id, trigger="test")
    assert compile_document(Report.objects.get(pk=report.pk)).digest() == edition.digest
    assert restore(edition, by=anna, now=timezone.now()) == 0


def test_what_is_older_than_it_is_kept_goes_and_newer_changes_stay_readable(report: Report, anna: User) -> None:
    Section.objects.filter(report=report).update(heading="How large")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_sectionevent SET pgh_created_at = now() - interval '800 days'")
    Section.objects.filter(report=report).update(heading="How very large")
    assert forget(timezone.now()) == 2
    (change,) = (one for save in saves(events(report)) for one in save.changes if one.kind == "section")
    assert [(one.old, one.new) for one in change.fields] == [("How large", "How very large")]
    undo_change(report, change.key, by=anna, now=timezone.now())
    assert Section.objects.get(report=report).heading == "How large"


def test_an_edition_older_than_the_history_is_not_restored_by_guessing(report: Report, anna: User) -> None:
    from datetime import timedelta

    recompute(report.market_id, trigger="test")
    edition = publish(report, by=anna, now=timezone.now() - timedelta(days=800))
    with pytest.raises(CannotUndo, match="this edition is older"):
        restore(edition, by=anna, now=timezone.now())
