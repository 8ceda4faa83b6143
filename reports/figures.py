"""Figure references in prose: find them, resolve them, write them in the house style. No Django.

[[total 2031]]                                   USD 3,701.17 million
[[total 2031 | words]]                           USD 3.7 billion
[[segment material/glass-material 2030]]         a segment's value
[[cagr 2024-2031]]                               7.2 %     (of the total)
[[cagr geography/europe 2024-2031]]              a segment's
[[share geography/europe 2031]]                  of what it adds to
[[shift geography/europe 2024-2031]]             how much its share changes, in percentage points
[[growth 2025]], [[growth geography/europe 2025]]  on the year before
[[largest geography 2031]], [[fastest geography 2024-2031]]   a segment's name
any of them with a scenario: [[total 2031 @optimistic]], and with a format after a bar:
| words       USD 3.7 billion, 7.2 per cent, +1.4 percentage points      | pp      +1.4 pp
| number      3,701.17, without currency and unit                         | 2       so many decimals; also | words 2
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Protocol

from reports.document import Figure, Prose
from reports.house_style import UNIT_WORDS, amount, grouped, percent, points

__all__ = ["UNIT_WORDS", "grouped", "percent"]  # the house style, for those who write numbers of their own

REFERENCE = re.compile(r"\[\[([^\[\]]{1,300})\]\]")
_GRAMMAR = re.compile(
    r"""^\s*
    (?P<kind>total|segment|cagr|share|shift|growth|largest|fastest)?
    (?:\s+|^\s*|(?<=[a-z])(?=\s))
    (?:(?P<path>[a-z0-9-]+(?:/[a-z0-9-]+)*)\s+)?
    (?P<first>\d{4})(?:\s*[-–]\s*(?P<last>\d{4}))?
    (?:\s*@(?P<scenario>[a-z0-9-]+))?
    (?:\s*\|\s*(?P<form>[^|]*))?
    \s*$""",
    re.VERBOSE,
)
TOTAL = "total"
_TWO_YEARS = ("cagr", "fastest", "shift")
_FORMAT = re.compile(r"(?P<style>words|per cent|number|pp)?\s*(?P<places>[0-6])?(?:\s*decimals?)?")
_FORMATS = {  # kind of figure -> formats it can be asked for, besides a number of decimals
    TOTAL: ("words", "number"),
    "segment": ("words", "number"),
    "cagr": ("words", "per cent", "number"),
    "share": ("words", "per cent", "number"),
    "growth": ("words", "per cent", "number"),
    "shift": ("words", "pp", "number"),
    "largest": (),
    "fastest": (),
}


class UnknownFigure(ValueError):
    """A reference that names nothing; the message is a sentence for the editor."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A parsed reference. `path` is "total", a segment's path, or, for largest and fastest, a dimension or segment."""

    kind: str
    path: str
    first: int
    last: int | None
    scenario: str
    form: str

    @property
    def address(self) -> str:
        """The figure's stable address: "total/2031", "cagr/total/2024-2031"."""
        years = f"{self.first}-{self.last}" if self.last else str(self.first)
        suffix = "" if self.scenario == "base" else f"@{self.scenario}"
        if self.kind == TOTAL:
            return f"total/{years}{suffix}"
        return f"{self.kind}/{self.path}/{years}{suffix}"


class Numbers(Protocol):
    """What a figure is resolved against: a forecast being compiled, or a document."""

    @property
    def currency(self) -> str: ...
    @property
    def unit_mult(self) -> int: ...
    @property
    def decimals(self) -> int: ...

    def value(self, path: str, year: int, scenario: str = "base") -> Decimal | None: ...
    def exists(self, path: str) -> bool: ...
    def adds_to(self, path: str) -> str: ...
    def children(self, path: str) -> Sequence[str]: ...
    def name(self, path: str) -> str: ...
    def paths(self) -> Sequence[str]: ...


def parse(text: str) -> Reference:
    """Parse what stands between the brackets. Raises UnknownFigure with a sentence that shows the right form."""
    match = _GRAMMAR.match(text.strip())
    if match is None:
        raise UnknownFigure(
            f"“[[{text}]]” is not a figure. Write, for example, [[total 2031]], [[share geography/europe 2031]] "
            "or [[cagr 2024-2031]]."
        )
    kind, path = match["kind"], match["path"] or TOTAL
    if kind is None:
        kind = "segment" if path != TOTAL else TOTAL
    if kind == TOTAL and path != TOTAL:
        raise UnknownFigure(
            f"“[[{text}]]”: total takes only a year. For a segment write [[segment {path} {match['first']}]]."
        )
    last = int(match["last"]) if match["last"] else None
    if kind in _TWO_YEARS and last is None:
        raise UnknownFigure(f"“[[{text}]]”: {kind} needs two years, as in [[{kind} {path} {match['first']}-2031]].")
    if kind not in _TWO_YEARS and last is not None:
        raise UnknownFigure(f"“[[{text}]]”: {kind} takes one year, not a span.")
    if kind == "shift" and path == TOTAL:
        raise UnknownFigure(f"“[[{text}]]”: shift is of a segment, as in [[shift geography/europe 2024-2031]].")
    form = " ".join((match["form"] or "").split())
    if match["form"] is not None:
        _check_form(text, kind, form)
    return Reference(kind, path, int(match["first"]), last, match["scenario"] or "base", form)


def _check_form(text: str, kind: str, form: str) -> None:
    fits = _FORMAT.fullmatch(form)
    formats = _FORMATS[kind]
    if form and fits and formats and (fits["style"] is None or fits["style"] in formats):
        return
    if not formats:
        raise UnknownFigure(f"“[[{text}]]”: a name has no format. Leave out what stands after the bar.")
    known = ", ".join(f"| {one}" for one in formats)
    raise UnknownFigure(f"“[[{text}]]”: {kind} can be written {known}, or with a number of decimals, as in | 2.")


_ADDRESS = re.compile(
    r"^(?P<kind>total|segment|cagr|share|shift|growth|largest|fastest)(?:/(?P<path>.+))?/(?P<first>\d{4})(?:-(?P<last>\d{4}))?"
    r"(?:@(?P<scenario>[a-z0-9-]+))?$"
)


def read_address(address: str) -> Reference:
    """The reference that an address such as "share/geography/europe/2031" stands for. Raises UnknownFigure."""
    match = _ADDRESS.match(address)
    if match is None:
        raise UnknownFigure(f"“{address}” is not the address of a figure.")
    last = int(match["last"]) if match["last"] else None
    return Reference(match["kind"], match["path"] or TOTAL, int(match["first"]), last, match["scenario"] or "base", "")


def references(html: str) -> Iterator[str]:
    """The inside of every [[…]] in a text, in order."""
    for match in REFERENCE.finditer(html):
        yield match.group(1)


def resolve(text: str, numbers: Numbers) -> Figure:
    """The figure a reference stands for, as it will be printed. Raises UnknownFigure with a sentence."""
    reference = parse(text)
    if not numbers.exists(reference.path):
        close = difflib.get_close_matches(reference.path, numbers.paths(), n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise UnknownFigure(f"“[[{text}]]”: this market has no segment {reference.path}.{hint}")
    return Figure(reference.address, _shown(reference, text, numbers))


def resolve_prose(html: str, numbers: Numbers) -> Prose:
    """Prose with every reference resolved. Raises UnknownFigure at the first that names nothing."""
    runs: list[str | Figure] = []
    end = 0
    for match in REFERENCE.finditer(html):
        if match.start() > end:
            runs.append(html[end : match.start()])
        runs.append(resolve(match.group(1), numbers))
        end = match.end()
    if end < len(html):
        runs.append(html[end:])
    return tuple(runs)


def prose_text(prose: Prose) -> str:
    """Prose as HTML with the shown figures in place, without their markup."""
    return "".join(run if isinstance(run, str) else run.shown for run in prose)


def _shown(reference: Reference, text: str, numbers: Numbers) -> str:
    path, first, last, scenario = reference.path, reference.first, reference.last, reference.scenario
    style, places = _format(reference.form)

    def value(of: str, year: int) -> Decimal:
        found = numbers.value(of, year, scenario)
        if found is None:
            raise UnknownFigure(f"“[[{text}]]”: {numbers.name(of)} has no value for {year} in scenario {scenario}.")
        return found

    if reference.kind in (TOTAL, "segment"):
        return _money(value(path, first), numbers, style, places)
    if reference.kind == "cagr":
        assert last is not None
        if last <= first:
            raise UnknownFigure(f"“[[{text}]]”: the second year must come after the first.")
        return _percent(cagr(value(path, first), value(path, last), last - first), style, places)
    if reference.kind == "growth":
        return _percent(cagr(value(path, first - 1), value(path, first), 1), style, places)
    if reference.kind == "share":
        whole = numbers.adds_to(path) or TOTAL
        return _percent(share(value(path, first), value(whole, first)), style, places)
    if reference.kind == "shift":
        assert last is not None
        whole = numbers.adds_to(path) or TOTAL
        change = share(value(path, last), value(whole, last)) - share(value(path, first), value(whole, first))
        decimals = 1 if places is None else places
        return grouped(change, decimals) if style == "number" else points(change, decimals, short=style == "pp")
    children = [child for child in numbers.children(path) if numbers.value(child, first, scenario) is not None]
    if not children:
        raise UnknownFigure(f"“[[{text}]]”: no segment of {numbers.name(path)} has a value for {first}.")
    if reference.kind == "largest":
        return numbers.name(max(children, key=lambda child: value(child, first)))
    assert last is not None
    return numbers.name(max(children, key=lambda child: cagr(value(child, first), value(child, last), last - first)))


def cagr(first: Decimal, last: Decimal, years: int) -> Decimal:
    """Compound annual growth rate in per cent, unrounded. Raises UnknownFigure where it is not defined."""
    if first <= 0 or years <= 0:
        raise UnknownFigure("Growth from nothing, or over no years, is not defined.")
    with localcontext(prec=28):
        return ((last / first) ** (Decimal(1) / years) - 1) * 100


def share(part: Decimal, whole: Decimal) -> Decimal:
    """Share in per cent, unrounded. Raises UnknownFigure when the whole is nothing."""
    if whole == 0:
        raise UnknownFigure("A share of nothing is not defined.")
    return part / whole * 100


def _format(form: str) -> tuple[str, int | None]:
    """A reference's format: its style, "" for the plain one, and its decimals where it asks for them."""
    match = _FORMAT.fullmatch(form)
    if match is None:
        return "", None
    return match["style"] or "", int(match["places"]) if match["places"] else None


def _money(value: Decimal, numbers: Numbers, style: str, places: int | None) -> str:
    if style == "words":
        decimals = 1 if places is None else places
        return amount(value, numbers.currency, numbers.unit_mult, decimals, in_words=True)
    decimals = numbers.decimals if places is None else places
    return (
        grouped(value, decimals) if style == "number" else amount(value, numbers.currency, numbers.unit_mult, decimals)
    )


def _percent(value: Decimal, style: str, places: int | None) -> str:
    decimals = 1 if places is None else places
    if style == "number":
        return grouped(value, decimals)
    return percent(value, decimals, in_words=style in ("words", "per cent"))
