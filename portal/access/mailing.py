"""Letters: plain text and HTML from one text template, with absolute links to this portal."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

_BARE_LINK = re.compile(r"https?://\S+\Z")


def letter(
    template: str, to: str, context: Mapping[str, Any], *, headers: Mapping[str, str] | None = None
) -> EmailMultiAlternatives:
    """The mail that `templates/email/<template>.txt` makes: its first line is the subject, the rest the text.

    Nothing is sent. Whatever a context value holds, the subject stays one line.
    """
    subject, _, text = render_to_string(f"email/{template}.txt", {"site": settings.PUBLIC_URL, **context}).partition(
        "\n"
    )
    return dressed(
        EmailMultiAlternatives(" ".join(subject.split()), text.strip() + "\n", to=[to], headers=dict(headers or {}))
    )


def dressed(message: EmailMultiAlternatives) -> EmailMultiAlternatives:
    """`message` with its text set as HTML too."""
    context = {"subject": message.subject, "blocks": list(blocks(str(message.body))), "site": settings.PUBLIC_URL}
    message.attach_alternative(render_to_string("email/letter.html", context), "text/html")
    return message


def blocks(text: str) -> Iterable[dict[str, Any]]:
    """The paragraphs of a text: a link that stands alone, lines with tabs as a table, the rest as prose."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.rstrip() for line in paragraph.splitlines()]
        if len(lines) == 1 and _BARE_LINK.match(lines[0].strip()):
            yield {"link": lines[0].strip()}
        elif all("\t" in line for line in lines):
            yield {"rows": [line.split("\t") for line in lines]}
        else:
            yield {"lines": lines}


def absolute(path: str) -> str:
    """The address of a path of this portal, as a mail must give it."""
    return f"{settings.PUBLIC_URL}{path}"
