"""What every page of an account has in common: nobody may keep a copy, and sentences are shown as messages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def private_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page for this reader alone: no cache keeps it."""
    chosen = request.COOKIES.get("theme", "")
    theme = chosen if chosen in ("light", "dark") else ""
    response = render(request, template, {**context, "theme": theme}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
