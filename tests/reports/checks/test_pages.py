"""Whole pages around a headline claim: what they say of segments, countries and other markets contradicts nothing."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import fill
from typing import Any

import pytest

from reports.checks.manuscripts import check_text
from reports.importing.opening.words import text_of_html

PAGES = Path(__file__).parent / "pages"


def as_it_is(text: str) -> str:
    return text


def as_lines(text: str) -> str:
    """Without the marks of tables, lists and headings, as a plain copy from a browser is."""
    kept = (line for line in text.split("\n") if line.strip() and not line.startswith("|---"))
    return "\n".join(line.strip("#-| ").replace(" | ", " ") for line in kept)


def as_one_line(text: str) -> str:
    return " ".join(as_lines(text).split())


def as_wrapped(text: str) -> str:
    """Broken at 78 characters, as mail programs do."""
    return "\n".join(
        fill(line, 78, break_long_words=False, break_on_hyphens=False) if len(line) > 78 else line
        for line in text.split("\n")
    )


def checked(text: str) -> dict[str, Any]:
    return check_text(text, today=date(2026, 11, 23))


def errors(text: str) -> list[str]:
    return [one["sentence"] for one in checked(text)["findings"] if one["severity"] == "error"]


def page(name: str, rate: str, form: Callable[[str], str]) -> str:
    text = (PAGES / name).read_text(encoding="utf-8").replace("{rate}", rate)
    return form(text_of_html(text) if name.endswith(".html") else text)


RIGHT = [("report_page.html", "4.7"), ("analysis_page.html", "5.42"), ("press_release.txt", "12.4")]
FORMS = [as_it_is, as_lines, as_wrapped]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "rate"), RIGHT)
def test_a_sound_page_has_not_one_error(name: str, rate: str, form: Callable[[str], str]) -> None:
    assert errors(page(name, rate, form)) == []
    agreed = [claim for claim in checked(page(name, rate, form))["claims"] if claim["verdict"] == "agrees"]
    assert {claim["stated"] for claim in agreed} == {float(rate)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "rate"), [(name, f"{float(rate) + 5}") for name, rate in RIGHT])
def test_a_wrong_rate_is_the_only_thing_wrong_with_a_page(name: str, rate: str, form: Callable[[str], str]) -> None:
    found = checked(page(name, rate, form))["findings"]
    assert {one["code"] for one in found if one["severity"] == "error"} == {"growth-disagrees"}


@pytest.mark.parametrize("name", ["analysis_page.html"])
def test_a_page_on_one_line_has_not_one_error(name: str) -> None:
    assert errors(page(name, "5.42", as_one_line)) == []


OWN = (
    "Valve Market Report\n\nThe valve market was valued at USD 3.2 billion in 2023 and is expected to reach USD 5.1 "
    "billion by 2031, at a CAGR of 6.0% from 2024 to 2031.{more}\n"
)


@pytest.mark.parametrize(
    "more",
    [
        " The pump market was worth USD 8.1 billion in 2023 and will reach USD 14.9 billion by 2031.",
        " The global flow control market is expected to grow at a CAGR of 7.7% from 2024 to 2031.",
        "\n\nBall valves led with 41.2% of the valve market in 2023; gate valves will expand at an 8.1% CAGR to 2031.",
        "\n\nHospitals held most of the market in 2023 and are expected to grow at a CAGR of 7.2% from 2024 to 2031.",
        "\n\nOnline channels will expand at 9.1% CAGR from 2024 to 2031.",
        " Alder Corp. reported revenue of USD 5.4 billion in 2023, up 12% from USD 4.8 billion in 2022.",
        " Vehicle production grew from 80.1 million units in 2021 to 93.5 million units in 2023.",
        " In volume, it will grow from 120 million units in 2023 to 160 million units in 2031, at a CAGR of 3.7%.",
        " Crude oil demand will reach 105.7 million barrels by 2031, growing at 1.1% annually.",
        "\n\nBetween 2021 and 2031 freight will rise 4% a year.",
        " Per capita revenue of the market was USD 16.91 in 2023.",
        "\n\n| Region | 2023 (USD Bn) | 2031 (USD Bn) | CAGR |\n|---|---|---|---|\n| Europe | 1.1 | 1.5 | 3.6% |",
        "\n\nEurope\n\nThe market was USD 0.9 billion in 2023 and is expected to reach USD 1.2 billion by 2031.\n\n"
        "Asia Pacific\n\nThe market is projected to grow at a CAGR of 8.1% from 2024 to 2031.",
        "\n\nYoY growth 2023-2024 (%) | 5.2\nBase year | 2023",
        "\n\n## Related reports\n\nThe valve actuator market was USD 8.1 billion in 2023.\n",
        "\n\n## You may also like\n\n### Pump Market\n\nIt was USD 8.1 billion in 2023; a CAGR of 2.0% is expected.\n",
        "\n\nExplore similar insights\n\nThe market for pumps will hit USD 14.9 billion by 2031 at a CAGR of 3.3%.\n",
    ],
)
def test_what_is_said_of_others_contradicts_nothing(more: str) -> None:
    text = OWN.format(more=more)
    assert errors(text) == []
    first = checked(text)["claims"][0]
    assert (first["values"], first["verdict"]) == (["USD 3.2 billion", "USD 5.1 billion"], "agrees")


@pytest.mark.parametrize(
    "lines",
    [
        "USD 1.31 Bn|Market Size (2023)|USD 2.51 Bn|Market Size (2030)|9.7%|CAGR (2023-2030)",
        "USD 1.31 Bn|Market Size, 2023|USD 2.51 Bn|Market Size, 2030|9.7%|CAGR, 2023-2030",
        "Market Size (2023)|USD 1.31 Bn|Market Size (2030)|USD 2.51 Bn|CAGR (2023-2030)|9.7%",
        "4,950|Value (2023)|USD 1.31 Bn|Value (2030)|USD 2.51 Bn|CAGR|9.7%",
    ],
)
def test_a_chart_s_numbers_are_read_with_their_labels_above_or_below(lines: str) -> None:
    result = checked("Toy Drone Market\n\n" + lines.replace("|", "\n") + "\n")
    (claim,) = result["claims"]
    assert (claim["values"], claim["years"]) == (["USD 1.31 billion", "USD 2.51 billion"], [2023, 2030])
    assert claim["verdict"] == "agrees"


def test_two_values_of_the_page_s_own_market_still_contradict_each_other() -> None:
    more = "\n\nHow large is the valve market? The valve market size was USD 2.9 billion in 2023."
    assert errors(OWN.format(more=more)) == [
        "Two values are given for 2023: USD 3.2 billion and USD 2.9 billion (lines 3 and 5)."
    ]
    assert "3.2 million" in errors(OWN.format(more=more.replace("2.9 billion", "3.2 million")))[0]


def test_a_table_by_year_gives_the_end_points() -> None:
    table = "| Year | Market size (USD billion) |\n|---|---|\n| 2023 | 3.20 |\n| 2024 | 3.39 |\n| 2031 | 5.10 |\n"
    text = f"Valve Market Report\n\n{table}\nThe valve market grows at a CAGR of 9.0% from 2023 to 2031.\n"
    (claim,) = checked(text)["claims"]
    assert (claim["values"], claim["verdict"]) == (["USD 3.20 billion", "USD 5.10 billion"], "disagrees")


@pytest.mark.parametrize(
    "text",
    [
        "Markt für Ventile\n\nDer Markt für Ventile hatte 2023 einen Wert von 3,2 Milliarden US-Dollar und soll bis "
        "2031 auf 5,1 Milliarden US-Dollar wachsen, bei einer CAGR von 6,0 %. In Europa beträgt die CAGR 4,2 % von "
        "2024 bis 2031. Der Markt für Pumpen war 2023 8,1 Mrd. EUR groß und wird 2031 9,9 Mrd. EUR erreichen.",
        "Marché des vannes\n\nLe marché mondial des vannes était évalué à 3,2 milliards USD en 2023 et devrait "
        "atteindre 5,1 milliards USD d'ici 2031, avec un TCAC de 6,0 %. Le segment des vannes à bille progresse avec "
        "un TCAC de 7,4 %.",
        "Mercado de válvulas\n\nEl mercado de válvulas se valoró en USD 3.200 millones en 2023 y alcanzará USD 5.100 "
        "millones en 2031, con una CAGR del 6,0 %. El segmento de bola crece a una CAGR del 7,4 % entre 2023 y 2031.",
        "バルブ市場\n\n世界のバルブ市場は2023年に32億米ドルと評価され、2031年までに51億米ドルに達し、"
        "CAGR 6.0%で成長する。欧州のCAGRは4.2%である。",
        "阀门市场\n\n2023年全球阀门市场规模为32亿美元，2024年至2031年复合年增长率（CAGR）为6.0%。"
        "中国市场从2023年的USD 0.8 billion增长到2031年的USD 1.5 billion，CAGR为8.2%。",
    ],
    ids=["German", "French", "Spanish", "Japanese", "Chinese"],
)
def test_other_languages_give_no_false_error(text: str) -> None:
    assert errors(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "1234567890" * 20_000, " " * 200_000 + "x", "\t" * 100_000 + "x\ty", "USD " * 50_000, "1," * 100_000,
        "2023-2030 " * 20_000, "5.1% " * 40_000, "CAGR of " * 25_000, "the market " * 18_000, "[[" * 100_000,
        "--" + " " * 200_000 + "x", "FY23 " * 40_000,
        f"The market was USD {'9' * 50_000} billion in 2023 and will be USD 5 billion in 2030, at a CAGR of 5%.",
    ],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    assert checked(text)["claims"] == []


def test_a_text_with_more_claims_than_any_page_has_is_read_in_part() -> None:
    claims = checked(re.sub(r"\{more\}", "", OWN) * 2_000)["claims"]
    assert 100 < len(claims) <= 1_000


@pytest.mark.parametrize(
    "sentences",
    [
        "Global shipments of knives are set to grow from 131.2 million units in 2023 to 251.3 million units in 2030, "
        "at a CAGR of 9.7%.",
        "The global sales of knives are estimated at USD 131.2 million in 2023. The market will be worth USD 251.3 "
        "million by 2030, at a CAGR of 9.7%.",
    ],
)
def test_the_sales_of_a_page_s_subject_are_its_market(sentences: str) -> None:
    (claim,) = checked(f"Ceramic Knife Market Report\n\n{sentences}\n")["claims"]
    assert (claim["years"], claim["verdict"], claim["scope"]) == ([2023, 2030], "agrees", "market")
