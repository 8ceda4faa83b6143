"""Reading the letters that tests made the portal send."""

from typing import Any


def html_of(letter: Any) -> str:
    """The letter as mail programs show it: its HTML part."""
    part = letter.alternatives[0]
    assert part.mimetype == "text/html"
    return str(part.content)
