"""Many processes may declare one queue at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from kombu import Connection, Queue


def declare(name: str) -> None:
    options = dict(settings.CELERY_BROKER_TRANSPORT_OPTIONS)
    with Connection("pgmq://localhost", transport_options=options) as broker, broker.channel() as channel:
        Queue(name, routing_key=name).bind(channel).declare()


@pytest.mark.filterwarnings("ignore:list_queues")  # kombu silences it, but not for threads
@pytest.mark.django_db(transaction=True)
def test_processes_that_declare_one_queue_at_once_do_not_break_each_other() -> None:
    name = f"declared-{time.monotonic_ns()}"
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(declare, name) for _ in range(24)]:
            done.result()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'trigger_notify_queue_insert_listeners'"
            " AND tgrelid = to_regclass(%s)",
            [f"pgmq.q_{name.replace('-', '_')}"],
        )
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT pgmq.drop_queue(%s)", [name.replace("-", "_")])
