"""The register's side of a workbook: companies and developments."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.text import slugify

from companies.models import Company, CompanyAlias, Development, name_key
from reports.importing.drafting_companies import company_named
from reports.importing.manuscript.companies import is_company_name
from reports.importing.sheets.columns import Choice, Column, Country, Kind, Lines, Listed, PartialDate, Web, When, Whole
from reports.importing.sheets.parts.base import Doubt, Part, Problem, Values
from reports.importing.sheets.places import Places

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"(?:\d{{1,2}}[\s./-])?(?:{_MONTHS})[a-z]*\.?[\s,./-]*(?:\d{{1,2}},?\s+)?\d{{2,4}}"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:q[1-4]\s+)?(?:19|20)\d\d(?:[-/]\d{1,2})?",
    re.I,
)


def doubts_about_name(column: str, name: str, places: Places) -> list[Doubt]:
    """Why a name that nobody has yet may be no company, or one that is registered under another name."""
    name = name.strip()
    if not name:
        return []
    if _DATE.fullmatch(name):
        return [Doubt(column, f"“{name}” looks like a date, not like a company.")]
    if not is_company_name(name):
        return [
            Doubt(
                column,
                f"“{name}” is a legal form, not a name: perhaps “Foo, {name}” was broken over two cells.",
            )
        ]
    if name.rstrip().endswith((",", "&")) or (name[0].islower() and " " in name and len(name.split()) > 6):
        return [Doubt(column, f"“{name}” looks like a part of a name or of a sentence.")]
    return [
        Doubt(
            column,
            f"“{name}” is not registered, but “{alike}” is much like it. Is it the same company?",
            name=name,
            company=company,
        )
        for company, alike in places.alike(name)
    ]


class Companies(Part):
    code = "companies"
    title = "Companies"
    about = "The register: one row a company, with all its other names."
    model = Company
    key = ("name",)
    columns = (
        Column("name", "The name that readers see.", Kind(200), required=True, example="Webasto Group"),
        Column("legal_name", "The legal name.", Kind(250), example="Webasto SE"),
        Column("country", "ISO 3166 code of its seat.", Country(), example="DE"),
        Column("lei", "Legal Entity Identifier.", Kind(20)),
        Column("website", "Its website.", Web(), example="https://www.webasto-group.com"),
        Column("founded_year", "The year it was founded.", Whole(least=1000, greatest=2200), example="1901"),
        Column("overview", "A few sentences about it.", Lines()),
        Column(
            "aliases",
            "Other names of it. A name that another company has is refused.",
            Listed(),
            example="Webasto SE | Webasto",
        ),
    )

    def key_of(self, values: Values) -> str:
        return name_key(values["name"])

    def find(self, rows: Sequence[Values], places: Places) -> dict[str, Any]:
        names = [values["name"] for values in rows if values.get("name")]
        others = [other for values in rows for other in values.get("aliases") or []]
        places.load_companies([*names, *others])
        wanted = {name_key(name) for name in names}
        pks = {company.pk for key, company in places.companies.items() if key in wanted}
        full = Company.objects.filter(pk__in=pks).prefetch_related("aliases").in_bulk()
        return {key: full[c.pk] for key, c in places.companies.items() if key in wanted and c.pk in full}

    def values_of(self, stored: Any) -> Values:
        own = name_key(stored.name)
        aliases = [alias.name for alias in stored.aliases.all() if alias.key != own]
        return {column.name: getattr(stored, column.name) for column in self.columns[:-1]} | {"aliases": aliases}

    def compared(self, values: Values, stored: Any) -> Values:
        """A company named by an alias keeps its own name, and aliases are added, never removed."""
        own = self.values_of(stored)
        values = dict(values)
        if name_key(values["name"]) != name_key(stored.name):
            values["name"] = stored.name
        if "aliases" in values:
            known = {name_key(name) for name in own["aliases"]} | {name_key(stored.name)}
            values["aliases"] = own["aliases"] + [a for a in values["aliases"] if name_key(a) not in known]
        return values

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems: list[Problem] = []
        if not name_key(values["name"]):
            problems.append(Problem("name", f"“{values['name']}” has neither letters nor digits."))
        for other in values.get("aliases") or []:
            owner = places.company(other)
            if owner is not None and (stored is None or owner.pk != stored.pk):
                problems.append(Problem("aliases", f"“{other}” is a name of {owner}. Merge the two companies instead."))
            if len(other) > 200 or not name_key(other):
                problems.append(Problem("aliases", f"“{other[:60]}” is no name: up to 200 letters and digits."))
        lei = values.get("lei")
        if lei and not re.fullmatch(r"[A-Z0-9]{18}\d{2}", lei):
            problems.append(Problem("lei", f"“{lei}” is no LEI: 20 capital letters and digits, the last two digits."))
        return problems

    def doubts(self, values: Values, stored: Any | None, places: Places) -> list[Doubt]:
        return [] if stored is not None else doubts_about_name("name", values.get("name", ""), places)

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        slugs = _FreeSlugs(values["name"] for values, stored in rows if stored is None)
        new: list[Company] = []
        aliases: list[CompanyAlias] = []
        for values, stored in rows:
            company = stored if stored is not None else Company(slug=slugs.take(values["name"]))
            for column in self.columns[:-1]:
                if column.name in values:
                    setattr(company, column.name, values[column.name])
            if stored is not None:
                company.save()
            else:
                new.append(company)
            known = {alias.key for alias in company.aliases.all()} if stored is not None else set()
            for name in {name_key(name): name for name in (values["name"], *(values.get("aliases") or []))}.values():
                if name_key(name) not in known:
                    aliases.append(CompanyAlias(company=company, name=name, key=name_key(name)))
        Company.objects.bulk_create(new, batch_size=500)
        CompanyAlias.objects.bulk_create(aliases, batch_size=500)
        places.companies |= {alias.key: alias.company for alias in aliases}

    def exported(self, places_of: Iterable[Any] | None = None) -> Iterable[Any]:
        found = Company.objects.prefetch_related("aliases").order_by("name")
        return found if places_of is None else found.filter(plays__report__market__in=places_of).distinct()


class _FreeSlugs:
    """Addresses for new companies that nobody has yet."""

    def __init__(self, names: Iterable[str]) -> None:
        stems = {slugify(name)[:190] or "company" for name in names}
        self._taken: set[str] = set()
        if stems:
            self._taken = set(
                Company.objects.filter(slug__regex=f"^({'|'.join(stems)})(-[0-9]+)?$").values_list("slug", flat=True)
            )

    def take(self, name: str) -> str:
        stem = slugify(name)[:190] or "company"
        free, number = stem, 2
        while free in self._taken:
            free, number = f"{stem}-{number}", number + 1
        self._taken.add(free)
        return free


class Developments(Part):
    code = "developments"
    title = "Developments"
    about = "What companies did, dated as precisely as the source says."
    model = Development
    key = ("date", "text")
    columns = (
        Column("date", "Day, month or year.", When(), required=True, example="2023-11"),
        Column(
            "kind",
            "What it was. Empty: other.",
            Choice(options=list(Development.Kind.choices), default="other"),
            example="acquisition",
        ),
        Column(
            "text", "One or two sentences: who did what.", Lines(5000), required=True, example="Webasto opened a plant."
        ),
        Column(
            "companies",
            "The companies by their names in the register, with | between them.",
            Listed(),
            example="Webasto Group",
        ),
        Column(
            "reports",
            "The codes of the reports it belongs to, with | between them.",
            Listed(),
            example="car-sunroof-market",
        ),
        Column("source", "Where it is told.", Kind(300), example="Press release"),
        Column("source_url", "And its address.", Web()),
    )

    def key_of(self, values: Values) -> str:
        return f"{values['date'].first_day.isoformat()}\x1f{' '.join(values['text'].casefold().split())}"

    def find(self, rows: Sequence[Values], places: Places) -> dict[str, Any]:
        places.load_companies(name for values in rows for name in values.get("companies") or [])
        places.load_reports({slug for values in rows for slug in values.get("reports") or []} - places.reports.keys())
        days = {values["date"].first_day for values in rows if values.get("date")}
        stored = Development.objects.filter(date__in=days).prefetch_related("companies", "reports").order_by("-pk")
        return {self.key_of(self.values_of(one)): one for one in stored}

    def values_of(self, stored: Any) -> Values:
        return {
            "date": PartialDate(stored.date, stored.precision),
            "kind": stored.kind,
            "text": stored.text,
            "companies": [company.name for company in stored.companies.all()],
            "reports": [report.slug for report in stored.reports.all()],
            "source": stored.source,
            "source_url": stored.source_url,
        }

    def canonical(self, values: Values, places: Places) -> Values:
        """Companies named by an alias are those companies."""
        if "companies" not in values:
            return values
        named = [(places.company(name), name) for name in values["companies"]]
        return values | {"companies": sorted({company.name if company else name for company, name in named})}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        return [
            Problem("reports", trouble)
            for slug in values.get("reports") or []
            if (trouble := places.trouble_with_report(slug))
        ]

    def doubts(self, values: Values, stored: Any | None, places: Places) -> list[Doubt]:
        return [
            doubt
            for name in values.get("companies") or []
            if not places.knows_company(name)
            for doubt in doubts_about_name("companies", name, places)
        ]

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        for values, stored in rows:
            target = stored if stored is not None else Development()
            target.date, target.precision = values["date"].first_day, values["date"].precision
            for name in ("kind", "text", "source", "source_url"):
                if name in values:
                    setattr(target, name, values[name])
            target.save()
            if "companies" in values:
                named = [places.company(name) or company_named(name) for name in values["companies"]]
                target.companies.set([company for company in named if company is not None])
            if "reports" in values:
                reports = [places.reports[slug] for slug in values["reports"]]
                before = set(target.reports.values_list("pk", flat=True)) if stored is not None else set()
                target.reports.set(reports)
                places.changed_reports |= before ^ {report.pk for report in reports}

    def exported(self, places_of: Iterable[Any] | None = None) -> Iterable[Any]:
        found = Development.objects.prefetch_related("companies", "reports").order_by("-date", "pk")
        return found if places_of is None else found.filter(reports__market__in=places_of).distinct()


COMPANIES = Companies()
DEVELOPMENTS = Developments()
