"""The columns of the templates: what each means, and how a text in it is read and a stored value written.

`read` and `text` are each other's inverse up to spelling: whatever `text` writes, `read` takes back as the same value.
That is what makes an export, imported again, change nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pycountry
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from forecasts.datagrid import parse_number
from reports.models.prose import clean_html

LIST_MARK = "|"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PATH = re.compile(rf"{_CODE.pattern}(/{_CODE.pattern})*")


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of text, of at most `most` characters. The other kinds of columns refine it."""

    most: int = 300
    about: str = "text"

    def read(self, text: str) -> Any:
        """The value that a text which is not empty stands for. Raises ValueError with a sentence."""
        text = " ".join(_CONTROL.sub("", text).split())
        if len(text) > self.most:
            raise ValueError(f"This is {len(text):,} characters long; {self.most:,} is the most here.")
        return text

    def text(self, value: Any) -> str:
        """A stored value as it is exported and compared; nothing is the empty text."""
        return " ".join(_CONTROL.sub("", str(value)).split())

    @property
    def empty(self) -> Any:
        """What an empty cell means."""
        return ""


@dataclass(frozen=True, slots=True)
class Lines(Kind):
    """Text of several lines."""

    most: int = 20_000

    def read(self, text: str) -> str:
        text = self.text(text)
        if len(text) > self.most:
            raise ValueError(f"This is {len(text):,} characters long; {self.most:,} is the most here.")
        return text

    def text(self, value: Any) -> str:
        return _CONTROL.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n").strip()


@dataclass(frozen=True, slots=True)
class Prose(Kind):
    """HTML as drafts hold it; plain text becomes paragraphs. Cleaned before it is compared, so no script gets in."""

    most: int = 200_000
    about: str = "prose: plain text, or HTML such as <p>; figures as [[total 2031]]"

    def read(self, text: str) -> str:
        if len(text) > self.most:
            raise ValueError(f"This is {len(text):,} characters long; {self.most:,} is the most here.")
        return self.text(text)

    def text(self, value: Any) -> str:
        return clean_html(_CONTROL.sub("", str(value)).replace("\r\n", "\n").strip())


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """A number with a decimal point; thousands may be grouped. `places` after the point are stored."""

    least: Decimal | None = None
    greatest: Decimal = Decimal(10) ** 13
    places: int = 6
    about: str = "number"

    def read(self, text: str) -> Decimal:
        number = parse_number(text)
        if self.least is not None and number < self.least:
            raise ValueError(f"{number:,f} is less than {self.least:,f}, the least it can be.")
        if number > self.greatest:
            raise ValueError(f"{number:,f} is more than {self.greatest:,f}. Check the unit.")
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            # Spreadsheets carry noise such as 0.30000000000000004; what a column can't hold is rounded.
            number = round(number, self.places)
        return number

    def text(self, value: Any) -> str:
        plain = f"{Decimal(value):f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain == "-0" else plain

    @property
    def empty(self) -> Any:
        return None


@dataclass(frozen=True, slots=True)
class Whole(Kind):
    """A whole number."""

    least: int = 0
    greatest: int = 30_000
    about: str = "whole number"

    def read(self, text: str) -> int:
        number = parse_number(text)
        if number != int(number):
            raise ValueError(f"“{text}” is no whole number.")
        if not self.least <= number <= self.greatest:
            raise ValueError(f"{number:f} does not lie between {self.least} and {self.greatest}.")
        return int(number)

    def text(self, value: Any) -> str:
        return str(value)

    @property
    def empty(self) -> Any:
        return None


@dataclass(frozen=True, slots=True)
class YesNo(Kind):
    about: str = "yes or no"

    def read(self, text: str) -> bool:
        word = text.strip().casefold()
        if word in ("yes", "y", "true", "1", "x"):
            return True
        if word in ("no", "n", "false", "0", "-"):
            return False
        raise ValueError(f"“{text}” is neither yes nor no.")

    def text(self, value: Any) -> str:
        return "yes" if value else "no"

    @property
    def empty(self) -> Any:
        return False


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """One of a few words; the label that the desk shows is understood too."""

    options: Sequence[tuple[Any, str]] = ()
    default: Any = ""

    def read(self, text: str) -> Any:
        word = " ".join(text.casefold().split())
        for value, label in self.options:
            if word in (str(value).casefold(), label.casefold(), str(value).casefold().replace("-", " ")):
                return value
        known = ", ".join(str(value) for value, _ in self.options)
        raise ValueError(f"“{text}” is none of these: {known}.")

    def text(self, value: Any) -> str:
        return str(value)

    @property
    def empty(self) -> Any:
        return self.default


@dataclass(frozen=True, slots=True)
class UnitMult(Choice):
    """SDMX's UNIT_MULT, a power of ten, by the name of its unit."""

    options: Sequence[tuple[Any, str]] = ((0, "units"), (3, "thousand"), (6, "million"), (9, "billion"))

    def text(self, value: Any) -> str:
        return str(dict(self.options).get(value, value))


@dataclass(frozen=True, slots=True)
class Code(Kind):
    """A short name in addresses: small letters, digits, hyphens; a path has slashes between."""

    most: int = 200
    path: bool = False
    about: str = "code"

    def read(self, text: str) -> str:
        word = text.strip()
        if not (_PATH if self.path else _CODE).fullmatch(word) or len(word) > self.most:
            example = "geography/europe/germany" if self.path else "glass-material"
            raise ValueError(f"“{text}” is no code. Write small letters, digits and hyphens, such as {example}.")
        return word


@dataclass(frozen=True, slots=True)
class Country(Kind):
    about: str = "ISO 3166 code of a country, such as DE"

    def read(self, text: str) -> str:
        word = text.strip()
        found = pycountry.countries.get(alpha_2=word.upper()) or pycountry.countries.get(name=word)
        if found is None:
            raise ValueError(f"“{text}” is no country. Write its ISO 3166 code of two letters, such as DE.")
        return str(found.alpha_2)


@dataclass(frozen=True, slots=True)
class Currency(Kind):
    about: str = "ISO 4217 code of a currency, such as USD"

    def read(self, text: str) -> str:
        word = text.strip().upper()
        if not re.fullmatch(r"[A-Z]{3}", word):
            raise ValueError(f"“{text}” is no currency. Write its ISO 4217 code of three letters, such as USD.")
        return word


@dataclass(frozen=True, slots=True)
class Web(Kind):
    most: int = 200
    about: str = "web address"

    def read(self, text: str) -> str:
        word = text.strip()
        try:
            URLValidator(schemes=["http", "https"])(word)
        except ValidationError:
            raise ValueError(f"“{text}” is no web address. Write it whole, such as https://example.org.") from None
        if len(word) > self.most:
            raise ValueError(f"This address is longer than {self.most} characters.")
        return word


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month or a year, with what of it is known."""

    first_day: date
    precision: str


@dataclass(frozen=True, slots=True)
class When(Kind):
    about: str = "day, month or year: 2023-11-15, 2023-11 or 2023"

    def read(self, text: str) -> PartialDate:
        word = text.strip()
        parts = [int(part) for part in word.split("-")] if re.fullmatch(r"\d{4}(-\d{1,2}){0,2}", word) else []
        try:
            year, month, day = [*parts, 1, 1][:3] if parts else (0, 0, 0)
            if not 1900 <= year <= 2200:
                raise ValueError
            return PartialDate(date(year, month, day), {1: "year", 2: "month", 3: "day"}[len(parts)])
        except ValueError:
            raise ValueError(f"“{text}” is no date. Write 2023-11-15, or 2023-11 or 2023 if that is known.") from None

    def text(self, value: Any) -> str:
        return str(value.first_day.isoformat())[: {"year": 4, "month": 7, "day": 10}[value.precision]]

    @property
    def empty(self) -> Any:
        return None


@dataclass(frozen=True, slots=True)
class Listed(Kind):
    """Several texts with a | between them; their order does not count."""

    most: int = 4000
    about: str = f"several, with {LIST_MARK} between them"

    def read(self, text: str) -> list[str]:
        parts = [" ".join(_CONTROL.sub("", part).split()) for part in text.replace("\n", LIST_MARK).split(LIST_MARK)]
        return sorted({part for part in parts if part})

    def text(self, value: Any) -> str:
        return f" {LIST_MARK} ".join(sorted({" ".join(_CONTROL.sub("", str(part)).split()) for part in value}))

    @property
    def empty(self) -> Any:
        return []


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template. `attribute` is the model's, where it differs from the column's name."""

    name: str
    about: str
    kind: Kind = field(default_factory=Kind)
    required: bool = False
    example: str = ""
    attribute: str = ""
    never_empty: bool = False
    """What is stored here always says something; it can be changed, but not emptied."""

    @property
    def field(self) -> str:
        return self.attribute or self.name
