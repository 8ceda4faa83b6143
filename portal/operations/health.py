"""Whether this portal can do its work right now."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from portal.operations.models import WorkerHeartbeat


@dataclass
class Health:
    """The answer: each thing that is wrong, as a sentence."""

    problems: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check_health(now: datetime) -> Health:
    """Look at the database, its schema and the worker. Raises nothing; a dead database is an answer like any other."""
    health = Health()
    try:
        if _pending_migrations():
            health.problems["migrations"] = "The database's tables are older than the program. Run `manage.py migrate`."
        elif not WorkerHeartbeat.objects.alive(now).exists():
            health.problems["worker"] = "No worker has reported lately. Start one, or look at its log."
    except DatabaseError:
        health.problems["database"] = "The database does not answer. Look at its log, or check DATABASE_URL."
        connection.close()
    return health


# Asked for every few seconds; once the schema is current it stays so for as long as this program runs.
_schema_is_current = False


def _pending_migrations() -> bool:
    global _schema_is_current
    if not _schema_is_current:
        executor = MigrationExecutor(connection)
        _schema_is_current = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return not _schema_is_current
