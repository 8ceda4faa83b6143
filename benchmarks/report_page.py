"""The report's page over HTTP: a licensed reader's and the public one, beside Wagtail and the least there can be.

Run with ``make bench NAME=report_page``. Every server is one gunicorn process of eight threads with persistent
connections to one throwaway PostgreSQL; eight clients ask as browsers do (``Accept-Encoding: gzip``), round by round in
turn:

- ``licensed`` and ``public``: our page of the sample report; ``unchanged``: the public page that a browser has;
- ``wagtail``: headings, paragraphs, tables and charts of the licensed page, as many as make a page of 60 KB, as a
  StreamField of a Wagtail page behind its restriction to signed-in readers. Its settings are a new site's, which
  compress nothing: it is not charged for that. ``wagtail_whole``: with all of the licensed page's content;
- ``wagtail_stored``: the same restriction before a page whose HTML is stored ready-made, the least Wagtail could do;
- ``gate``: Django without middleware, one hand-written query that brings the licensed page's compressed bytes from the
  database; ``bare``: the public page's compressed bytes from memory, without a gate.

The last line printed is one JSON object: requests a second and the 99th percentile in milliseconds of each, with
``ratio_wagtail``, ``ratio_wagtail_whole``, ``ratio_wagtail_stored`` and ``ratio_gate`` of the licensed page,
``ratio_bare`` of the public one, ``queries`` of the licensed page, and the sizes of all pages.
"""

import gzip
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit, urlunsplit

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.page_settings"

ROUNDS, SECONDS, CLIENTS = 5, 2.0, 8
SLUG = "car-sunroof-market"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    cookie, body, queries, sizes = prepare()
    with ExitStack() as stack:
        ours = stack.enter_context(served("portal.wsgi:application"))
        gate = stack.enter_context(served("benchmarks.gate_site:application", GATE_DATABASE_URL=database()))
        peer_database = database("wagtail_peer")
        made = subprocess.run(
            [sys.executable, "-m", "benchmarks.wagtail_site.prepare"], input=body, check=True, stdout=subprocess.PIPE,
            env=os.environ | {"WAGTAIL_DATABASE_URL": peer_database}, encoding="utf-8",
        ).stdout.splitlines()[-1]  # fmt: skip
        peer_made = json.loads(made)
        sizes |= {f"wagtail{kind}": size for kind, size in peer_made["bytes"].items()}
        peer_cookie = {"Cookie": f"sessionid={peer_made['cookie']}"}
        peer = stack.enter_context(
            served("benchmarks.wagtail_site.wsgi:application", WAGTAIL_DATABASE_URL=peer_database)
        )
        page = f"/reports/{SLUG}/"
        etag = urllib.request.urlopen(f"http://127.0.0.1:{ours}{page}").headers["ETag"]
        ways = {
            "licensed": (ours, page, {"Cookie": f"sessionid={cookie}"}, 200),
            "public": (ours, page, {}, 200),
            "unchanged": (ours, page, {"If-None-Match": etag}, 304),
            "wagtail": (peer, "/report/", peer_cookie, 200),
            "wagtail_whole": (peer, "/whole/", peer_cookie, 200),
            "wagtail_stored": (peer, "/stored/", peer_cookie, 200),
            "gate": (gate, f"/gate/{SLUG}/", {"Cookie": f"sessionid={cookie}"}, 200),
            "bare": (gate, "/bare/", {}, 200),
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        tails: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(ROUNDS + 1):
            for name, way in ways.items():
                rate, tail = load(*way)
                if number:  # the first round warms up
                    rates[name].append(rate)
                    tails[name].append(tail)
            print(f"round {number}: " + ", ".join(f"{n} {r[-1]:.0f}/s" for n, r in rates.items() if r), file=sys.stderr)
    middle = {name: statistics.median(taken) for name, taken in rates.items()}
    print(
        json.dumps(
            {
                "ratio_wagtail": round(middle["licensed"] / middle["wagtail"], 2),
                "ratio_wagtail_whole": round(middle["licensed"] / middle["wagtail_whole"], 2),
                "ratio_wagtail_stored": round(middle["licensed"] / middle["wagtail_stored"], 2),
                "ratio_gate": round(middle["licensed"] / middle["gate"], 3),
                "ratio_bare": round(middle["public"] / middle["bare"], 3),
                "queries": queries,
                "bytes": sizes,
                "per_second": {name: round(one, 1) for name, one in middle.items()},
                "p99_ms": {name: round(statistics.median(taken) * 1000, 1) for name, taken in tails.items()},
                "load_average": os.getloadavg()[0],
            }
        )
    )


def prepare() -> tuple[str, str, int, dict[str, int]]:
    """One published report and a licensed reader: their session's key, the page they get, its queries, pages' sizes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from benchmarks.values_api import publish
    from portal.access.models import Organisation, Seat
    from tests.factories import UserFactory

    publish()
    reader = UserFactory.create()
    Seat.objects.create(organisation=Organisation.objects.get(slug="benchmark"), user=reader)
    client = Client()
    client.force_login(reader)
    page = f"/reports/{SLUG}/"
    for _ in range(2):
        client.get(page, headers={"host": "localhost"})
    with CaptureQueriesContext(connection) as captured:
        body = client.get(page, headers={"host": "localhost"}).content
    queries = len(captured)
    packed, public = (
        gzip.compress(one, 9) for one in (body, Client().get(page, headers={"host": "localhost"}).content)
    )
    key = client.cookies["sessionid"].value
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_page (id int PRIMARY KEY, slug text UNIQUE, packed bytea);"
            "CREATE TABLE bench_session (key text PRIMARY KEY, reader int, until timestamptz);"
            "CREATE TABLE bench_licence (reader int, page int, PRIMARY KEY (reader, page));"
            "INSERT INTO bench_licence VALUES (1, 1)"
        )
        cursor.execute("INSERT INTO bench_page VALUES (1, %s, %s), (2, 'public', %s)", [SLUG, packed, public])
        cursor.execute("INSERT INTO bench_session VALUES (%s, 1, now() + interval '1 day')", [key])
        cursor.execute("CREATE DATABASE wagtail_peer")
    sizes = {"licensed": len(body), "licensed_compressed": len(packed), "public_compressed": len(public)}
    return key, body.decode(), queries, sizes


def database(name: str = "") -> str:
    """The throwaway server's address, of its own database or another on it."""
    parts = urlsplit(os.environ["PLUMBLINE_THROWAWAY_DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}")) if name else urlunsplit(parts)


@contextmanager
def served(application: str, **environment: str) -> Iterator[int]:
    """A gunicorn of one process on a free port, ended at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(CLIENTS), "--log-level", "error"),
    ]
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        for _ in range(600):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def load(port: int, path: str, headers: dict[str, str], status: int) -> tuple[float, float]:
    """Eight clients ask as fast as they are answered: requests a second, and the 99th percentile in seconds."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Accept-Encoding": "gzip", **headers}.items())
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode()
    expected = f"HTTP/1.1 {status} ".encode()
    taken: list[float] = []
    wrong: list[bytes] = []
    until = time.perf_counter() + SECONDS

    def client() -> None:
        connection = None
        while time.perf_counter() < until and not wrong:
            began = time.perf_counter()
            if connection is None:
                connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(request)
            head, closes = answer(connection)
            if not head.startswith(expected):
                wrong.append(head[:500])
            if closes:
                connection.close()
                connection = None
            taken.append(time.perf_counter() - began)
        if connection is not None:
            connection.close()

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    began = time.perf_counter()
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    if wrong:
        raise RuntimeError(f"{path} answered {wrong[0]!r}")
    elapsed = time.perf_counter() - began
    return len(taken) / elapsed, statistics.quantiles(taken, n=100)[-1]


def answer(connection: socket.socket) -> tuple[bytes, bool]:
    """The head of one answer, whose body is read and dropped, and whether the server closes the connection."""
    received = bytearray()
    while (end := received.find(b"\r\n\r\n")) < 0:
        chunk = connection.recv(1 << 18)
        if not chunk:
            raise RuntimeError(f"The server closed the connection after {bytes(received)!r}")
        received += chunk
    head = bytes(received[:end])
    lower = head.lower()
    at = lower.find(b"content-length:")
    left = (int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0) - (len(received) - end - 4)
    while left > 0:
        left -= len(connection.recv(min(left, 1 << 18)))
    return head, b"connection: close" in lower


if __name__ == "__main__":
    main()
