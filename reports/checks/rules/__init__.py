"""All rules. Importing this package registers them."""

from reports.checks.rules import headline, hierarchy, numbers, players

__all__ = ["headline", "hierarchy", "numbers", "players"]
