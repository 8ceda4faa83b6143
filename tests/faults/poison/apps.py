"""Markets with a dimension called "poison" kill the process that computes them; with one called "held", they wait."""

import os
import signal
import time
from pathlib import Path

from django.apps import AppConfig

from forecasts import engine

HOLD = "PLUMBLINE_TEST_HOLD"


class PoisonConfig(AppConfig):
    name = "tests.faults.poison"

    def ready(self) -> None:
        harmless = engine.compute

        def compute(inputs: engine.MarketInputs) -> engine.MarketForecast:
            groups = {node.group for node in inputs.nodes}
            if "poison" in groups:
                os.kill(os.getpid(), signal.SIGKILL)
            if "held" in groups:
                _wait()
            return harmless(inputs)

        engine.compute = compute


def _wait() -> None:
    """Say that the computation began, and hold it for as long as the file is there."""
    hold = Path(os.environ[HOLD])
    hold.with_suffix(".began").touch()
    while hold.exists():
        time.sleep(0.02)
