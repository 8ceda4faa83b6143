"""Headline claims as publishers phrase them: a contradiction is found, a consistent claim is never called wrong.

Each line of `pages/phrasings.tsv` is what is made of the growth claims of a text, in order (a agrees, d disagrees, u
unverifiable), and the text, ¶ for a new line. Where the rate is counted over the years it is stated for rather than
those of its values, that counts as agreeing here.
"""

from datetime import date
from pathlib import Path

import pytest

from reports.checks.manuscripts import check_text

VERDICTS = {"agrees": "a", "fits-other-years": "a", "disagrees": "d", "unverifiable": "u"}

PAGES = Path(__file__).parent / "pages"
PHRASES = [tuple(line.split("\t")) for line in (PAGES / "phrasings.tsv").read_text(encoding="utf-8").splitlines()]
END_POINTS = [tuple(line.split("\t")) for line in (PAGES / "end_points.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("expected", "phrase"), PHRASES)
def test_a_claim_is_judged_as_it_is_phrased(expected: str, phrase: str) -> None:
    text = phrase.replace(" ¶ ", "\n")
    result = check_text(f"Toy Market Report\n\n{text}\n", today=date(2026, 11, 23))
    assert "".join(VERDICTS[claim["verdict"]] for claim in result["claims"]) == expected
    errors = {finding["code"] for finding in result["findings"] if finding["severity"] == "error"}
    assert errors == ({"growth-disagrees"} if "d" in expected else set())


@pytest.mark.parametrize(("first", "first_year", "last", "last_year", "rate", "phrase"), END_POINTS)
def test_end_points_are_read_as_they_are_phrased(
    first: str, first_year: str, last: str, last_year: str, rate: str, phrase: str
) -> None:
    """The rate that fits the end points agrees, and one that is six points off is the page's only error."""
    text = phrase.replace(" ¶ ", "\n").replace(" ⇥ ", "\t")
    for stated, verdict, expected in ((rate, "a", set()), (f"{float(rate) + 6:.1f}", "d", {"growth-disagrees"})):
        result = check_text(f"Toy Market Report\n\n{text.format(rate=stated)}\n", today=date(2026, 11, 23))
        (claim,) = [one for one in result["claims"] if one["stated"] == float(stated)]
        assert (claim["values"], claim["years"]) == ([first, last], [int(first_year), int(last_year)])
        assert VERDICTS[claim["verdict"]] == verdict
        assert {one["code"] for one in result["findings"] if one["severity"] == "error"} == expected


@pytest.mark.parametrize(
    "phrase",
    [
        "Asia Pacific held a market share of 38.2% in 2023. The toy market is growing fast.",
        "A maker invested USD 400 million in 2023; its revenue rose by 12% to USD 5.0 billion.",
        "全球玩具市场规模2022年为45亿美元，预计2030年达到72亿美元，年复合增长率为6.0%。",
        "The toy market is worth USD 3.0-3.2 billion, growing 6-7% a year.",
        "Рынок игрушек вырастет с 4,5 млрд долларов в 2022 году до 7,2 млрд к 2030 году.",
    ],
)
def test_what_states_no_single_rate_with_its_end_points_is_never_called_wrong(phrase: str) -> None:
    result = check_text(f"Toy Market Report\n\n{phrase}\n", today=date(2026, 11, 23))
    assert not [claim for claim in result["claims"] if claim["verdict"] == "disagrees"]
    assert not [finding for finding in result["findings"] if finding["severity"] == "error"]


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [
        ("6.0%", "agrees"), ("7.0%", "disagrees"),
        ("over 5%", "agrees"), ("over 8.5%", "disagrees"),
        ("less than 8%", "agrees"), ("less than 4%", "disagrees"),
        ("about 6.1%", "agrees"), ("about 8.1%", "disagrees"),
    ],
)  # fmt: skip
def test_a_hedged_rate_is_taken_at_its_word(rate: str, verdict: str) -> None:
    text = f"The toy market was worth USD 4.50 billion in 2022 and will reach USD 7.18 billion by 2030, at {rate} CAGR."
    (claim,) = check_text(f"Toy Market Report\n\n{text}\n", today=date(2026, 11, 23))["claims"]
    assert claim["verdict"] == verdict


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        (
            "The toy market grew at a CAGR of 2.0% from 2017 to 2022. It was USD 4.5 billion in 2022 and will reach "
            "USD 7.2 billion by 2030.",
            "to 2022",
        ),
        (
            "The toy market was USD 4.5 billion in 2022, having grown at a CAGR of 2.0% since 2017. It will reach "
            "USD 7.2 billion by 2030.",
            "from 2017",
        ),
    ],
)
def test_a_rate_of_other_years_than_its_values_is_unverifiable(phrase: str, reason: str) -> None:
    (claim,) = check_text(f"Toy Market Report\n\n{phrase}\n", today=date(2026, 11, 23))["claims"]
    assert claim["verdict"] == "unverifiable"
    assert reason in claim["reason"]


def test_another_market_in_the_same_paragraph_is_no_contradiction() -> None:
    text = (
        "The cooling market was USD 16.56 billion in 2024 and will be USD 42.48 billion by 2032, a CAGR of 12.5%. The "
        "market for liquid coolants will expand from USD 2.6 billion in 2024 to USD 10.5 billion by 2032 at 19.0% CAGR."
    )
    result = check_text(f"Cooling Market Report\n\n{text}\n", today=date(2026, 11, 23))
    assert [claim["verdict"] for claim in result["claims"]] == ["agrees", "agrees"]
    assert [finding["sentence"] for finding in result["findings"] if finding["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("end", "rate", "verdict"),
    [
        ("USD 7.0-7.4 billion", "6.0%", "agrees"),
        ("USD 7.0-7.4 billion", "7.0%", "disagrees"),
        ("USD 7.0 to 7.4 billion", "6.0%", "agrees"),
        ("between USD 7.0 billion and USD 7.4 billion", "5.0%", "disagrees"),
        ("USD 7,000 million–7.4 billion", "6.0%", "agrees"),
        ("USD 7.2 billion", "6-7%", "agrees"),
        ("USD 7.2 billion", "between 7% and 8%", "disagrees"),
        ("USD 7.2 billion", "5% to 6.5%", "agrees"),
        ("USD 7.2 billion", "8 to 9 per cent", "disagrees"),
    ],
)
def test_a_range_stands_for_every_value_between_its_ends(end: str, rate: str, verdict: str) -> None:
    text = f"The toy market was worth USD 4.5 billion in 2022 and will reach {end} by 2030, at a CAGR of {rate}."
    result = check_text(f"Toy Market Report\n\n{text}\n", today=date(2026, 11, 23))
    (claim,) = result["claims"]
    assert (claim["verdict"], claim["years"]) == (verdict, [2022, 2030])
    assert (claim["stated_to"] is None) == (rate in ("6.0%", "7.0%", "5.0%"))
    assert [one["shown"] for one in result["headline"]][1:] == [
        "USD 7.2 billion" if end == "USD 7.2 billion" else "USD 7.000–7.4 billion" if "," in end
        else "USD 7.0–7.4 billion"
    ]  # fmt: skip


def test_two_amounts_of_two_years_are_no_range() -> None:
    text = "The toy market will grow from USD 4.5 billion to USD 7.2 billion between 2022 and 2030, at a CAGR of 6.0%."
    (claim,) = check_text(f"Toy Market Report\n\n{text}\n", today=date(2026, 11, 23))["claims"]
    assert claim["values"] == ["USD 4.5 billion", "USD 7.2 billion"]
    assert (claim["verdict"], claim["stated_to"]) == ("agrees", None)
