"""Two texts compared word by word. No Django."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

_WORD = re.compile(r"\S+\s*|\s+")


class Piece(NamedTuple):
    """A run of words that was `kept`, `gone` or `new`."""

    how: str
    text: str


def pieces(old: str, new: str) -> Iterator[Piece]:
    """How `old` became `new`: runs of words kept, gone and new, in reading order. Together they are both texts."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    for how, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how == "equal":
            yield Piece("kept", "".join(before[a:b]))
            continue
        if a != b:
            yield Piece("gone", "".join(before[a:b]))
        if c != d:
            yield Piece("new", "".join(after[c:d]))
