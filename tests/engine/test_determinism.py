"""The same inputs give the same bytes, in another process too; and the engine is readable without Django."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from forecasts.engine import compute, default_scenarios
from dataclasses import replace
from tests.engine.test_intervals import market
inputs = market()
inputs = replace(inputs, scenarios=default_scenarios(inputs.drivers))
print(inputs.digest(), compute(inputs).digest)
"""


def run(program: str, seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_two_processes_with_other_hash_seeds_agree() -> None:
    first = run(PROGRAM, "1")
    assert len(first.split()[1]) == 64
    assert run(PROGRAM, "2") == first


def test_the_engine_imports_no_django() -> None:
    loaded = run(
        "import sys, forecasts.engine; print([name for name in sys.modules if name.startswith('django')])", "0"
    )
    assert loaded == "[]"
