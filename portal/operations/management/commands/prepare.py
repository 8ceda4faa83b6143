"""Brings database, queue, static files and demo up to date; the supervisor calls it before the web server starts."""

import hashlib
import json
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.access.roles import ensure_roles
from portal.operations.addresses import uses_database_as_broker
from portal.operations.environment import BASE_DIR
from portal.operations.files import write_private
from portal.operations.queue_schema import install_queue

DEMO_KEYS = {"editor", "subscriber", "registered", "api_key"}


class Command(BaseCommand):
    """Everything between a running database server and a portal that can serve; each step does nothing when done."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", required=True, help="where people will reach the portal")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        self._check_server()
        self._migrate()
        ensure_roles()
        if uses_database_as_broker(settings.CELERY_BROKER_URL) and install_queue():
            self.stdout.write("Installed the message queue in the database.")
        self._gather_static_files()
        self._load_demo(url)

    def _check_server(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            (major,) = cursor.fetchone()
        if major < 18:
            raise CommandError(f"Plumbline needs PostgreSQL 18, and the server at DATABASE_URL is PostgreSQL {major}.")

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Applying {len(plan)} migrations.")
            call_command("migrate", interactive=False, verbosity=0)

    def _gather_static_files(self) -> None:
        """Collect only when a file or a library changed: it takes seconds."""
        root = Path(settings.STATIC_ROOT)
        note = Path(settings.DATA_DIR) / "prepared.json"
        wanted = _fingerprint([BASE_DIR / "static", BASE_DIR / "uv.lock"])
        if root.is_dir() and note.exists() and json.loads(note.read_text()).get("static") == wanted:
            return
        self.stdout.write("Gathering static files.")
        call_command("collectstatic", interactive=False, verbosity=0, clear=root.is_dir())
        write_private(note, json.dumps({"static": wanted}))

    def _load_demo(self, url: str) -> None:
        path = Path(settings.DATA_DIR) / "demo.json"
        if not settings.LOAD_DEMO or "load_demo" not in get_commands():
            return
        known = _read(path)
        if DEMO_KEYS - known.keys():
            self.stdout.write("Loading the demo, once.")
            answer = StringIO()
            call_command("load_demo", stdout=answer)
            known = json.loads(answer.getvalue().strip().splitlines()[-1])
        if known.get("url") != url or not path.exists():
            write_private(path, json.dumps({**known, "url": url}, indent=2) + "\n")
        self._link_from_default_place(path)

    def _link_from_default_place(self, path: Path) -> None:
        """Point ``var/demo.json`` at the demo of a data folder elsewhere, unless ``var`` has data of its own."""
        default = BASE_DIR / "var"
        link = default / "demo.json"
        if (
            not settings.LINK_DEMO
            or path.parent == default
            or (default / "postgres").exists()
            or (link.exists() and not link.is_symlink())
        ):
            return
        try:
            default.mkdir(exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(path)
        except OSError as error:
            self.stdout.write(f"Could not leave {link} as a link to {path}: {error.strerror}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        known = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _fingerprint(places: list[Path]) -> str:
    """Changes when a file below any of the places appears, goes or is written to."""
    seen = hashlib.sha256()
    for place in places:
        for path in sorted([place, *place.rglob("*")]):
            status = path.stat()
            if path.is_file():
                seen.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()
