"""The outlines of countries for a drawing, from vendored Natural Earth boundaries: projected, simplified, as SVG paths.

The boundaries are a de facto view at 1:110 million, in the public domain. Nothing here knows of any market.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pycountry
from django.conf import settings

BOUNDARIES = "static/vendor/maps/countries-110m.json"
WIDTH = 1440
"""Units from one side of the date line to the other. They are whole: 720 pixels wide, true to half a pixel."""
LEAST_TURN = 3.0
"""A point is left out where the triangle with its neighbours is smaller than this, in square units."""
LEAST_RING = 10.0
"""An island smaller than this, in square units, is left out, unless its country would vanish."""
LEFT_OUT = {"010", "260"}
"""Antarctica and the French Southern Territories: no market, and a third of the height."""
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
"""Equal Earth, a projection that keeps areas true (Savric, Patterson and Jenny, 2018)."""

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outlines:
    """SVG path data by ISO 3166-1 alpha-2 code; `unnamed` are places without a code of their own."""

    width: int
    height: int
    paths: dict[str, str]
    unnamed: tuple[str, ...]


@cache
def world() -> Outlines:
    """Every country large enough to be drawn. Reads and projects the boundaries once a process."""
    topology = json.loads((settings.BASE_DIR / BOUNDARIES).read_text())
    shapes = [one for one in topology["objects"]["countries"]["geometries"] if one.get("id") not in LEFT_OUT]
    arcs = [_simplified(arc) for arc in _walked(topology)]
    rings = {place: list(_rings(shape, arcs)) for place, shape in enumerate(shapes)}
    points = [point for kept in rings.values() for ring in kept for point in ring]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    bottom = max(y for _, y in points)
    paths: dict[str, str] = {}
    unnamed = []
    for place, shape in enumerate(shapes):
        drawn = _path(rings[place], left, top)
        country = pycountry.countries.get(numeric=shape.get("id", ""))
        if country is None:
            unnamed.append(drawn)
        else:
            paths[country.alpha_2] = drawn
    right = max(x for x, _ in points)
    return Outlines(round(right - left), round(bottom - top), paths, tuple(unnamed))


def _walked(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """The arcs of the topology, which are stored as steps on a grid, in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        yield _joined([], points)


def _joined(before: Sequence[Point], after: Sequence[Point]) -> list[Point]:
    """`after` going on from `before` without a jump where the date line is crossed: degrees may pass 180."""
    last = before[-1][0] if before else after[0][0]
    made = []
    for x, y in after:
        while x - last > 180:
            x -= 360
        while last - x > 180:
            x += 360
        made.append((x, y))
        last = x
    return made


def _project(longitude: float, latitude: float) -> Point:
    root3 = math.sqrt(3)
    theta = math.asin(root3 / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    across = 2 * root3 * math.radians(longitude) * math.cos(theta)
    x = across / (3 * (9 * A4 * sixth * square + 7 * A3 * sixth + 3 * A2 * square + A1))
    y = theta * (A4 * sixth * square + A3 * sixth + A2 * square + A1)
    scale = WIDTH / (2 * 2.70663)
    return x * scale, -y * scale


def _simplified(arc: Sequence[Point]) -> list[Point]:
    """The arc without the points that turn it least (Visvalingam); its ends stay, so that neighbours still meet."""
    points = list(arc)
    drawn = [_project(*point) for point in points]
    while len(points) > 2:
        turns = [_triangle(*drawn[at - 1 : at + 2]) for at in range(1, len(points) - 1)]
        least = min(range(len(turns)), key=turns.__getitem__)
        if turns[least] >= LEAST_TURN:
            break
        del points[least + 1], drawn[least + 1]
    return points


def _triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def _rings(shape: dict[str, Any], arcs: Sequence[Sequence[Point]]) -> Iterator[list[Point]]:
    """The outer rings of a country worth drawing, the largest always."""
    parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    rings = []
    for part in parts:
        for numbers in part:
            ring: list[Point] = []
            for number in numbers:
                # A negative number is the same border walked from its other end.
                run = _joined(ring, arcs[number] if number >= 0 else arcs[~number][::-1])
                ring += run[1:] if ring else run
            # What lies astride the date line is drawn whole, at the right edge.
            east = 360 if min(x for x, _ in ring) < -180 else 0
            rings.append([_project(x + east, y) for x, y in ring])
    largest = max(rings, key=_area)
    yield from (ring for ring in rings if ring is largest or _area(ring) >= LEAST_RING)


def _area(ring: Sequence[Point]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _path(rings: Sequence[Sequence[Point]], left: float, top: float) -> str:
    """Path data in whole units, each point a step from the one before: short, and it compresses well."""
    drawn = []
    for ring in rings:
        points = [(round(x - left), round(y - top)) for x, y in ring]
        (x0, y0), *rest = points
        drawn.append(f"M{x0} {y0}l")
        steps = []
        for x, y in rest[:-1]:
            if (x, y) != (x0, y0):
                steps.append(f"{x - x0} {y - y0}")
                x0, y0 = x, y
        drawn.append(" ".join(steps).replace(" -", "-") + "z")
    return "".join(drawn)
