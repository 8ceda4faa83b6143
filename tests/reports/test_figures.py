"""Figure references in prose: what they mean, how they are shown, and what an editor is told when one is wrong."""

from decimal import Decimal

import pytest

from forecasts.models import ForecastValue
from reports.document import Figure
from reports.figures import UnknownFigure, parse, prose_text, resolve, resolve_prose
from reports.market_numbers import MarketNumbers


def printed(value: str) -> ForecastValue:
    return ForecastValue(value=Decimal(value))


NUMBERS = MarketNumbers(
    currency="USD",
    unit_mult=6,
    decimals=2,
    cells={
        ("base", "total", 2024): printed("2274.97"),
        ("base", "total", 2030): printed("3452.00"),
        ("base", "total", 2031): printed("3701.17"),
        ("optimistic", "total", 2031): printed("3900.00"),
        ("base", "geography/europe", 2024): printed("700.00"),
        ("base", "geography/europe", 2031): printed("1000.00"),
        ("base", "geography/asia-pacific", 2024): printed("900.00"),
        ("base", "geography/asia-pacific", 2031): printed("1800.00"),
        ("base", "geography/europe/germany", 2031): printed("250.00"),
    },
    names={
        "total": "Car Sunroof Market",
        "geography": "Geography",
        "geography/europe": "Europe",
        "geography/asia-pacific": "Asia Pacific",
        "geography/europe/germany": "Germany",
        "geography/latin-america": "Latin America",
    },
    parents={
        "geography/europe": "total",
        "geography/asia-pacific": "total",
        "geography/latin-america": "total",
        "geography/europe/germany": "geography/europe",
    },
    below={"geography": ["geography/europe", "geography/asia-pacific", "geography/latin-america"]},
)


@pytest.mark.parametrize(
    ("reference", "address", "shown"),
    [
        ("total 2031", "total/2031", "USD 3,701.17 million"),
        ("total 2031 | words", "total/2031", "USD 3.7 billion"),
        ("total 2031 | 0", "total/2031", "USD 3,701 million"),
        ("total 2031 | words 2", "total/2031", "USD 3.70 billion"),
        ("total 2031 | number", "total/2031", "3,701.17"),
        ("total 2031 | number 0", "total/2031", "3,701"),
        ("total 2031 | 1 decimal", "total/2031", "USD 3,701.2 million"),
        ("cagr 2024-2031 | per cent", "cagr/total/2024-2031", "7.2 per cent"),
        ("cagr 2024-2031 | words 2", "cagr/total/2024-2031", "7.20 per cent"),
        ("shift geography/europe 2024-2031", "shift/geography/europe/2024-2031", "−3.8 percentage points"),
        ("shift geography/asia-pacific 2024-2031 | pp", "shift/geography/asia-pacific/2024-2031", "+9.1 pp"),
        (
            "shift geography/asia-pacific 2024-2031 | 2",
            "shift/geography/asia-pacific/2024-2031",
            "+9.07 percentage points",
        ),
        ("total 2031 @optimistic", "total/2031@optimistic", "USD 3,900.00 million"),
        ("segment geography/europe 2031", "segment/geography/europe/2031", "USD 1,000.00 million"),
        ("geography/europe 2031", "segment/geography/europe/2031", "USD 1,000.00 million"),
        ("cagr 2024-2031", "cagr/total/2024-2031", "7.2 %"),
        ("cagr 2024–2031 | 2", "cagr/total/2024-2031", "7.20 %"),
        ("cagr geography/europe 2024-2031", "cagr/geography/europe/2024-2031", "5.2 %"),
        ("share geography/europe 2031", "share/geography/europe/2031", "27.0 %"),
        ("share geography/europe/germany 2031", "share/geography/europe/germany/2031", "25.0 %"),
        ("growth 2031", "growth/total/2031", "7.2 %"),
        ("largest geography 2031", "largest/geography/2031", "Asia Pacific"),
        ("fastest geography 2024-2031", "fastest/geography/2024-2031", "Asia Pacific"),
    ],
)
def test_a_reference_resolves_to_its_address_and_the_house_style(reference: str, address: str, shown: str) -> None:
    assert resolve(reference, NUMBERS) == Figure(address, shown)


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("the total of 2031", "is not a figure"),
        ("segment geography/europa 2031", "Did you mean geography/europe?"),
        ("segment geography/latin-america 2031", "Latin America has no value for 2031"),
        ("total 2019", "has no value for 2019"),
        ("total 2031 @hopeful", "scenario hopeful"),
        ("cagr 2031", "needs two years"),
        ("total 2024-2031", "takes one year"),
        ("total geography/europe 2031", "total takes only a year"),
        ("cagr 2031-2024", "must come after"),
    ],
)
def test_a_wrong_reference_is_refused_with_a_sentence(reference: str, says: str) -> None:
    with pytest.raises(UnknownFigure, match=says.replace("?", r"\?")):
        resolve(reference, NUMBERS)


def test_prose_keeps_its_words_and_traces_its_figures() -> None:
    prose = resolve_prose("<p>Worth [[total 2031]], up [[cagr 2024-2031]] a year.</p>", NUMBERS)
    assert prose == (
        "<p>Worth ",
        Figure("total/2031", "USD 3,701.17 million"),
        ", up ",
        Figure("cagr/total/2024-2031", "7.2 %"),
        " a year.</p>",
    )
    assert prose_text(prose) == "<p>Worth USD 3,701.17 million, up 7.2 % a year.</p>"


def test_prose_without_figures_is_left_as_it_is() -> None:
    assert resolve_prose("<p>No numbers here.</p>", NUMBERS) == ("<p>No numbers here.</p>",)


def test_a_scenario_and_a_form_may_stand_together() -> None:
    reference = parse("segment geography/europe 2031 @optimistic | words")
    assert (reference.scenario, reference.form) == ("optimistic", "words")


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("total 2031 | wrods", r"can be written \| words, \| number, or with a number of decimals"),
        ("total 2031 | pp", r"can be written \| words, \| number"),
        ("total 2031 |", r"can be written"),
        ("largest geography 2031 | words", "a name has no format"),
        ("shift 2024-2031", "shift is of a segment"),
        ("shift geography/europe 2031", "shift needs two years"),
    ],
)
def test_a_format_that_a_figure_does_not_have_is_refused_with_those_it_has(reference: str, sentence: str) -> None:
    with pytest.raises(UnknownFigure, match=sentence):
        parse(reference)
