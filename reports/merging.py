"""Merging what reports refer to: two records of one company, two tellings of one development."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from companies.merging import Fact, merge
from companies.models import Company, Development, DifferentDevelopments
from reports.models import AliasSuggestion, Player, Report


@dataclass(frozen=True, slots=True)
class PlayerMove:
    """What becomes of the duplicate's part in one report: it moves, or joins the other's. A share may conflict."""

    report: Report
    joins: bool
    share: Fact


def plan_players(duplicate: Company, into: Company) -> list[PlayerMove]:
    """What merging would do to players of reports. Changes nothing."""
    kept = {player.report_id: player for player in Player.objects.filter(company=into)}
    return [
        PlayerMove(
            report=player.report,
            joins=player.report_id in kept,
            share=Fact(
                f"share-{player.report_id}",
                f"market share in {player.report}",
                _share(kept.get(player.report_id)),
                _share(player),
            ),
        )
        for player in Player.objects.filter(company=duplicate).select_related("report").order_by("report__title")
    ]


def merge_companies(duplicate: Company, *, into: Company, theirs: Collection[str] = ()) -> None:
    """Merge two companies with their parts in reports. `theirs` names the facts in which the duplicate's holds.

    Drafts that name either are checked again. Published editions stay as they are.
    """
    if duplicate.pk == into.pk:
        return
    with transaction.atomic():
        # Both rows in one order, so that two merges at once can't deadlock.
        list(Company.objects.select_for_update().filter(pk__in=[duplicate.pk, into.pk]).order_by("pk"))
        concerned = set(Player.objects.filter(company__in=[duplicate, into]).values_list("report", flat=True))
        concerned |= set(Report.objects.filter(developments__companies=duplicate).values_list("pk", flat=True))
        _join_players(duplicate, into, theirs)
        AliasSuggestion.objects.filter(company=duplicate).update(company=into)
        merge(duplicate, into=into, theirs=theirs)
        Report.objects.filter(pk__in=concerned).update(updated_at=timezone.now())


def join_developments(duplicate: Development, *, into: Development) -> None:
    """Keep one telling of a development, with the companies and reports of both."""
    if duplicate.pk == into.pk:
        return
    with transaction.atomic():
        into.companies.add(*duplicate.companies.all())
        concerned = list(Report.objects.filter(developments=duplicate))
        for report in concerned:
            report.developments.add(into)
        if not into.source:
            into.source, into.source_url = duplicate.source, into.source_url or duplicate.source_url
            into.save()
        duplicate.delete()
        Report.objects.filter(pk__in=[report.pk for report in concerned]).update(updated_at=timezone.now())


def keep_apart(one: Development, other: Development) -> None:
    """Note that two developments are two, so that nobody is asked again."""
    first, second = sorted((one, other), key=lambda development: int(development.pk))
    DifferentDevelopments.objects.get_or_create(one=first, other=second)


def _join_players(duplicate: Company, into: Company, theirs: Collection[str]) -> None:
    """A report that names both companies keeps one player, with what was said of either."""
    for player in Player.objects.filter(company=duplicate):
        kept = Player.objects.filter(report=player.report, company=into).first()
        if kept is None:
            player.company = into
            player.save()
            continue
        kept.is_key |= player.is_key
        kept.is_major |= player.is_major
        if player.share is not None and (kept.share is None or f"share-{player.report_id}" in theirs):
            kept.share, kept.share_year, kept.share_source = player.share, player.share_year, player.share_source
        player.delete()
        kept.save()


def _share(player: Player | None) -> str:
    if player is None or player.share is None:
        return ""
    return f"{player.share.normalize():f} % in {player.share_year}; source: {player.share_source}"
