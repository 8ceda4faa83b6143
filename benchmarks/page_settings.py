"""The tests' settings on their throwaway server, but for what only tests want: static files are looked for once."""

from tests.settings import *  # noqa: F403

WHITENOISE_AUTOREFRESH = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
