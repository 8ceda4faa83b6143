"""The registry: codes are unique, findings have stable fingerprints, and the documentation lists every rule."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.checks.draft import Draft
from reports.checks.registry import RULES, Hit, Rule, fingerprint, rule, rules_of_text, run
from tests.reports.checks.drafts import draft

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `([a-z-]+)` \| (error|warning|note) \| (yes)? ?\| (.+) \|$", re.M)


def test_the_documentation_lists_every_rule_as_it_is() -> None:
    documented = {
        (code, severity, bool(of_text), title)
        for code, severity, of_text, title in ROW.findall((ROOT / "docs" / "checks.md").read_text(encoding="utf-8"))
    }
    assert documented == {(one.code, one.severity, one.of_text, one.title) for one in RULES.values()}


def test_every_rule_is_tested() -> None:
    tested = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in RULES if f'"{code}"' not in tested] == []


def test_a_code_is_taken_once() -> None:
    with pytest.raises(ValueError, match="two rules with the code base-year-disagrees"):
        rule("base-year-disagrees", severity="note", title="Again")(lambda draft: iter(()))


def test_the_same_facts_have_the_same_fingerprint_and_other_facts_another() -> None:
    one = fingerprint("code", "place", {"a": 1, "b": ("x", None)})
    assert one == fingerprint("code", "place", {"b": ("x", None), "a": 1})
    assert one != fingerprint("code", "place", {"a": 2, "b": ("x", None)})
    assert one != fingerprint("code", "elsewhere", {"a": 1, "b": ("x", None)})


def test_a_finding_is_reported_once_and_errors_come_first() -> None:
    def twice(_: Draft) -> Iterator[Hit]:
        yield Hit("place", "Warned.", facts={"n": 1})
        yield Hit("place", "Warned in other words.", facts={"n": 1})
        yield Hit("place", "Wrong.", facts={"n": 2}, severity="error")

    found = run(draft(), rules=[Rule("made-up", "warning", "Made up", True, twice)])
    assert [(one.severity, one.sentence) for one in found] == [("error", "Wrong."), ("warning", "Warned.")]


def test_an_empty_draft_has_nothing_to_say() -> None:
    assert run(draft(), rules=rules_of_text()) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "reports" / "checks" / "rules").glob("*.py")), ids=lambda path: path.stem
)
def test_rules_know_no_database(path: Path) -> None:
    modules = {
        node.module or ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    assert not [
        module for module in modules if module.startswith(("django", "reports.models", "forecasts", "companies"))
    ]
