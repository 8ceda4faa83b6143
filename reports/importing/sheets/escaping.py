"""Keeps spreadsheets from running a text as a formula, and takes that back when the file returns. No Django."""

import re

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def escaped(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula.

    Numbers stay numbers, negative ones too. A text that looks as if it had been escaped gets one apostrophe more, so
    that `unescaped` gives back each text exactly.
    """
    bare = text.lstrip("'")
    risky = bare.startswith(_STARTS_A_FORMULA) and not (bare == text and _NUMBER.fullmatch(text))
    return f"'{text}" if risky else text


def unescaped(text: str) -> str:
    """The text without the apostrophe that `escaped` put before it."""
    if text.startswith("'") and text.lstrip("'").startswith(_STARTS_A_FORMULA):
        return text[1:]
    return text
