"""The portal's settings on a throwaway PostgreSQL server, with what makes tests slow turned down."""

import os

from tests.throwaway_postgres import database_url

os.environ["DATABASE_URL"] = database_url()
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.pop("CELERY_BROKER_URL", None)

from portal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
