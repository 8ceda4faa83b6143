"""Every setting of the portal, typed, from the environment. Refuses to guess: what is missing is named."""

import hashlib
from pathlib import Path

import environ
import pghistory
from django.templatetags.static import static
from django.utils.functional import lazy

from portal.desk_settings import UNFOLD as UNFOLD  # Django reads it here
from portal.operations.addresses import broker_transport_options, celery_broker_url, database_settings
from portal.operations.mail import mailers

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier keys, while what they signed still counts
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DATA_DIR = (BASE_DIR / env.str("DATA_DIR", default="var")).absolute()

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "portal.apps.DeskConfig",  # django.contrib.admin with our site
    "django_prose_editor",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "companies",
    "forecasts",
    "reports",
    "portal.access",
    "portal.alerts",
    "portal.pages",
    "portal.search",
    "portal.explorer",
    "portal.api",
    "portal.operations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.pages.opening.OpenReports",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.pages.compressing.CompressPages",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.access.staff_mfa.SecondFactorForStaff",
    "pghistory.middleware.HistoryMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database_settings(env.str("DATABASE_URL", default=""), DATA_DIR)}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)

AUTH_USER_MODEL = "access.User"
SESSION_ENGINE = "portal.access.sessions"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "portal.access.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "portal.access.adapter.SignupForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,10/5m/key",
    "request_by_ip": "20/h/ip",
    "request": "5/h/key",
    "invite": "60/h/user",
    "issue_key": "20/h/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)  # so that X-Forwarded-For can't be made up
MFA_ADAPTER = "portal.access.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Plumbline"
MFA_TOTP_TOLERANCE = 1  # half a minute either way, for clocks that differ
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # localhost is a secure origin anyhow
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=False)  # off for the demo only: docs/operators.md
SIGN_UP_OPEN = env.bool("SIGN_UP_OPEN", default=True)

# One cache that every worker shares: allauth counts tries at signing in there.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://localhost:{env.int('PORT', default=8000)}").rstrip("/")
MAILERS = mailers(env.str("EMAIL_URL", default=""), DATA_DIR)
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Plumbline <plumbline@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
REQUESTS_TO = env.list("REQUESTS_TO", default=[])  # who is told by mail that a request waits in the desk's inbox

# Signing in by an organisation's own identity provider, where one is named.
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="")
OIDC_ORIGIN = env.str("OIDC_ORIGIN", default="/".join(OIDC_SERVER_URL.split("/")[:3]))  # where its sign-in page is
if OIDC_SERVER_URL:
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": env.str("OIDC_NAME", default="your organisation"),
                    "client_id": env.str("OIDC_CLIENT_ID"),
                    "secret": env.str("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_SERVER_URL},
                }
            ],
        }
    }
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/reports/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/reports/"

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "portal.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOAD_DEMO = env.bool("LOAD_DEMO", default=True)  # read by `prepare`, which only `make run` calls
LINK_DEMO = env.bool("LINK_DEMO", default=True)  # whether var/demo.json points at the demo of a DATA_DIR elsewhere

# Deployments that share one broker keep apart by this prefix; hosts of one deployment share the key, hence the prefix.
QUEUE_PREFIX = env.str("QUEUE_PREFIX", default=f"plumbline-{hashlib.sha256(SECRET_KEY.encode()).hexdigest()[:8]}")
BROKER_URL = env.str("CELERY_BROKER_URL", default="pgmq://")
CELERY_BROKER_URL = celery_broker_url(BROKER_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = broker_transport_options(
    BROKER_URL, QUEUE_PREFIX, visibility_timeout=env.int("QUEUE_VISIBILITY_TIMEOUT", default=90)
)
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = f"{QUEUE_PREFIX}-tasks"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # the sweep finds what a lost message would have asked for
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 40
CELERY_TASK_TIME_LIMIT = 50  # well below the visibility timeout, so that no task runs twice at once
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_PREFETCH_MULTIPLIER = 2  # four messages for the two children of the default
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its reply queues overflow pgmq's names; the heartbeat row tells instead
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE

# Called by every worker at its start and every few seconds with the time: they do what a lost message would have asked.
SWEEPS = [
    "forecasts.sweeping.keep_a_sweeper",
    "reports.workflow.publish_due",
    "reports.checking.sweep",
    "reports.forgetting.sweep",
    "reports.importing.sheets.working.sweep",
    "portal.alerts.sweeping.sweep",
    "portal.access.tidying.tidy",
    "portal.search.indexing.sweep",
]

TWO_PERSON_RULE = env.bool("TWO_PERSON_RULE", default=False)  # publishing wants the approval of somebody else

# The draft history keeps each row as it was before a change, so an event is complete in itself: old ones can be dropped
# without losing what newer ones say. Who and where stand in the event; each request has an id that groups its events.
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(row=pghistory.Old),
    pghistory.DeleteEvent(),
)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="+", related_query_name="+")
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
HISTORY_DAYS = env.int("HISTORY_DAYS", default=730)  # how long the draft history is kept

# Readers' pages: everything from ourselves, no inline script or style at all.
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'", *([OIDC_ORIGIN] if OIDC_ORIGIN else [])],
    "frame-ancestors": ["'none'"],
}
# unfold's scripts evaluate expressions and set inline styles; only the desk allows that.
DESK_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}
# Our own extension of the desk's rich-text editor: figures after [[, with their values beside them.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [lazy(static, str)("js/prose-figures.js")],
        "extensions": {"FigureReferences": lambda config, allowed: None},  # it adds no tag; the model cleans anyway
    },
]
# The data grid of a market of 60 nodes and 30 years posts one field a cell where scripts are off.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.api.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # Everyone may ask; what they get is decided by their tier.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "portal.api.schema.Operation",
    "EXCEPTION_HANDLER": "portal.api.errors.problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Plumbline",
    "DESCRIPTION": (
        "Market-intelligence reports as data. Everything is read from published editions, which never change. "
        "Numbers are decimals written as strings, with the places they were printed with. What your access does not "
        "include is said to be withheld; it is never silently missing."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {},
}
