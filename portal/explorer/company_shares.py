"""A company's share of several markets: licensed facts of the players, read as far as each report is open."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q

from portal.explorer.asking import Question
from portal.explorer.lines import Line, Point, Row
from portal.explorer.reading import Node, Opened, holds
from reports.figures import percent
from reports.models import EditionCompany


def players_of(opened: Sequence[Opened]) -> dict[str, str]:
    """Slug -> name of the players of these reports, by name; both are public. One query."""
    wanted = Q(pk__in=[])
    for one in opened:
        wanted |= holds(one.edition)
    rows = EditionCompany.objects.filter(wanted, is_player=True).order_by("name").values_list("slug", "name")
    return dict(rows)


def share_lines(question: Question, opened: Sequence[Opened]) -> list[Line]:
    """The company's share in each of these reports that names it as a player. One query."""
    wanted = Q(pk__in=[])
    for one in opened:
        wanted |= holds(one.edition)
    rows = {
        row.report_id: row
        for row in EditionCompany.objects.filter(wanted, slug=question.company, is_player=True).defer("profile")
    }
    made = []
    for one in opened:
        row = rows.get(one.edition.report_id)
        if row is None:
            continue
        share: Decimal | None = row.share if one.is_full else None
        known = share is not None and row.share_year is not None
        node = Node(f"company/{row.slug}", row.name, "", "company", 1, "", "", True, "")
        points = (
            (Point(row.share_year or 0, share, percent(share), False, False),) if known and share is not None else ()
        )
        made.append(
            Line(
                row=Row(one, node),
                name=one.market,
                unit="% of the market",
                decimals=1,
                points=points,
                growth="",
                why_not="" if known or not one.is_full else "No share of this company is known.",
                locked=not one.is_full,
                illustrative=one.headline.illustrative,
                sources=(row.share_source,) if known and row.share_source else (),
            )
        )
    return made
