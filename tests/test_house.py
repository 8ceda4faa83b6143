"""The house rules that a machine can check: which room may import from which, and what stays free of Django."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "companies": {"companies"},
    "forecasts": {"forecasts"},
    "reports": {"companies", "forecasts", "reports"},
    "portal": {"companies", "forecasts", "reports", "portal"},
}
ROOMS = set(ALLOWED) | {"tests", "benchmarks"}
WITHOUT_DJANGO = [
    "forecasts/engine",
    "reports/figures.py",
    "reports/house_style.py",
    "reports/document.py",
    "reports/document_json.py",
    "reports/gating.py",
    "reports/contents.py",
    "reports/impact.py",
    "reports/importing/manuscript",
]
READERS_ROOMS = ["portal/pages", "portal/api", "portal/exports", "portal/search", "portal/explorer"]
DRAFT_MODULES = (
    "forecasts.models",
    "companies.models",
    "reports.compiling",
    "reports.market_numbers",
    "forecasts.engine",
)


def python_files(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_from_rooms_below_it(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in python_files(room)
        for module in imports(path)
        if module.split(".")[0] in ROOMS - ALLOWED[room]
    ]
    assert python_files(room)
    assert wrong == []


@pytest.mark.parametrize("place", WITHOUT_DJANGO)
def test_the_reusable_parts_import_no_django(place: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in python_files(place)
        for module in imports(path)
        if module.split(".")[0] in {"django", "rest_framework", "celery"}
        or module.startswith(("reports.models", "forecasts.models"))
    ]
    assert python_files(place)
    assert wrong == []


@pytest.mark.parametrize("place", READERS_ROOMS)
def test_pages_api_and_exports_read_editions_never_drafts(place: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in python_files(place)
        for module in imports(path)
        if module.startswith(DRAFT_MODULES)
    ]
    assert wrong == []


def test_no_file_is_named_for_nothing() -> None:
    vague = {"utils.py", "helpers.py", "services.py", "common.py", "misc.py"}
    found = [path for room in ALLOWED for path in python_files(room) if path.name in vague]
    assert found == []


def test_no_migration_was_named_by_a_machine() -> None:
    found = [
        path for room in ALLOWED for path in python_files(room) if "migrations" in path.parts and "_auto_" in path.name
    ]
    assert found == []
