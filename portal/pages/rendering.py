"""The body of a report's page: rendered once for each edition, tier and scenario, then read as it was.

What is kept is what one tier may read and nothing else: the key of a row is the tier it was redacted for. A reader's
own name, links and the bar of an older edition are in the shell around it, which is made for each request.
"""

import hashlib
import logging
from functools import cache

from django.conf import settings
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from portal.pages.changes import edition_changes, previous
from portal.pages.charts.world import BOUNDARIES
from portal.pages.figure_page import Asking
from portal.pages.machines import absolute, linked_data, picture_address
from portal.pages.models import RenderedPage
from portal.pages.report_page import report_page
from reports.document import Tier
from reports.gating import readable
from reports.models import Edition
from reports.record import record_at

logger = logging.getLogger(__name__)


def rendered(edition: Edition, tier: Tier, scenario: str) -> RenderedPage:
    """The page of an edition as `tier` reads it. Kept after the first time; a version of its own for each release.

    Raises KeyError for a scenario that this tier does not have. A database that refuses to write does not keep anyone
    from reading. One query when the page is kept.
    """
    version = "" if settings.DEBUG else templates_version()
    if version:
        # Staff read what a licence opens, so they share its pages.
        tier = min(tier, Tier.LICENSED)
        kept = RenderedPage.objects.filter(edition=edition, tier=tier, scenario=scenario, version=version).first()
        if kept is not None:
            return kept
    page = _render(edition, tier, scenario, version)
    if version:
        _keep(page)
    return page


def render_body(edition: Edition, tier: Tier, scenario: str) -> RenderedPage:
    """The page as `rendered` would make it, made anew and kept nowhere: also of an edition that is not stored.

    Raises KeyError for a scenario that this tier does not have.
    """
    return _render(edition, tier, scenario, "")


def _render(edition: Edition, tier: Tier, scenario: str, version: str) -> RenderedPage:
    document = readable(edition.contents, tier)
    before = previous(edition)
    changes = edition_changes(edition, before, tier) if before else None
    record = record_at(edition, tier) if before and edition.pk else None
    asking = Asking(edition.report.slug, edition.number if edition.pk else None)
    context = {
        "document": document,
        "page": report_page(document, scenario, asking, changes, record),
        "edition": edition,
        "is_public": tier == Tier.PUBLIC,
        "is_full": tier >= Tier.LICENSED,
        "unit_words": document.headline.unit.removeprefix(document.headline.currency).strip(),
        "back": edition.report.get_absolute_url(),
        "canonical": absolute(edition.report.get_absolute_url()),
        "linked": linked_data(edition.contents, edition) if tier == Tier.PUBLIC else "",
        "picture": picture_address(edition),
    }
    return RenderedPage(
        edition=edition,
        tier=tier,
        scenario=scenario,
        version=version,
        head=render_to_string("pages/report_head.html", context),
        body=render_to_string("pages/report_body.html", context),
    )


def _keep(page: RenderedPage) -> None:
    try:
        with transaction.atomic():
            # Two readers may be first at once; the pages they made are the same.
            RenderedPage.objects.bulk_create([page], ignore_conflicts=True)
            RenderedPage.objects.filter(edition=page.edition).exclude(version=page.version).delete()
    except DatabaseError:
        logger.warning("The page of %s was rendered but could not be kept.", page, exc_info=True)


def safe_parts(page: RenderedPage) -> dict[str, str]:
    """Head and body for the shell: both came from our own templates, which escape."""
    return {"head": mark_safe(page.head), "body": mark_safe(page.body)}


@cache
def templates_version() -> str:
    """A name for all that a page is made from besides its edition: templates, this room's code, figures, gating."""
    base = settings.BASE_DIR
    files = [*(base / "templates").rglob("*.html"), *(base / "portal" / "pages").rglob("*.py")]
    files += [base / "reports" / name for name in ("figures.py", "gating.py", "document.py", "record.py")]
    files += [base / "portal" / "exports" / "citing.py", base / "reports" / "impact.py", base / BOUNDARIES]
    made = hashlib.sha256(settings.PUBLIC_URL.encode())  # citations hold the portal's address
    for file in sorted(files):
        made.update(str(file.relative_to(base)).encode() + b"\0" + file.read_bytes())
    return made.hexdigest()[:16]
