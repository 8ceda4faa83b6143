"""Who may read what. Every page, fragment, endpoint, export and mail asks here, and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from portal.access.models import ApiKey, Licence, LicenceQuerySet, Organisation, User
from reports.document import Tier
from reports.models import Report

type Reader = User | AnonymousUser | ApiKey | Organisation
"""A person signed in, nobody in particular, a program with an organisation's key, or an organisation's own site."""


def tier(reader: Reader, report: Report, *, at: datetime) -> Tier:
    """How much of `report` this reader may read at that moment.

    Staff read everything. A person reads in full what an organisation whose seat they hold has licensed; a key, what
    its organisation has licensed. Anyone signed in or holding a working key is registered; everyone else is public.
    Nothing is cached: an expired licence or a removed seat counts from the next request. One query at most.
    """
    return tiers(reader, [report], at=at)[report.pk]


def tiers(reader: Reader, reports: Iterable[Report], *, at: datetime) -> dict[int, Tier]:
    """`tier` for many reports with one query: report id -> tier."""
    wanted = list(reports)
    least = _without_licence(reader, at)
    if least in (Tier.PUBLIC, Tier.STAFF) or not wanted:
        return {report.pk: least for report in wanted}
    held = set(_licences(reader, at).order_by().values_list("scope", "report_id", "industry_id"))
    return {
        report.pk: Tier.LICENSED
        if {("all", None, None), ("report", report.pk, None), ("industry", None, report.industry_id)} & held
        else least
        for report in wanted
    }


def licensed_reports(reader: Reader, *, at: datetime) -> Q:
    """A condition on Report for those the reader may read in full, for filtering in the database."""
    least = _without_licence(reader, at)
    if least is Tier.STAFF:
        return Q()
    if least is Tier.PUBLIC:
        return Q(pk__in=[])
    condition = Q(pk__in=[])
    for scope, report_id, industry_id in _licences(reader, at).values_list("scope", "report_id", "industry_id"):
        if scope == "all":
            return Q()
        condition |= Q(pk=report_id) if scope == "report" else Q(industry_id=industry_id)
    return condition


TIER_OF_PERSON = f"""
CASE WHEN person.id IS NULL OR NOT person.is_active THEN {Tier.PUBLIC:d}
     WHEN person.is_staff THEN {Tier.STAFF:d}
     WHEN EXISTS (SELECT FROM access_seat seat JOIN access_licence licence USING (organisation_id)
                  WHERE seat.user_id = person.id
                    AND licence.starts <= %(at)s AND (licence.until IS NULL OR licence.until > %(at)s)
                    AND (licence.scope = 'all' OR licence.report_id = report.id
                         OR licence.industry_id = report.industry_id)) THEN {Tier.LICENSED:d}
     ELSE {Tier.REGISTERED:d} END"""
"""`tier` of a person (or of nobody, where the row is empty) as an expression in SQL, over rows named `person` and
`report` and the parameter `at`: for a page that asks everything in one query. A test holds the two equal."""


@dataclass(frozen=True, slots=True)
class OpenedBy:
    """What a reader may read in full, by the ids of reports and industries, or everything."""

    everything: bool = False
    reports: frozenset[int] = frozenset()
    industries: frozenset[int] = frozenset()


def opened_by(reader: Reader, *, at: datetime) -> OpenedBy:
    """What this reader may read in full: for choosing among thousands of reports at once. One query at most."""
    lowest = _without_licence(reader, at)
    if lowest is not Tier.REGISTERED:
        return OpenedBy(everything=lowest is Tier.STAFF)
    held = set(_licences(reader, at).order_by().values_list("scope", "report_id", "industry_id"))
    return OpenedBy(
        everything=any(scope == "all" for scope, _, _ in held),
        reports=frozenset(report for _, report, _ in held if report is not None),
        industries=frozenset(industry for _, _, industry in held if industry is not None),
    )


def least(reader: Reader, *, at: datetime) -> Tier:
    """The tier this reader has of every report, licensed or not. No query."""
    return _without_licence(reader, at)


def licences(reader: Reader, *, at: datetime) -> LicenceQuerySet:
    """The licences in force through which this reader reads in full; none for staff, who need none."""
    if _without_licence(reader, at) is not Tier.REGISTERED:
        return Licence.objects.none()
    return _licences(reader, at).select_related("organisation", "report", "industry").distinct()


def _without_licence(reader: Reader, at: datetime) -> Tier:
    if isinstance(reader, ApiKey):
        usable = reader.revoked_at is None and (reader.expires_at is None or reader.expires_at > at)
        return Tier.REGISTERED if usable else Tier.PUBLIC
    if isinstance(reader, Organisation):
        return Tier.REGISTERED
    if isinstance(reader, AnonymousUser) or not reader.is_active:
        return Tier.PUBLIC
    return Tier.STAFF if reader.is_staff else Tier.REGISTERED


def _licences(reader: Reader, at: datetime) -> LicenceQuerySet:
    in_force = Licence.objects.in_force(at)
    if isinstance(reader, ApiKey):
        return in_force.filter(organisation_id=reader.organisation_id)
    if isinstance(reader, Organisation):
        return in_force.filter(organisation_id=reader.pk)
    assert isinstance(reader, User)  # nobody in particular has no licences to ask for
    return in_force.filter(organisation__seats__user=reader)
