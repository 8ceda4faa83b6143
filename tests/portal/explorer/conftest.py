"""The same reports and readers as the pages have."""

from tests.portal.pages.conftest import editor, heat_pumps, publish, registered, subscriber, sunroofs

__all__ = ["editor", "heat_pumps", "publish", "registered", "subscriber", "sunroofs"]
