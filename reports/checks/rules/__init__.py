"""All rules. Importing this package registers them."""

from reports.checks.rules import (
    completeness,
    developments,
    forces,
    geography,
    headline,
    hierarchy,
    manuscript,
    numbers,
    players,
    prose,
    story,
)

__all__ = [
    "completeness",
    "developments",
    "forces",
    "geography",
    "headline",
    "hierarchy",
    "manuscript",
    "numbers",
    "players",
    "prose",
    "story",
]
