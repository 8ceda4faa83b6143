"""The one error that operators see as a sentence, without a traceback."""


class CannotStartError(Exception):
    """Something outside the program prevents it from running. The message says what is wrong and what to do."""
