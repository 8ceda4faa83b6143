"""The forecasting room's tables: what is measured, what analysts entered, how it is projected, what came out."""

from forecasts.models.crossing import CrossCell, CrossTable
from forecasts.models.inputs import Assumption, Driver, GrowthStep, Observation, Pin, Scenario, ScenarioWeight
from forecasts.models.market import Dimension, Market, Segment
from forecasts.models.runs import ForecastRun, ForecastState, ForecastValue

__all__ = [
    "Assumption",
    "CrossCell",
    "CrossTable",
    "Dimension",
    "Driver",
    "ForecastRun",
    "ForecastState",
    "ForecastValue",
    "GrowthStep",
    "Market",
    "Observation",
    "Pin",
    "Scenario",
    "ScenarioWeight",
    "Segment",
]
