"""The three brokers a recompute must work with, and how a test and its workers come to use one of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from celery import Celery, current_app
from django.conf import settings

from portal.operations.addresses import broker_transport_options
from portal.operations.queue_schema import purge_queues
from tests.conftest import RABBITMQ_URL, REDIS_URL

EVERY_BROKER = [
    pytest.param("pgmq://", id="pgmq"),
    pytest.param(REDIS_URL, id="redis", marks=pytest.mark.redis),
    pytest.param(RABBITMQ_URL, id="rabbitmq", marks=pytest.mark.rabbitmq),
]


@dataclass(frozen=True)
class Broker:
    """One broker, with queues of this test's own."""

    url: str
    prefix: str
    app: Celery

    def use(self) -> None:
        """Publish to it from the calling thread, too."""
        self.app.set_current()

    @property
    def environment(self) -> dict[str, str]:
        """What tells a worker to use it."""
        return {"CELERY_BROKER_URL": self.url, "QUEUE_PREFIX": self.prefix}


@contextmanager
def publishing_to(url: str, prefix: str, *, reachable: bool = True) -> Iterator[Broker]:
    """This process publishes to `url` within; the queues are removed afterwards, where they can be reached."""
    usual = current_app._get_current_object()
    app = Celery("fault-test", set_as_current=False)
    app.conf.update(
        broker_url=url,
        broker_transport_options=broker_transport_options(url, prefix),
        broker_pool_limit=0,  # kombu shares pools between applications, and this one's must go with it
        broker_connection_timeout=settings.CELERY_BROKER_CONNECTION_TIMEOUT,
        task_default_queue=f"{prefix}-tasks",
        task_publish_retry=False,
        task_ignore_result=True,
    )
    app.set_current()
    # Celery lets this variable win over its configuration, and the tests' settings set it.
    usual_url = os.environ.get("CELERY_BROKER_URL")
    os.environ["CELERY_BROKER_URL"] = url
    try:
        yield Broker(url, prefix, app)
    finally:
        usual.set_current()
        try:
            if url.startswith("pgmq") and reachable:
                purge_queues()
            elif reachable:
                with app.connection_for_write() as connection:
                    connection.default_channel.queue_delete(f"{prefix}-tasks")
        finally:
            app.close()
            os.environ.pop("CELERY_BROKER_URL")
            if usual_url is not None:
                os.environ["CELERY_BROKER_URL"] = usual_url
