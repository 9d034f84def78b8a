"""Settings: read once, typed, from the environment. Unsafe values refuse to start outside the demo and tests."""

from __future__ import annotations

from os import cpu_count
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from loyalty.admin.theme import UNFOLD  # noqa: F401  the theme reads it from here
from loyalty.collecting import collect_after_a_batch

collect_after_a_batch()
env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

LOYALTY_MODE = env.str("LOYALTY_MODE", "production")
"""production: unsafe values refuse to start; demo: known passwords, loopback only; test: as demo, without progress."""
if LOYALTY_MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"LOYALTY_MODE is {LOYALTY_MODE!r}: use production, demo or test")
IN_PRODUCTION = LOYALTY_MODE == "production"
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
if IN_PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: give at least 50 random characters")
LOYALTY_MASTER_KEYS = env.str("LOYALTY_MASTER_KEYS")
"""Wraps the key of each person: "1:<base64 of 32 bytes>,2:…"; the highest number is current."""
LOYALTY_LOOKUP_KEYS = env.str("LOYALTY_LOOKUP_KEYS")
"""HMAC of phones, emails and cards: same form as LOYALTY_MASTER_KEYS."""
LOYALTY_ANCHOR_FILE = env.str("LOYALTY_ANCHOR_FILE", "")
"""Where the anchors of the event log go outside the database; empty: nowhere."""
LOYALTY_PHOTO_FOLDER = env.str("LOYALTY_PHOTO_FOLDER", str(BASE_DIR / ".local" / "photos"))
"""Where photos of levels and rules lie: one folder that all web processes see."""
LOYALTY_CONSOLE_MESSAGES = not IN_PRODUCTION
"""Messages are written on the worker's console, and in full on the screen of the outbox, instead of being sent."""
MESSAGES_FROM_EMAIL = env.str("MESSAGES_FROM_EMAIL", "")
"""Who emails come from; empty: none leave. By the server at EMAIL_HOST."""
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", "")
"""Where text messages are posted to; empty: none leave."""
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", "")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 20
WEBHOOK_PORTS = env.list("WEBHOOK_PORTS", [443, 8443], subcast=int)
"""To which ports of other systems is told what happens."""

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if IN_PRODUCTION else ["localhost", "127.0.0.1", "[::1]", ".localhost", "testserver"])
if IN_PRODUCTION and any(host in {"*", "."} for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts: a host decides whose data a page shows")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
ROOT_URLCONF = "loyalty.urls"
WSGI_APPLICATION = "loyalty.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.User"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/till/"

INSTALLED_APPS = [
    "loyalty.tenancy",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "loyalty.admin.apps.LoyaltyAdminConfig",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_prometheus",
    "django_celery_beat",
    "csp",
    "loyalty.staff",
    "loyalty.messages",
    "loyalty.eventstore",
    "loyalty.projections",
    "loyalty.search",
    "loyalty.api",
    "loyalty.jobs",
    "loyalty.imports",
    "loyalty.files",
    "loyalty.webhooks",
    "loyalty.house",
    "customers",
    "earning",
    "rewards",
    "pos",
    "omnichannel",
]

MIDDLEWARE = [
    "loyalty.observability.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "loyalty.web.PageCSPMiddleware",
    "loyalty.tenancy.middleware.TenantMiddleware",
    "loyalty.web.PageSessionMiddleware",
    "loyalty.web.TenantLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "loyalty.web.PageCsrfMiddleware",
    "loyalty.web.PageAuthenticationMiddleware",
    "loyalty.web.PageMessageMiddleware",
    "loyalty.web.PageHtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "loyalty.tenancy.middleware.RequestTransactionMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "loyalty.web.tenant",
            ],
        },
    }
]

BEHIND_PGBOUNCER = env.bool("BEHIND_PGBOUNCER", False)
"""Prepared statements need one server connection for each client: not behind a pooler in transaction mode."""


def database(url: str) -> dict[str, object]:
    """A Django database from `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django_prometheus.db.backends.postgresql" if env.bool("PROMETHEUS_DATABASE", False) else "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or 5432,
        "CONN_MAX_AGE": None,
        "DISABLE_SERVER_SIDE_CURSORS": BEHIND_PGBOUNCER,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": None if BEHIND_PGBOUNCER else 1, "application_name": "loyalty"},
    }


DATABASES = {"default": database(env.str("DATABASE_URL"))}
"""`default` serves (loyalty_app), `projector` follows the log of all tenants, `owner` migrates and never serves."""
for alias, variable in {"projector": "DATABASE_PROJECTOR_URL", "owner": "DATABASE_OWNER_URL"}.items():
    if url := env.str(variable, ""):
        DATABASES[alias] = database(url)
LOYALTY_LISTEN_URL = env.str("LOYALTY_LISTEN_URL", "")
"""Address of the projector's role at the server itself, where DATABASE_PROJECTOR_URL leads to a pooler: notifications get lost there."""
DATABASE_ROUTERS = ["loyalty.tenancy.routing.OneDatabase"]
MIGRATION_MODULES = {"django_celery_beat": "django_celery_beat.migrations"}

REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ROUTES = {"webhooks.send": {"queue": "webhooks"}}
"""What waits for other systems has workers of its own: `celery worker --queues webhooks --pool threads`."""
JOB_SILENT_SECONDS = env.int("JOB_SILENT_SECONDS", 90)
"""Long work that says nothing for so long was killed: it may be taken up again."""
IMPORT_PROCESSES = env.int("IMPORT_PROCESSES", min(cpu_count() or 1, 4))
"""So many processes at most take in one file together."""
MOST_OPEN_BASKETS = env.int("MOST_OPEN_BASKETS", 10)
"""So many baskets with rewards at most are kept for one customer at once: nobody keeps a whole stock away from others for nothing."""
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

ELASTICSEARCH_URL = env.str("ELASTICSEARCH_URL", "") or None
"""None: Postgres answers every search."""
SEARCH_PREFIX = env.str("SEARCH_PREFIX", "loyalty")

LANGUAGE_CODE = "en"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("pl", "Polski")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_vendor"]
FORMAT_MODULE_PATH = "loyalty.house.locales"
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static_collected"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
STATICFILES_FINDERS = ["loyalty.house.stylesheet.HouseStylesheetFinder"] + [
    f"django.contrib.staticfiles.finders.{finder}" for finder in ("FileSystemFinder", "AppDirectoriesFinder")
]
WHITENOISE_USE_FINDERS = not IN_PRODUCTION
WHITENOISE_MAX_AGE = 31536000 if IN_PRODUCTION else 0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "photos": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": LOYALTY_PHOTO_FOLDER, "allow_overwrite": True},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IN_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
"""A hundred lines of a purchase with ten fields each, twice over."""
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher" if LOYALTY_MODE != "test" else "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SECOND_FACTOR_MANDATORY = IN_PRODUCTION
"""Whether whoever enters the administration needs a second factor. In the demo it is a choice."""
AUTHENTICATION_BACKENDS = ["loyalty.staff.backend.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

SECURE_SSL_REDIRECT = IN_PRODUCTION and env.bool("SECURE_SSL_REDIRECT", True)
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", False)
"""A proxy in front of the platform says by which protocol and from which address a request came; nobody else reaches it."""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
SECURE_HSTS_SECONDS = 31536000 if IN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IN_PRODUCTION
SECURE_HSTS_PRELOAD = IN_PRODUCTION
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "loyalty.house.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
"""Till and customer pages. The admin theme and Swagger UI get their own, in `loyalty.web`."""
CONTENT_SECURITY_POLICY_ADMIN = {
    "DIRECTIVES": CONTENT_SECURITY_POLICY["DIRECTIVES"]
    | {"script-src": [SELF, "'unsafe-eval'", NONCE], "style-src": [SELF, "'unsafe-inline'"]}
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["loyalty.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["loyalty.api.permissions.HasRole"],
    "DEFAULT_RENDERER_CLASSES": ["loyalty.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["loyalty.api.parsers.StrictJSONParser"],
    "EXCEPTION_HANDLER": "loyalty.api.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "loyalty.api.schema.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Loyalty platform",
    "DESCRIPTION": "Customers, purchases, points and stores. Every write needs an Idempotency-Key; errors are problem+json (RFC 9457).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["loyalty.webhooks.document.with_webhooks"],
}

LOGGING_CONFIG = None
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
"""Bearer token of /metrics; in production the address does not exist without one."""
METRICS_ADDRESS = env.str("METRICS_ADDRESS", "")
"""HOST:PORT at which a worker, or beat, answers Prometheus without a token; empty: nowhere. `project --metrics` for projectors."""
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W003"]
"""An email is unique in its tenant, not everywhere; StaffBackend looks it up there. PageCsrfMiddleware is Django's, for pages."""
PROMETHEUS_EXPORT_MIGRATIONS = False
