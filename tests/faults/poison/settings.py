"""The portal's own settings, and poison."""

from portal.settings import *  # noqa: F403
from portal.settings import INSTALLED_APPS as HARMLESS

INSTALLED_APPS = [*HARMLESS, "tests.faults.poison"]
