"""The portal's settings on a throwaway PostgreSQL server, with what makes tests slow turned down."""

import os
import uuid

from tests.throwaway_postgres import database_url, template

# Set rather than removed: a local .env would fill in what is missing. Child processes of tests inherit all of it.
os.environ["DATABASE_URL"] = database_url()
os.environ["CELERY_BROKER_URL"] = "pgmq://"
os.environ["QUEUE_PREFIX"] = f"plumbline-test-{uuid.uuid4().hex[:8]}"
os.environ.setdefault("SECRET_KEY", "only-for-tests")

from portal.settings import *  # noqa: F403

DATABASES["default"]["TEST"] = {"TEMPLATE": template()}  # noqa: F405  # migrated already
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # tests gather no static files
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
