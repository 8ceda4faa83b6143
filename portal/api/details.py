"""One report, one edition, one company, and what the caller may read."""

from typing import Any

from django.db.models import F
from django.http import Http404, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from portal.access import entitlement
from portal.access.models import ApiKey, User
from portal.access.recording import record_reading
from portal.api.document_schema import document_field
from portal.api.errors import BadQuestion
from portal.api.filters import OfReports, Parameters
from portal.api.reading import EITHER_OR, WORDS, Reading, find
from portal.api.serializers import (
    ACCESS,
    SHARES,
    CompanyRow,
    DevelopmentRow,
    EditionFields,
    WithheldFields,
    string,
)
from portal.api.views import ApiView, edition_fields
from reports.document import Profile, Tier
from reports.gating import readable
from reports.models import Edition, EditionCompany, EditionDevelopment


class LockedPart(serializers.Serializer[Any]):
    part = string("The part's anchor in the report.")
    title = string("Its title.")
    shape = string("What it holds, in words.")
    needs = string("The access that opens it.")


class WithheldParts(serializers.Serializer[Any]):
    parts = LockedPart(many=True, help_text="Parts that are not in `document`, by title and shape only.")
    reason = string("Why, and what to do.")


class ReportFields(serializers.Serializer[Any]):
    """An edition in full, as far as you may read it."""

    edition = EditionFields(help_text="The edition that this is.")
    access = string(ACCESS)
    withheld = WithheldParts(
        allow_null=True, help_text="What your access does not include; null when nothing is missing."
    )
    document = document_field()


class WhichEdition(Parameters):
    edition = OfReports.base_filters["edition"]
    as_of = OfReports.base_filters["as_of"]


class EditionView(ApiView):
    """One edition, current or not. A withdrawn edition says so and why in `edition.withdrawn`."""

    serializer_class = ReportFields
    tag, summary = "editions", "One edition in full"

    def get(self, request: Request, report: str, number: int) -> HttpResponse:
        self.asked()
        return self._answer(find(report, self.reader, number=number, as_of=None, at=self.now))

    def _answer(self, edition: Edition) -> HttpResponse:
        reading = Reading(self.reader, self.now, named=(edition,))
        tier = reading.tiers[edition.report_id]
        if tier == Tier.LICENSED:
            record_reading(self.reader, edition.report_id, self.now)
        document = readable(edition.contents, tier)
        reason = reading.reason()
        withheld = reason and {
            "parts": [
                {"part": one.anchor, "title": one.title, "shape": one.shape, "needs": WORDS[Tier(one.tier)]}
                for one in document.locked
            ],
            "reason": reason,
        }
        return self.answer_with(
            {
                "edition": edition_fields(edition, reading),
                "access": WORDS[tier],
                "withheld": withheld,
                "document": document.to_json(),
            }
        )


class ReportView(EditionView):
    """The current edition of one report, or the one that `edition` or `as_of` choose."""

    filterset_class = WhichEdition
    tag, summary = "reports", "One report in full"

    def get(self, request: Request, report: str) -> HttpResponse:  # type: ignore[override]
        asked = self.asked().cleaned
        if "edition" in asked and "as_of" in asked:
            raise BadQuestion(edition=EITHER_OR)
        edition = find(report, self.reader, number=asked.get("edition"), as_of=asked.get("as_of"), at=self.now)
        return self._answer(edition)


class CompanyFields(serializers.Serializer[Any]):
    """A company in every report that names it."""

    company = string("The company's slug.")
    name = string("Its name, as the latest report writes it.")
    reports = CompanyRow(many=True, help_text="Its part in each report, newest edition first.")
    profile = document_field(Profile, allow_null=True, help_text="From the newest licensed report that profiles it.")
    profile_from = string("The report that the profile is from.", allow_null=True)
    developments = DevelopmentRow(many=True, help_text="What it did, newest first.")
    withheld = WithheldFields(allow_null=True, help_text="What your access does not include.")


class CompanyView(ApiView):
    """One company across the current editions: its part in each report, its profile and what it did."""

    serializer_class = CompanyFields
    tag, summary = "companies", "One company"

    def get(self, request: Request, company: str) -> HttpResponse:
        self.asked()
        reading = Reading(self.reader, self.now)
        found = list(
            reading.ranged(EditionCompany)
            .filter(slug=company)
            .select_related("report")
            .annotate(edition_number=F("report__editions__number"), published_at=F("report__editions__published_at"))
            .order_by("-published_at", "report__slug")
        )
        if not found:
            raise Http404
        tiers = entitlement.tiers(self.reader, [row.report for row in found], at=self.now)
        licensed = [row for row in found if tiers[row.report_id] >= Tier.LICENSED]
        profiled = next((row for row in licensed if row.profile), None)
        closed = [row.report.slug for row in found if tiers[row.report_id] < Tier.LICENSED]
        developments = (
            reading.ranged(EditionDevelopment)
            .filter(companies__contains=[{"slug": company}])
            .select_related("report")
            .annotate(edition_number=F("report__editions__number"))
            .order_by("-date", "report__slug", "key")
        )
        return self.answer_with(
            {
                "company": company,
                "name": found[0].name,
                "reports": [_part(row, tiers[row.report_id]) for row in found],
                "profile": profiled and profiled.profile,
                "profile_from": profiled and profiled.report.slug,
                "developments": [_development(row) for row in developments],
                "withheld": _withheld(closed) if closed else None,
            }
        )


def _part(row: Any, tier: Tier) -> dict[str, Any]:
    share = (row.share, row.share_year, row.share_source) if tier >= Tier.LICENSED else (None, None, None)
    return {
        "company": row.slug,
        "name": row.name,
        "report": row.report.slug,
        "edition": row.edition_number,
        "is_player": row.is_player,
        "is_key": row.is_key,
        "is_major": row.is_major,
        **dict(zip(SHARES, share, strict=True)),
    }


def _development(row: Any) -> dict[str, Any]:
    names = ("date", "precision", "when", "kind", "text", "companies", "source", "source_url")
    return {"id": row.key, "report": row.report.slug, "edition": row.edition_number} | {
        name: getattr(row, name) for name in names
    }


def _withheld(closed: list[str]) -> dict[str, Any]:
    return {
        "rows": None,
        "columns": [*SHARES, "profile"],
        "reason": f"Shares and profiles of {', '.join(closed)} need a licence.",
    }


class LicenceFields(serializers.Serializer[Any]):
    organisation = string("Whose licence it is.")
    scope = string("report, industry or all.")
    report = string("The licensed report's slug.", allow_null=True)
    industry = string("The licensed industry's slug.", allow_null=True)
    starts = serializers.DateTimeField(help_text="From when.")
    until = serializers.DateTimeField(allow_null=True, help_text="Until when, exclusive; null: for ever.")


class AccessFields(serializers.Serializer[Any]):
    """Who you are to this API and what is licensed to you."""

    reader = string("anonymous, person or key.")
    name = string("The person's e-mail address or the key's name; null for nobody.", allow_null=True)
    access = string("What you may read of a report without a licence: public, registered or staff.")
    scopes = serializers.ListField(child=serializers.CharField(), help_text="The key's scopes.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the key expires; null: never.")
    licences = LicenceFields(many=True, help_text="Licences in force.")


class AccessView(ApiView):
    """Who you are to this API, and which licences open reports to you. /reports/ says it report by report."""

    serializer_class = AccessFields
    tag, summary = "access", "What I may read"

    def get(self, request: Request) -> HttpResponse:
        self.asked()
        reader = self.reader
        key = reader if isinstance(reader, ApiKey) else None
        person = reader if isinstance(reader, User) else None
        return self.answer_with(
            {
                "reader": "key" if key else "person" if person else "anonymous",
                "name": key.name if key else person.email if person else None,
                "access": WORDS[entitlement.least(reader, at=self.now)],
                "scopes": key.scopes if key else [],
                "expires_at": key and key.expires_at,
                "licences": [
                    {
                        "organisation": licence.organisation.name,
                        "scope": licence.scope,
                        "report": licence.report and licence.report.slug,
                        "industry": licence.industry and licence.industry.slug,
                        "starts": licence.starts,
                        "until": licence.until,
                    }
                    for licence in entitlement.licences(reader, at=self.now)
                ],
            }
        )
