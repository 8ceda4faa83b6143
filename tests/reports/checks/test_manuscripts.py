"""Any manuscript, judged without a database: a page with every fault, pages of other publishers, and the command."""

import io
import json
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.checks.manuscripts import check_text
from tests.reports.checks.drafts import TODAY

PAGE = Path(__file__).parent / "pages" / "sixteen_faults.txt"
PUBLISHERS = Path(__file__).parents[1] / "importing" / "pages"
DEMO = Path(__file__).parents[3] / "demo"


def checked(text: str) -> dict[str, Any]:
    return check_text(text, today=TODAY)


def errors(text: str) -> list[str]:
    return [one["sentence"] for one in checked(text)["findings"] if one["severity"] == "error"]


@pytest.fixture(scope="module")
def found() -> Counter[str]:
    return Counter(one["code"] for one in checked(PAGE.read_text())["findings"])


@pytest.mark.parametrize(
    ("code", "times"),
    [
        ("base-year-disagrees", 1),
        ("end-year-disagrees", 1),
        ("spans-disagree", 1),
        ("span-leaves-out-base-year", 1),
        ("duplicate-player", 1),
        ("first-key-player-not-major", 1),
        ("likely-alias", 4),
        ("breakdown-shown-as-sibling", 1),
        ("partial-declared-complete", 1),
        ("segment-called-alternative", 1),
        ("region-story-contradicts-itself", 2),
        ("concentration-of-buyers", 1),
        ("percentage-without-source", 3),
        ("force-without-body", 2),
        ("matrix-areas-named-twice", 1),
        ("matrix-without-market", 1),
        ("countries-announced-not-listed", 1),
        ("dimension-named-two-ways", 1),
        ("region-without-rest", 1),
        ("group-misnamed", 1),
        ("contents-heading-twice", 1),
        ("headings-run-together", 5),
        ("developments-out-of-date", 1),
        ("share-promised", 1),
    ],
)
def test_every_fault_of_the_page_is_found_by_its_rule(found: Counter[str], code: str, times: int) -> None:
    assert found[code] == times


def test_growth_of_six_years_fits_both_versions_so_it_is_not_called_wrong(found: Counter[str]) -> None:
    assert not found["growth-disagrees"]
    assert {claim["verdict"] for claim in checked(PAGE.read_text())["claims"]} == {"agrees"}


@pytest.mark.parametrize("name", ["car-sunroof.md", "door-modules.md", "roof-glazing.md"])
def test_our_own_manuscripts_have_not_one_error(name: str) -> None:
    assert errors((DEMO / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "name",
    [
        "attribute_table.md", "bold_headings.md", "increment.txt", "levelled.md", "numbered_contents.txt",
        "prose_only.txt",
    ],
)  # fmt: skip
def test_sound_pages_of_other_publishers_have_not_one_error(name: str) -> None:
    assert errors((PUBLISHERS / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("sentence", "verdict", "years"),
    [
        ("The toy market was valued at USD 4.5 billion in 2022 and is projected to reach USD 8.9 billion by 2030, "
         "at a CAGR of 8.9% from 2022 to 2030.", "agrees", [2022, 2030]),
        ("The toy market was valued at USD 4.5 billion in 2022 and is projected to reach USD 8.9 billion by 2030, "
         "at a CAGR of 6.1% from 2022 to 2030.", "disagrees", [2022, 2030]),
        ("The toy market was valued at USD 2,274.97 million in 2024 and will reach USD 3,701.17 million by 2030, "
         "growing at a CAGR of 7.2%.", "disagrees", [2024, 2030]),
        ("The toy market was valued at USD 950 million in 2023 and is expected to reach USD 1.4 billion by 2030, "
         "at a CAGR of 5.7%.", "agrees", [2023, 2030]),
        ("The toy market will grow at a CAGR of 5.1% during the forecast period.", "unverifiable", [None, None]),
    ],
)  # fmt: skip
def test_claims_are_judged_by_their_own_end_points(sentence: str, verdict: str, years: list[int | None]) -> None:
    (claim,) = checked(f"Toy Market Report\n\n{sentence}\n")["claims"]
    assert (claim["verdict"], claim["years"]) == (verdict, years)
    wrong = [
        one for one in checked(f"Toy Market Report\n\n{sentence}\n")["findings"] if one["code"] == "growth-disagrees"
    ]
    assert bool(wrong) is (verdict == "disagrees")
    if verdict == "agrees":
        assert claim["implied"]["low"] <= claim["stated"] + 0.05
        assert claim["stated"] - 0.05 <= claim["implied"]["high"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600))
def test_any_text_is_judged_without_failing(text: str) -> None:
    assert set(checked(text)) == {"title", "claims", "headline", "findings"}


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("check_manuscript", *arguments, "--today", "2026-11-23", stdout=out)
    return out.getvalue()


def test_the_command_prints_one_json_object_a_file() -> None:
    lines = run(str(PAGE), str(DEMO / "door-modules.md"), "--json").splitlines()
    first, second = (json.loads(line) for line in lines)
    assert first["file"].endswith("sixteen_faults.txt")
    assert {"code", "severity", "place", "line", "sentence", "suggestion"} == set(first["findings"][0])
    assert first["claims"][0]["values"] == ["USD 1,204.50 million", "USD 1,807.60 million"]
    assert [one for one in second["findings"] if one["severity"] == "error"] == []


def test_the_command_prints_a_table_for_people() -> None:
    table = run(str(PAGE))
    assert "base-year-disagrees: The base year disagrees: USD 1,204.50 million is given for 2023 and 2024" in table
    assert "agrees" in table


def test_the_command_walks_a_folder_and_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [json.loads(line)["file"] for line in run(str(PUBLISHERS), "--json").splitlines()]
    assert files == sorted(files)
    assert len(files) >= 7
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAGE.read_bytes())))
    assert json.loads(run("-", "--json"))["file"] == "-"


def test_a_web_page_is_judged_by_what_its_readers_see(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<!doctype html><html><head><title>Toy Market</title><script>var cagr = '99%';</script></head><body>"
        "<h1>Toy Market</h1><p>The toy market was valued at USD&nbsp;4.5&nbsp;billion in 2022 and will reach "
        "<b>USD 7.2 billion</b> by 2030, at a CAGR of&nbsp;<strong>10.0%</strong>.</p>"
        "<table><tr><th>Base year</th><td>2022</td></tr></table></body></html>",
        encoding="utf-8",
    )
    result = json.loads(run(str(tmp_path), "--json"))
    (claim,) = result["claims"]
    assert (claim["stated"], claim["years"], claim["verdict"]) == (10.0, [2022, 2030], "disagrees")
    assert [one["code"] for one in result["findings"] if one["severity"] == "error"] == ["growth-disagrees"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "shift_jis"])
def test_a_text_is_read_in_the_encoding_it_has(tmp_path: Path, encoding: str) -> None:
    pound = "GBP" if encoding == "shift_jis" else "£"
    text = (
        f"<html><head><meta charset={encoding}></head><body><p>The toy market was {pound} 4.5 billion in 2022 and will "
        f"reach {pound} 7.2 billion by 2030, at a CAGR of 6.0%.</p></body></html>"
    )
    (tmp_path / "page.html").write_bytes(text.encode(encoding))
    (claim,) = json.loads(run(str(tmp_path), "--json"))["claims"]
    assert (claim["values"], claim["verdict"]) == (["GBP 4.5 billion", "GBP 7.2 billion"], "agrees")


def test_menus_and_the_site_s_footer_are_left_out_unless_they_hold_everything(tmp_path: Path) -> None:
    claim = "<p>The toy market was USD 4.5 billion in 2022; it will be USD 7.2 billion by 2030, a CAGR of 6.0%.</p>"
    menu = "<p>The doll market was USD 1.1 billion in 2022 and will be USD 9.9 billion by 2030, a CAGR of 2.0%.</p>"
    (tmp_path / "closed.html").write_text(f"<html><body><nav>{menu}</nav>{claim}<footer>{menu}</footer></body></html>")
    (tmp_path / "open.html").write_text(f"<html><body><nav><h1>Toy Market</h1>{claim}</body></html>")
    closed, left_open = (json.loads(line) for line in run(str(tmp_path), "--json").splitlines())
    assert [one["stated"] for one in closed["claims"]] == [one["stated"] for one in left_open["claims"]] == [6.0]


def test_strict_fails_on_an_error_and_the_plain_command_does_not() -> None:
    run(str(PAGE))
    with pytest.raises(SystemExit) as failed:
        run(str(PAGE), "--strict")
    assert failed.value.code == 1


def test_what_cannot_be_read_is_said_in_a_sentence_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\x00\x00\x00")
    (tmp_path / "program.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "nothing.txt").write_bytes(b" \n")
    (tmp_path / "scripts.html").write_text("<!doctype html><html><body><script>page()</script></body></html>")
    (tmp_path / "windows.txt").write_bytes("Toy Market – a report".encode("cp1252"))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_manuscript", str(tmp_path), str(tmp_path / "absent.txt"), "--json", stdout=out)
    nothing, picture, program, scripts, windows, absent = (json.loads(line) for line in out.getvalue().splitlines())
    assert nothing["problem"] == "The file is empty: there is nothing to check."
    assert picture["problem"].startswith("The file is a picture.")
    assert program["problem"].startswith("The file is not text.")
    assert scripts["problem"].startswith("The page shows no text")
    assert windows["title"]
    assert absent["problem"] == "There is no such file."
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="holds no"):
        run(str(tmp_path / "empty"))


def test_a_hundred_files_take_a_few_seconds(tmp_path: Path) -> None:
    text = PAGE.read_text()
    for number in range(100):
        (tmp_path / f"{number:03}.txt").write_text(text)
    start = perf_counter()
    assert len(run(str(tmp_path), "--json").splitlines()) == 100
    # Generous: the suite shares two cores with other work. Alone this takes under two seconds.
    assert perf_counter() - start < 20
