"""The data grid over HTTP: what a request asks to be saved, and the answers for its script and for the plain form."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from forecasts.datagrid import Applied, GridOutdated, GridRefused, apply_grid, entered_cells, load_grid, sheet
from forecasts.models import Market, Observation


class GridForm:
    """One request of the data grid's page. `errors` are sentences by cell key after a refused save."""

    def __init__(self, market: Market, request: HttpRequest) -> None:
        posted = request.POST
        self.market = market
        self.by_script = request.headers.get("Accept", "").startswith("application/json")
        self.plain = "plain" in request.GET or request.method == "POST"
        self.typed = {key[2:]: str(value) for key, value in posted.items() if key.startswith("c:")}
        self.source = posted.get("source", "")
        chosen = posted.get("status", "")
        known = chosen in Observation.Status.values
        self.status = Observation.Status(chosen) if known else Observation.Status.ESTIMATE
        self.version = int(version) if (version := posted.get("version", "")).isdecimal() else 0
        self.errors: dict[str, str] = {}

    def save(self) -> Applied:
        """Store what was typed, all or nothing. Raises GridRefused."""
        return apply_grid(self.market, self.typed, source=self.source, status=self.status, version=self.version)

    def context(self) -> dict[str, Any]:
        """What the page's template needs. The plain form is also there for browsers without scripts."""
        version = self.market.state.inputs_version
        groups = load_grid(self.market, self.typed, self.errors)
        return {
            "groups": groups,
            "sheet": None if self.plain else sheet(self.market, groups, version),
            "plain": self.plain,
            "source": self.source,
            "chosen_status": self.status,
            "statuses": Observation.Status.choices,
            "version": version,
        }


def receipt(market: Market, applied: Applied) -> JsonResponse:
    """After a save: what it did, and everything that is entered now with its status and source."""
    return JsonResponse(
        {
            "sentence": f"Saved: {applied}.",
            "inputs_version": market.state.inputs_version,
            "entered": entered_cells(market),
        }
    )


def refusal(refused: GridRefused) -> JsonResponse:
    """After a refused save: 422 with a sentence a cell, or 409 with what somebody else stored meanwhile."""
    answer: dict[str, Any] = {"sentence": str(refused), "errors": refused.cells}
    if isinstance(refused, GridOutdated):
        answer |= {"errors": {}, "inputs_version": refused.version, "entered": refused.now}
    return JsonResponse(answer, status=409 if isinstance(refused, GridOutdated) else 422)
