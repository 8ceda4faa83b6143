"""What the Celery worker does for forecasts. A task is one line and carries ids."""

from celery import shared_task

from forecasts.recompute import recompute_when_due


@shared_task(name="forecasts.recompute_market", ignore_result=True)  # type: ignore[untyped-decorator]
def recompute_market(market_id: int, trigger: str, by: int | None = None) -> None:
    """Recompute one market, if it is stale and due."""
    recompute_when_due(market_id, trigger=trigger, by=by)
