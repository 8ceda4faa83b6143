"""Whatever text comes in, nothing is lost and nothing fails."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.importing.manuscript import as_json, as_table, parse

MATERIAL = st.sampled_from(
    [
        "# Widget Market",
        "Widget Market Overview",
        "By Type;",
        "A and BBy Colour;",
        "-",
        "- item",
        "* **Bold** item",
        "| a | b |",
        "|---|---|",
        "Drivers:",
        "Restraints",
        "Table of Contents",
        "1.1 Introduction",
        "North America",
        "Key Players:",
        "Acme, Inc.",
        "USD 5 billion in 2024",
        "## Segmentation",
        "FAQ",
        "What is it?",
        "Market Concentration",
        "Base Year | 2024",
        "Title: Some body that goes on for a while and ends here.",
        "=====",
        "---",
        "**",
        "#",
        "\ufeff",
        "By Region: Europe (Germany, France)",
        "Recent Developments",
        "In June 2022, Acme acquired Bolt Ltd.",
        "Porter's Five Forces",
        "\u00a0\u2009x",
    ]
)


def assert_accounted_for(text: str) -> None:
    manuscript = parse(text)
    placed = sum(placement.characters for placement in manuscript.placements)
    total = sum(map(len, text.removeprefix("\ufeff").split()))
    assert placed + manuscript.unplaced_characters == total
    lines = {p.line for p in manuscript.placements} | {u.line for u in manuscript.unplaced}
    normal = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert lines == {number for number, line in enumerate(normal, 1) if line.strip()}
    as_json(manuscript)
    as_table(manuscript)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_arbitrary_text_is_accounted_for(text: str) -> None:
    assert_accounted_for(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(MATERIAL, st.text(max_size=30)), max_size=40))
def test_shuffled_pieces_of_reports_are_accounted_for(lines: list[str]) -> None:
    assert_accounted_for("\n".join(lines))


@pytest.mark.parametrize("text", ["", "\n\n\n", "\ufeff", "   \t "])
def test_an_empty_text_gives_an_empty_manuscript(text: str) -> None:
    manuscript = parse(text)
    assert manuscript.title == ""
    assert set(manuscript.counts.values()) == {0}
    assert manuscript.placed_share == 1.0


def test_text_that_is_no_report_is_not_passed_off_as_one() -> None:
    poem = "The sea was calm that night and nobody spoke of it again until the morning.\nGulls came.\nThen they left."
    manuscript = parse(poem)
    assert manuscript.placed_share < 0.5
    assert manuscript.counts["unplaced_lines"] >= 2


def test_line_ends_odd_spaces_and_a_byte_order_mark_make_no_difference() -> None:
    text = "Widget Market Overview\nThe widget market was worth USD 5.0 million in the year 2024, as far as is known.\n"
    odd = "\ufeff" + text.replace(" ", "\u00a0").replace("\n", "\r\n")
    assert parse(odd).counts == parse(text).counts
    assert [(c.kind, c.value, c.year) for c in parse(odd).claims] == [
        (c.kind, c.value, c.year) for c in parse(text).claims
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "USD 5 ",
        "market ",
        "by the market is segmented into ",
        "- x\n",
        "|a|b|\n",
        "a" * 50,
        "key players include A, ",
        "(",
        "# Market\n",
        "*a*",
        "CAGR of ",
    ],
)
def test_time_grows_with_the_length_of_the_text_and_not_faster(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        start = time.perf_counter()
        parse(text)
        return time.perf_counter() - start

    seconds(10_000)
    small, large = seconds(50_000), seconds(400_000)
    assert large < 8 * 4 * max(small, 0.01)
