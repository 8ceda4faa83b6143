"""The company register: who the players are, by what names, what they make, earn and did.

The register knows nothing of markets or reports; those refer to it.
"""

import unicodedata

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.text import slugify


def name_key(name: str) -> str:
    """The form under which two spellings of one name are the same: case, accents, spacing and stops do not count.

    Legal forms do count: "Webasto SE" and "Webasto Group" may be two companies until an editor says otherwise.
    """
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.casefold().split())


class CompanyQuerySet(models.QuerySet["Company"]):
    def named(self, name: str) -> "CompanyQuerySet":
        """Companies registered under this name or an alias of it, spelling aside."""
        return self.filter(aliases__key=name_key(name)).distinct()


@pghistory.track(exclude=["updated_at"])
class Company(models.Model):
    name = models.CharField(max_length=200, unique=True, help_text="The name readers see.")
    slug = models.SlugField(max_length=200, unique=True)
    legal_name = models.CharField(max_length=250, blank=True)
    country = models.CharField("country code", max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, such as DE.")
    lei = models.CharField("LEI", max_length=20, blank=True, help_text="Legal Entity Identifier, ISO 17442.")
    website = models.URLField(blank=True)
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    overview = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(Lower("name"), name="company_name_once_in_any_case"),
            models.CheckConstraint(
                condition=models.Q(country="") | models.Q(country__regex=r"^[A-Z]{2}$"),
                name="company_country_is_iso_3166",
                violation_error_message="Give the country as two capital letters (ISO 3166-1), such as DE.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Every company answers to its own name: the name is always among its aliases."""
        self.slug = self.slug or slugify(self.name)[:200]
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        CompanyAlias.objects.get_or_create(key=name_key(self.name), defaults={"company": self, "name": self.name})


@pghistory.track()
class CompanyAlias(models.Model):
    """Another name of a company. One spelling belongs to one company only."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "company aliases"
        constraints = [models.CheckConstraint(condition=~models.Q(key=""), name="company_alias_has_letters")]
        indexes = [GinIndex(fields=["key"], opclasses=["gin_trgm_ops"], name="company_alias_letters")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.key = name_key(self.name)
        other = CompanyAlias.objects.filter(key=self.key).exclude(pk=self.pk).select_related("company").first()
        if other is not None and other.company_id != self.company_id:
            raise ValidationError({"name": f"“{self.name}” already belongs to {other.company}. Merge the two instead."})

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


@pghistory.track()
class Product(models.Model):
    """One line of a company's product portfolio."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="products")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="product_once_per_company")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class FinancialYear(models.Model):
    """What a company reported for one financial year, in `currency` and units of 10**unit_mult (SDMX UNIT_MULT)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="financial_years")
    year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3, help_text="ISO 4217, such as EUR.")
    unit_mult = models.PositiveSmallIntegerField("unit multiplier", default=6, help_text="6 for millions.")
    revenue = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    operating_income = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    net_income = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    research_and_development = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["company", "year"], name="financial_year_once_per_company"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"),
                name="financial_year_currency_is_iso_4217",
                violation_error_message="Give the currency as three capital letters (ISO 4217), such as EUR.",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="financial_year_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.year}"


@pghistory.track()
class Strategy(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="strategies")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "strategies"

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class SwotItem(models.Model):
    class Kind(models.TextChoices):
        STRENGTH = "strength", "Strength"
        WEAKNESS = "weakness", "Weakness"
        OPPORTUNITY = "opportunity", "Opportunity"
        THREAT = "threat", "Threat"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="swot_items")
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "SWOT item"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["strength", "weakness", "opportunity", "threat"]),
                name="swot_item_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"


@pghistory.track()
class Development(models.Model):
    """Something a company did, dated as precisely as its source says."""

    class Precision(models.TextChoices):
        DAY = "day", "Day"
        MONTH = "month", "Month"
        YEAR = "year", "Year"

    class Kind(models.TextChoices):
        ACQUISITION = "acquisition", "Acquisition"
        JOINT_VENTURE = "joint-venture", "Joint venture"
        PARTNERSHIP = "partnership", "Partnership"
        PRODUCT_LAUNCH = "product-launch", "Product launch"
        EXPANSION = "expansion", "Expansion"
        INVESTMENT = "investment", "Investment"
        REGULATION = "regulation", "Regulation"
        OTHER = "other", "Other"

    date = models.DateField(help_text="The first day of the month or year where only that much is known.")
    precision = models.CharField(max_length=5, choices=Precision, default=Precision.MONTH)
    kind = models.CharField("type", max_length=20, choices=Kind, default=Kind.OTHER)
    text = models.TextField(help_text="One or two sentences: who did what.")
    companies = models.ManyToManyField(Company, blank=True, related_name="developments")
    source = models.CharField(max_length=300, blank=True)
    source_url = models.URLField(blank=True)

    class Meta:
        ordering = ["-date", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(precision="day")
                | models.Q(precision="month", date__day=1)
                | models.Q(precision="year", date__day=1, date__month=1),
                name="development_date_is_the_first_day_of_its_precision",
                violation_error_message="Where only the month or year is known, give its first day.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.when}: {self.text[:80]}"

    @property
    def when(self) -> str:
        """The date as precisely as it is known: "November 2023"."""
        pattern = {"day": "%-d %B %Y", "month": "%B %Y", "year": "%Y"}[self.precision]
        return self.date.strftime(pattern)


@pghistory.track()
class DevelopmentCompany(Development.companies.through):  # type: ignore[name-defined,misc]
    """That a company is named by a development, as the draft history follows it."""

    class Meta:
        proxy = True
        verbose_name = "company of a development"
        verbose_name_plural = "companies of developments"


class DifferentDevelopments(models.Model):
    """Two developments that look like one; an editor said that they are two. `one` has the smaller number."""

    one = models.ForeignKey(Development, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Development, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "different developments"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="different_developments_once"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="different_developments_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"
