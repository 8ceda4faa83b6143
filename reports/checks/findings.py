"""Findings and waivers as rows: checking a report, what is open, waiving."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from reports.checks import rules as _rules  # noqa: F401 - importing them registers them
from reports.checks.draft import Draft
from reports.checks.fixes import offer_for
from reports.checks.loading import load_draft
from reports.checks.places import link_to
from reports.checks.registry import Found, run
from reports.models import Finding, Report, Waiver


def check(report: Report, *, now: datetime) -> list[Finding]:
    """Run every rule on the report's draft and replace its findings, in one transaction; errors come first.

    A finding that was there before keeps its row, so links to it stay good. `now` decides what is in the future and
    what is out of date. A check running at the same time waits: the report's row is the lock.
    """
    with transaction.atomic():
        Report.objects.select_for_update(no_key=True).only("pk").get(pk=report.pk)
        draft = load_draft(report.pk, today=now.date())
        found = run(draft)
        report_link = link_to(report)
        before = {finding.fingerprint: finding for finding in Finding.objects.filter(report_id=report.pk)}
        findings = [
            Finding(
                pk=before[one.fingerprint].pk if one.fingerprint in before else None,
                report_id=report.pk,
                code=one.code,
                severity=one.severity,
                place=one.place,
                sentence=one.sentence,
                suggestion=one.suggestion,
                fingerprint=one.fingerprint,
                link=(one.link or report_link)[:300],
                fix=_offered(draft, one),
            )
            for one in found
        ]
        gone = before.keys() - {finding.fingerprint for finding in findings}
        if gone:
            Finding.objects.filter(report_id=report.pk, fingerprint__in=gone).delete()
        Finding.objects.bulk_create([finding for finding in findings if finding.fingerprint not in before])
        words = ("code", "severity", "place", "sentence", "suggestion", "link", "fix")
        changed = [
            finding
            for finding in findings
            if finding.fingerprint in before
            and any(getattr(finding, word) != getattr(before[finding.fingerprint], word) for word in words)
        ]
        Finding.objects.bulk_update(changed, words)
    return findings


def _offered(draft: Draft, found: Found) -> str:
    """The words on the button of a finding's fix; a label too long for a button is left to the editor."""
    offer = offer_for(draft, found)
    return offer.label if offer and len(offer.label) <= 400 else ""


def open_findings(report: Report) -> QuerySet[Finding]:
    """The report's findings that no waiver covers, as the last check left them."""
    waived = Waiver.objects.filter(report_id=OuterRef("report_id"), fingerprint=OuterRef("fingerprint"))
    return Finding.objects.filter(~Exists(waived), report_id=report.pk)


def open_errors(report: Report) -> QuerySet[Finding]:
    """Errors that no waiver covers: publishing refuses while there is one."""
    return open_findings(report).filter(severity=Finding.Severity.ERROR)


def waive(finding: Finding, *, by: AbstractUser, reason: str, now: datetime) -> Waiver:
    """Let a finding stand, with a reason. The waiver holds for exactly these facts and lapses when they change.

    Waiving again replaces the reason. Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("Say why the finding may stand; readers of the history will ask.")
    waiver, _ = Waiver.objects.update_or_create(
        report_id=finding.report_id,
        fingerprint=finding.fingerprint,
        defaults={
            "code": finding.code,
            "sentence": finding.sentence,
            "reason": reason.strip(),
            "waived_by_id": by.pk,
            "waived_at": now,
        },
    )
    return waiver
