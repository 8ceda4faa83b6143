"""What one request reads: for whom, at what moment, from which editions. Every endpoint begins here.

The rows of a projection are joined to the editions asked for, so that no endpoint can answer from a draft, from an
edition nobody asked for, or above the reader's tier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, Expression, F, IntegerField, Model, Q, QuerySet, TextField, Value, When
from django.http import Http404

from portal.access import entitlement
from portal.access.entitlement import Reader
from portal.api.errors import BadQuestion, Gone
from reports.document import Tier
from reports.models import Edition, EditionValue, Report

WORDS = {Tier.PUBLIC: "public", Tier.REGISTERED: "registered", Tier.LICENSED: "licensed", Tier.STAFF: "staff"}
MOST_NAMED = 50
SLUG, NUMBER = "report__slug", "report__editions__number"
"""Where a row of a projection has its report's slug and its edition's number."""
EITHER_OR = "Ask for an edition by its number or for a time with as_of, not for both."


@dataclass(frozen=True)
class Reading:
    """`named` are the editions of the reports that the request names, without their documents; None: it names none."""

    reader: Reader
    at: datetime
    number: int | None = None
    as_of: datetime | None = None
    named: tuple[Edition, ...] | None = None

    @classmethod
    def of(
        cls, reader: Reader, asked: Mapping[str, Any], *, at: datetime, pinned: Sequence[int] | None = None
    ) -> "Reading":
        """The reading that cleaned parameters ask for. One query when reports are named, else none.

        `pinned` are the ids of the editions that an earlier page of the same question was read from.

        Raises BadQuestion for a report or an edition that was never published, in the same words for a draft as for
        nothing.
        """
        slugs, number, as_of = asked.get("report"), asked.get("edition"), asked.get("as_of")
        if number and as_of:
            raise BadQuestion(edition=EITHER_OR)
        if number and (not slugs or len(slugs) != 1):
            raise BadQuestion(edition="Editions are numbered within a report: name exactly one with report=….")
        reading = cls(reader, at, number, as_of)
        if slugs is None:
            return reading
        if len(slugs) > MOST_NAMED:
            raise BadQuestion(report=f"Name at most {MOST_NAMED} reports, or none to read all.")
        editions = Edition.objects.filter(report__slug__in=slugs).defer("document").order_by("report__slug")
        editions = editions.select_related("report", "withdrawal")
        if pinned is not None:
            found = editions.filter(pk__in=pinned)
        elif number or as_of:
            found = editions.filter(reading.chosen("pk"))
        else:
            # `current()` in another form, which Django compiles in half the time.
            found = editions.standing().order_by("report__slug", "-number").distinct("report__slug")
        named = tuple(found)
        missing = [slug for slug in slugs if slug not in {edition.report.slug for edition in named}]
        if missing:
            what = f"edition {number} of it" if number else "edition of it at that time" if as_of else "current edition"
            raise BadQuestion(
                report=f"There is no report “{missing[0]}” with a published text here: no {what}. "
                "The list of reports is at /api/v1/reports/."
            )
        return replace(reading, named=named)

    def editions(self) -> QuerySet[Edition]:
        """The editions asked for: current ones, those of a time, or those of a number."""
        if self.number:
            return Edition.objects.filter(number=self.number)
        return Edition.objects.as_of(self.as_of) if self.as_of else Edition.objects.current()

    def chosen(self, path: str) -> Q:
        """A condition that `path` leads to an edition asked for."""
        if self.named is not None:
            return Q(**{f"{path}__in": [edition.pk for edition in self.named]})
        return Q(**{f"{path}__in": self.editions().order_by().values("pk")})

    def ranged(self, model: type[Model]) -> QuerySet[Any]:
        """The rows of a projection that hold for the editions asked for; joined to them unless it is only one."""
        rows = model._default_manager.order_by()
        if self.only is not None:
            return rows.filter(
                Q(last_edition__isnull=True) | Q(last_edition__gte=self.only.number),
                report=self.only.report_id,
                first_edition__lte=self.only.number,
            )
        number = F(NUMBER)
        return rows.filter(
            self.chosen("report__editions"),
            Q(last_edition__isnull=True) | Q(last_edition__gte=number),
            first_edition__lte=number,
        )

    @property
    def only(self) -> Edition | None:
        """The one edition that all rows are from, where the request names one report."""
        return self.named[0] if self.named is not None and len(self.named) == 1 else None

    def known(self, path: str) -> Expression | F:
        """How to read `path` in a row of `ranged`: of one edition alone, slug and number need no join."""
        if self.only is not None and path == SLUG:
            return Value(self.only.report.slug, TextField())
        if self.only is not None and path == NUMBER:
            return Value(self.only.number, IntegerField())
        return F(path)

    def values(self) -> QuerySet[EditionValue]:
        """The values of those editions, of every tier; `readable` takes away what the reader may not have."""
        return self.ranged(EditionValue)

    def readable(self, values: QuerySet[EditionValue]) -> QuerySet[EditionValue]:
        if self.least >= Tier.LICENSED or (self.named is not None and not self.partly_closed()):
            return values.filter(tier__lte=max(self.least, Tier.LICENSED))
        return values.filter(Q(tier__lte=self.least) | Q(self.licensed("report"), tier__lte=Tier.LICENSED))

    def withheld(self, values: QuerySet[EditionValue]) -> QuerySet[EditionValue]:
        if self.least >= Tier.LICENSED:
            return values.filter(tier__gt=self.least)
        return values.filter(tier__gt=self.least).exclude(self.licensed("report"), tier__lte=Tier.LICENSED)

    @cached_property
    def least(self) -> Tier:
        return entitlement.least(self.reader, at=self.at)

    @cached_property
    def tiers(self) -> Mapping[int, Tier]:
        """Report id -> tier, of the reports named."""
        return entitlement.tiers(self.reader, [edition.report for edition in self.named or ()], at=self.at)

    @cached_property
    def _licensed(self) -> Q:
        if self.named is not None:
            return Q(pk__in=[pk for pk, tier in self.tiers.items() if tier >= Tier.LICENSED])
        return entitlement.licensed_reports(self.reader, at=self.at)

    def licensed(self, path: str) -> Q:
        """A condition that `path` leads to a report that this reader may read in full."""
        if not self._licensed:
            return Q()
        if self.named is not None:
            return Q(**{f"{path}__in": [pk for pk, tier in self.tiers.items() if tier >= Tier.LICENSED]})
        return Q(**{f"{path}__in": Report.objects.filter(self._licensed).order_by().values("pk")})

    def when_licensed(self, path: str, then: Expression | F, otherwise: str | None = None) -> Expression | F:
        """`then` in reports that the reader may read in full, else `otherwise`."""
        if self.least >= Tier.LICENSED or not self._licensed or (self.named is not None and not self.partly_closed()):
            return then
        if self.least is Tier.PUBLIC:
            return Value(otherwise, output_field=TextField())
        return Case(When(self.licensed(path), then=then), default=Value(otherwise, TextField() if otherwise else None))

    def access(self, path: str) -> Expression | F:
        """The name of the reader's tier of the report that `path` leads to."""
        if self.least >= Tier.LICENSED:
            return Value(WORDS[self.least])
        licensed = Value(WORDS[Tier.LICENSED], TextField())
        return self.when_licensed(path, licensed, WORDS[self.least])

    def partly_closed(self) -> Sequence[Edition]:
        """The named editions that this reader may not read in full."""
        return [edition for edition in self.named or () if self.tiers[edition.report_id] < Tier.LICENSED]

    def reason(self) -> str | None:
        """Why something is missing from the answer, in words; None when the reader may have everything."""
        if self.least >= Tier.LICENSED or not self._licensed:
            return None
        if self.named is None:
            return (
                f"Your access is {WORDS[self.least]} where your organisation holds no licence: of those reports you "
                "get a part. /api/v1/reports/ says, report by report, what your access is."
            )
        closed = [edition.report.slug for edition in self.partly_closed()]
        if not closed:
            return None
        return f"Your access to {_listed(closed)} is {WORDS[self.least]}; a licence is needed for the rest."


def find(slug: str, reader: Reader, *, number: int | None, as_of: datetime | None, at: datetime) -> Edition:
    """One edition of a report: the current one, a numbered one or that of a time, with its document.

    Raises Http404, in the same words for a draft as for nothing, and Gone when every edition was withdrawn.
    """
    reading = Reading(reader, at, number, as_of)
    edition = reading.editions().filter(report__slug=slug).select_related("report", "withdrawal").first()
    if edition is not None:
        return edition
    if not number and not as_of:
        last = Edition.objects.filter(report__slug=slug).select_related("withdrawal").defer("document").first()
        if last is not None:
            raise Gone(
                f"Every edition of this report was withdrawn, the last on {last.withdrawal.withdrawn_at:%-d %B %Y}: "
                f"{last.withdrawal.reason} Ask for it by ?edition={last.number} if you need what it said."
            )
    raise Http404


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:3]) + ([f"{len(names) - 3} more"] if len(names) > 3 else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
