"""What editors decide about a manuscript: which claim holds, which names are one company, which lines are done."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from companies.models import Company, CompanyAlias
from reports.merging import merge_companies
from reports.models import AliasSuggestion, HeadlineClaim, UnplacedLine


def decide_claim(claim: HeadlineClaim, decision: str, *, by: AbstractUser, reason: str, now: datetime) -> None:
    """Record that a headline claim is accepted or rejected, by whom and why. Raises ValueError without a reason.

    The market's own numbers are not touched: they are entered as observations and pins, and the checker compares.
    """
    if decision not in (HeadlineClaim.Decision.ACCEPTED, HeadlineClaim.Decision.REJECTED):
        raise ValueError("Accept the claim or reject it.")
    if not reason.strip():
        raise ValueError("Say why, so that whoever reads the report's record understands the decision.")
    claim.decision, claim.reason = decision, reason.strip()
    claim.decided_by, claim.decided_at = by, now  # type: ignore[assignment]
    claim.save()


def decide_alias(suggestion: AliasSuggestion, decision: str) -> str:
    """Merge the suggested name into the company, or record that they are two. Returns a sentence on what was done."""
    with transaction.atomic():
        if decision == AliasSuggestion.Decision.DISTINCT:
            suggestion.decision = decision
            suggestion.save()
            return f"{suggestion.name} and {suggestion.company} stay two companies."
        if decision != AliasSuggestion.Decision.MERGED:
            raise ValueError("Say whether they are one company or two.")
        company = suggestion.company
        other = Company.objects.named(suggestion.name).exclude(pk=company.pk).first()
        suggestion.decision = decision
        suggestion.save()
        if other is None:
            CompanyAlias.objects.create(company=company, name=suggestion.name)
            return f"{suggestion.name} is now an alias of {company}."
        merge_companies(other, into=company)
        return f"{suggestion.name} was merged into {company}."


def place_line(line: UnplacedLine) -> None:
    """Mark a line the importer could not place as dealt with."""
    line.handled = True
    line.save(update_fields=["handled"])
