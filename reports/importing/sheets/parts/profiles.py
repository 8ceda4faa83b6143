"""What the register knows of a company beyond its names, in a workbook: products, financial years, strategies, SWOT."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from companies.models import FinancialYear, Product, Strategy, SwotItem, name_key
from reports.importing.sheets.columns import Choice, Column, Currency, Kind, Lines, Number, UnitMult, Whole
from reports.importing.sheets.parts.base import Part, Problem, Values, nth
from reports.importing.sheets.parts.market import POSITION
from reports.importing.sheets.places import Places

COMPANY = Column(
    "company", "The company by its name or an alias in the register.", Kind(200), required=True, example="Webasto Group"
)


class ProfilePart(Part):
    """A table whose rows belong to companies. It registers none: the table `companies` does, and may be in one file."""

    not_fields = ("company",)
    needed: tuple[str, ...] = ()
    """The columns without which no new row can be made."""

    def find(self, rows: Sequence[Values], places: Places) -> dict[str, Any]:
        names = {values["company"] for values in rows if values.get("company")}
        places.load_companies(names)
        companies = {company.pk for name in names if (company := places.company(name)) is not None}
        found: dict[str, Any] = {}
        for one in self.model._default_manager.filter(company__in=companies).select_related("company"):
            key, turn = self.key_of(self.values_of(one)), 1
            while self.may_repeat and nth(key, turn) in found:
                turn += 1
            found[nth(key, turn)] = one
        return found

    def key_of(self, values: Values) -> str:
        """Companies are the same under any spelling of their name; the rest of the key under any case."""
        return "\x1f".join([name_key(values["company"]), *super().key_of(values).split("\x1f")[1:]])

    def values_of(self, stored: Any) -> Values:
        fields = (column for column in self.columns if column.name not in self.not_fields)
        return {"company": stored.company.name} | {column.name: getattr(stored, column.field) for column in fields}

    def canonical(self, values: Values, places: Places) -> Values:
        """A company named by an alias is the company."""
        company = places.company(values.get("company", ""))
        return values | {"company": company.name} if company is not None else values

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems: list[Problem] = []
        if not places.knows_company(values["company"]):
            sentence = f"“{values['company']}” is not in the register. Add a row for it to the table “companies”."
            problems.append(Problem("company", sentence))
        if stored is None:
            problems += [
                Problem(name, f"A new row needs the column “{name}”.") for name in self.needed if name not in values
            ]
        return problems

    def begin(self, values: Values, places: Places) -> Any:
        places.load_companies([values["company"]])
        return self.model(company=places.companies[name_key(values["company"])])

    def exported(self, places_of: Iterable[Any] | None = None) -> Iterable[Any]:
        found = self.model._default_manager.select_related("company")
        if places_of is not None:
            found = found.filter(company__plays__report__market__in=places_of).distinct()
        return sorted(found, key=self.order_of)

    def order_of(self, stored: Any) -> Any:
        return (stored.company.name, getattr(stored, "position", 0), stored.pk)


class Products(ProfilePart):
    code = "products"
    title = "Products"
    about = "What companies make: one row a product."
    model = Product
    key = ("company", "name")
    columns = (
        COMPANY,
        Column("name", "The product’s name.", Kind(200), required=True, example="Panoramic roof system"),
        Column("description", "A sentence or two about it.", Lines()),
        POSITION,
    )


class FinancialYears(ProfilePart):
    code = "financial-years"
    title = "Financial years"
    about = "What companies reported: one row a company and year, with its source."
    model = FinancialYear
    key = ("company", "year")
    needed = ("currency", "source")
    columns = (
        COMPANY,
        Column("year", "The financial year.", Whole(least=1900, greatest=2200), required=True, example="2024"),
        Column("currency", "ISO 4217 code.", Currency(), example="EUR", required=True),
        Column(
            "unit_mult",
            "units, thousand, million or billion: what the values are in.",
            UnitMult(),
            example="million",
            never_empty=True,
        ),
        *(
            Column(name, about, Number(least=least, places=3))
            for name, about, least in (
                ("revenue", "Revenue.", Decimal(0)),
                ("operating_income", "Operating income; a loss is negative.", None),
                ("net_income", "Net income; a loss is negative.", None),
                ("research_and_development", "Spending on research and development.", Decimal(0)),
            )
        ),
        Column("employees", "How many people it employed.", Whole(greatest=100_000_000)),
        Column("source", "Where the numbers come from.", Kind(300), required=True, example="Annual report 2024"),
    )

    def order_of(self, stored: Any) -> Any:
        return (stored.company.name, stored.year)


class Strategies(ProfilePart):
    code = "strategies"
    title = "Strategies"
    about = "What companies set out to do."
    model = Strategy
    key = ("company", "title")
    may_repeat = True
    columns = (
        COMPANY,
        Column("title", "In a few words.", Kind(200), required=True, example="Growth in Asia"),
        Column("body", "In a few sentences.", Lines()),
        POSITION,
    )


class Swot(ProfilePart):
    code = "swot"
    title = "SWOT"
    about = "Strengths, weaknesses, opportunities and threats of companies."
    model = SwotItem
    key = ("company", "kind", "text")
    may_repeat = True
    columns = (
        COMPANY,
        Column(
            "kind",
            "strength, weakness, opportunity or threat.",
            Choice(options=list(SwotItem.Kind.choices)),
            required=True,
            example="strength",
        ),
        Column("text", "The point.", Lines(), required=True, example="Plants on three continents."),
        POSITION,
    )


PROFILE_PARTS: tuple[ProfilePart, ...] = (Products(), FinancialYears(), Strategies(), Swot())
