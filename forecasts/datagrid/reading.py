"""The grid as the screen shows it: every node of a market with what was entered and what was computed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forecasts.datagrid.numbers import shown
from forecasts.models import Assumption, Dimension, ForecastValue, Market, Observation, Pin, Segment

TOTAL = "total"


@dataclass(slots=True)
class GridCell:
    """One cell on the screen. `typed` is what the input holds; `computed` what the engine says, in grey."""

    key: str
    year: int
    typed: str = ""
    computed: str = ""
    status: str = ""
    pinned: str = ""
    source: str = ""
    illustrative: bool = False
    error: str = ""


@dataclass(slots=True)
class GridRow:
    """One node. `parent` is the node of the same group that it is a part of; "" at the top of the group."""

    node: str
    path: str
    name: str
    level: int
    parent: str = ""
    cells: list[GridCell] = field(default_factory=list)
    growth: GridCell | None = None
    method: str = ""


@dataclass(slots=True)
class GridGroup:
    """One dimension's rows under its name. `whole` is the node that its top rows add up to, "" for the total itself."""

    key: str
    name: str
    about: str
    whole: str = ""
    rows: list[GridRow] = field(default_factory=list)


def node_key(segment: Segment | None = None, dimension: Dimension | None = None) -> str:
    """A node's short name in form fields: "t" for the total, "d12" a partial dimension's own total, "s34" a segment."""
    if segment is not None:
        return f"s{segment.pk}"
    return f"d{dimension.pk}" if dimension is not None else "t"


def entered_cells(market: Market) -> dict[str, dict[str, Any]]:
    """Cell key -> what was entered there: its text, status and source. A growth rate has only a text."""
    cells: dict[str, dict[str, Any]] = {
        f"{node_key(o.segment, o.dimension)}-{o.year}": {
            "typed": shown(o.value, market.decimals),
            "status": o.status,
            "source": o.source,
            "illustrative": o.illustrative,
        }
        for o in inputs_of(Observation, market)
    }
    for a in inputs_of(Assumption, market):
        if a.method == Assumption.Method.GROWTH_RATE and a.rate is not None:
            cells[f"{node_key(a.segment, a.dimension)}-growth"] = {"typed": f"{a.rate.normalize():f}"}
    return cells


def sheet(market: Market, groups: Iterable[GridGroup], version: int) -> dict[str, Any]:
    """The grid as JSON for its script. `version` is the inputs' version, read before the groups: an edit in between is
    then refused on saving rather than overwritten."""
    rows: list[dict[str, Any]] = []
    for group in groups:
        rows.append({"key": group.key, "name": group.name, "about": group.about, "whole": group.whole, "level": 0})
        for row in group.rows:
            cells = {
                cell.year: {
                    "typed": cell.typed,
                    "computed": cell.computed,
                    "status": cell.status,
                    "pinned": cell.pinned,
                    "source": cell.source,
                    "illustrative": cell.illustrative,
                }
                for cell in row.cells
            }
            assert row.growth is not None
            rows.append(
                {
                    "key": row.node,
                    "path": row.path,
                    "name": row.name,
                    "level": max(row.level, 1),
                    "parent": row.parent or group.key,
                    "cells": cells,
                    "growth": row.growth.typed,
                    "method": row.method,
                }
            )
    return {
        "measure": market.measure,
        "unit": market.unit_label,
        "decimals": market.decimals,
        "years": list(market.years),
        "base_year": market.base_year,
        "version": version,
        "rows": rows,
    }


def computed_cells(market: Market, scenario: str = "base") -> dict[str, str]:
    """Cell key -> computed value as shown, for refreshing a grid that is already on screen."""
    nodes = {TOTAL: "t"}
    for dimension in market.dimensions.all():
        nodes[dimension.code] = node_key(dimension=dimension)
    for segment in Segment.objects.filter(dimension__market=market):
        nodes[segment.path] = node_key(segment)
    return {
        f"{nodes[v.path]}-{v.year}": shown(v.value, market.decimals)
        for v in ForecastValue.objects.filter(market=market, scenario=scenario)
        if v.path in nodes
    }


def load_grid(
    market: Market, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> list[GridGroup]:
    """The grid of a market, dimension by dimension; with `typed` and `errors` laid over it after a refusal."""
    typed, errors = typed or {}, errors or {}
    observations = {(node_key(o.segment, o.dimension), o.year): o for o in inputs_of(Observation, market)}
    pins = {(node_key(p.segment, p.dimension), p.year): p for p in inputs_of(Pin, market)}
    assumptions = {node_key(a.segment, a.dimension): a for a in inputs_of(Assumption, market)}
    values = {(v.path, v.year): v for v in ForecastValue.objects.filter(market=market, scenario="base")}

    def row(node: str, path: str, name: str, level: int, parent: str = "") -> GridRow:
        one = GridRow(node, path, name, level, parent)
        for year in market.years:
            key = f"{node}-{year}"
            cell = GridCell(key, year, error=errors.get(key, ""))
            observation, pin, value = observations.get((node, year)), pins.get((node, year)), values.get((path, year))
            if value is not None:
                cell.computed, cell.status = shown(value.value, market.decimals), value.status
            if observation is not None:
                cell.typed, cell.source = shown(observation.value, market.decimals), observation.source
                cell.status, cell.illustrative = observation.status, observation.illustrative
            if pin is not None:
                cell.pinned = f"Pinned at {shown(pin.value, market.decimals)}: {pin.reason}"
            cell.typed = typed.get(key, cell.typed)
            one.cells.append(cell)
        assumption = assumptions.get(node)
        rate = ""
        if assumption is not None:
            one.method = assumption.get_method_display()
            if assumption.method == Assumption.Method.GROWTH_RATE and assumption.rate is not None:
                rate = f"{assumption.rate.normalize():f}"
        key = f"{node}-growth"
        one.growth = GridCell(key, 0, typed.get(key, rate), error=errors.get(key, ""))
        return one

    groups = [GridGroup("gt", "Market total", market.unit_label, "", [row("t", TOTAL, market.name, 0)])]
    for dimension in market.dimensions.select_related("breaks_down").prefetch_related("segments__parent"):
        about = (
            f"breakdown of {dimension.breaks_down.name}"
            if dimension.breaks_down
            else {"complete": "sums to the market", "partial": "covers part of the market"}[dimension.coverage]
        )
        group = GridGroup(f"g{dimension.pk}", f"By {dimension.name}", about, node_key(dimension.breaks_down))
        if dimension.coverage == Dimension.Coverage.PARTIAL:
            group.whole = node = node_key(dimension=dimension)
            group.rows.append(row(node, dimension.code, f"{dimension.name}, all", 0))
        below: dict[int | None, list[Segment]] = defaultdict(list)
        for segment in dimension.segments.all():
            below[segment.parent_id].append(segment)
        waiting = [(segment, 1) for segment in reversed(below[None])]
        while waiting:
            segment, level = waiting.pop()
            above = node_key(segment.parent) if segment.parent_id else ""
            group.rows.append(row(node_key(segment), segment.path, segment.name, level, above))
            waiting += [(child, level + 1) for child in reversed(below[segment.pk])]
        groups.append(group)
    return groups


def inputs_of[T: (Observation, Assumption, Pin)](kind: type[T], market: Market) -> list[T]:
    return list(kind.objects.filter(market=market).select_related("segment__dimension", "dimension"))
