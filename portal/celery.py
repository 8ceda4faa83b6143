"""The Celery application. Messages are only hints: what must be recomputed is decided by the rows themselves."""

import atexit
import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import worker_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

TRANSPORT_ALIASES["pgmq"] = "portal.operations.queue_transport:Transport"

# It warns of pickled messages read as root, as in a container; ours are JSON only.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("plumbline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Tasks are also published from the web server's threads, which know only the default application.
app.set_default()


@worker_init.connect  # type: ignore[untyped-decorator]
def _watch(**_: object) -> None:
    # Only a worker needs this, and it needs Django's models, which are not loaded yet when this file is.
    from portal.operations.worker import HeartbeatAndSweep

    app.steps["worker"].add(HeartbeatAndSweep)


def let_go_of_the_broker() -> None:
    """Close every connection to the broker; this process publishes nothing afterwards."""
    # Without this, any process that published waits 20 s at its end for the pool's threads.
    if app._pool is not None:
        app._pool.force_close_all()
    app.amqp._producer_pool = None


atexit.register(let_go_of_the_broker)
