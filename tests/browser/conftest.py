"""Playwright keeps an event loop in the thread of the tests, in which Django would refuse to touch the database."""

import os

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
