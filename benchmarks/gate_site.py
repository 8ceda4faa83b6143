"""The limit of the report page: Django alone, a gate written by hand with one query, and a view without any gate.

Both send bytes that were compressed before.
"""

import os
from pathlib import Path

from django.conf import settings

if not settings.configured:
    from portal.operations.addresses import database_settings

    settings.configure(
        SECRET_KEY="only-for-benchmarks",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": database_settings(os.environ["GATE_DATABASE_URL"], Path()) | {"CONN_MAX_AGE": 600}},
    )

import django
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

_FIND = """
SELECT page.packed FROM bench_page page JOIN bench_session session ON session.key = %s
JOIN bench_licence licence ON licence.reader = session.reader AND licence.page = page.id
WHERE page.slug = %s AND session.until > now()
"""
_body = b""


def gate(request: HttpRequest, slug: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [request.COOKIES.get("sessionid", ""), slug])
        found = cursor.fetchone()
    return _page(bytes(found[0])) if found else HttpResponse(status=403)


def bare(request: HttpRequest) -> HttpResponse:
    global _body
    if not _body:
        with connection.cursor() as cursor:
            cursor.execute("SELECT packed FROM bench_page WHERE id = 2")
            _body = bytes((cursor.fetchone() or [b""])[0])
    return _page(_body)


def _page(body: bytes) -> HttpResponse:
    return HttpResponse(body, headers={"Content-Length": str(len(body)), "Content-Encoding": "gzip"})


urlpatterns = [path("gate/<slug:slug>/", gate), path("bare/", bare)]
django.setup(set_prefix=False)
application = get_wsgi_application()
