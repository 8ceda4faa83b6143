"""The data grid: years across, the segment tree down. Reads it for the screen, and applies what an editor typed."""

from forecasts.datagrid.numbers import parse_number, shown
from forecasts.datagrid.reading import computed_cells, entered_cells, load_grid, sheet
from forecasts.datagrid.saving import Applied, GridOutdated, GridRefused, apply_grid

__all__ = [
    "Applied",
    "GridOutdated",
    "GridRefused",
    "apply_grid",
    "computed_cells",
    "entered_cells",
    "load_grid",
    "parse_number",
    "sheet",
    "shown",
]
