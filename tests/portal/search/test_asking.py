"""What a line in the search box is understood to ask for."""

from decimal import Decimal

import pytest

from portal.search.asking import Range, ask, parse_range

REGIONS = {"Asia Pacific": "asia-pacific", "Europe": "europe"}


@pytest.mark.parametrize(
    ("line", "text", "cagr", "size", "region"),
    [
        ("CAGR over 7 %, size over 1 bn, Asia Pacific", "", "7..", "1000..", "asia-pacific"),
        ("sunroof glass", "sunroof glass", "", "", ""),
        ("growth under 5.5 percent", "", "..5.5", "", ""),
        ("size between 500 million and 2 bn, roofs", "roofs", "", "500..2000", ""),
        ("cagr >= 3, europe", "", "3..", "", "europe"),
        ("roof, market size above USD 2,500 million", "roof", "", "2500..", ""),
        ("size over 1000000000", "", "", "1000..", ""),
        ("size over 7 %", "size over 7 %", "", "", ""),
        ("Europe in winter", "Europe in winter", "", "", ""),
        ("", "", "", "", ""),
    ],
)  # fmt: skip
def test_limits_are_taken_out_of_the_words(line: str, text: str, cagr: str, size: str, region: str) -> None:
    asked = ask(line, REGIONS)
    assert (asked.text, str(asked.cagr), str(asked.size), asked.region) == (text, cagr, size, region)


def test_a_range_holds_its_ends_and_no_missing_value() -> None:
    limit = parse_range("5..10")
    assert Decimal(5) in limit
    assert Decimal("10.01") not in limit
    assert None not in limit
    assert str(Range()) == ""


@pytest.mark.parametrize("written", ["5", "..", "a..b", "1..2..3", "1e9..", "9" * 400 + ".."])
def test_what_is_no_range_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_range(written)
