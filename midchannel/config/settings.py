"""Django's settings, read from the environment (`MIDCHANNEL_*`, `DATABASE_URL`) by `config.options`."""

from midchannel.config import logs
from midchannel.config.options import options

LOGGING = logs.LOGGING
SECRET_KEY = options.secret_key()
DEBUG = options.debug
ALLOWED_HOSTS = options.allowed_hosts
CSRF_TRUSTED_ORIGINS = options.trusted_origins
ROOT_URLCONF = "midchannel.config.urls"
WSGI_APPLICATION = "midchannel.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
SITE_ID = None

INSTALLED_APPS = [
    "midchannel.web",  # first: its templates come before those of the others
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "midchannel.platform.accounts",
    "midchannel.platform.audit",
    "midchannel.platform.events",
    "midchannel.platform.files",
    "midchannel.platform.idempotency",
    "midchannel.platform.imports",
    "midchannel.platform.richtext",
    "midchannel.outside.channels",
    "midchannel.outside.listening",
    "midchannel.outside.silos",
    "midchannel.outside.networks.email",
    "midchannel.outside.networks.simulator",
    "midchannel.middle.signals",
    "midchannel.middle.customers",
    "midchannel.middle.consents",
    "midchannel.middle.conversations",
    "midchannel.middle.cases",
    "midchannel.middle.documents",
    "midchannel.inside.teamwork",
    "midchannel.inside.swarms",
    "midchannel.inside.partners",
    "midchannel.inside.assistance",
    "midchannel.inside.service",
    "midchannel.inside.improvements",
    "midchannel.insight.facts",
    "midchannel.insight.social",
    "midchannel.insight.worth",
    "midchannel.insight.outcomes",
    "midchannel.config",  # last: connects the networks
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "midchannel.web.frame.middleware.SecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "midchannel.web.frame.middleware.ReaderZone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "midchannel.web.frame.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "midchannel.web.frame.problems.ProblemPages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "midchannel.web.frame.context.frame",
            ],
            # Every template has these without `{% load %}`.
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "midchannel.platform.richtext.templatetags.stranger",
                "midchannel.web.components.tags",
            ],
        },
    },
]

DATABASES = {"default": options.database()}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_PASSWORDS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_PASSWORDS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_PASSWORDS}.CommonPasswordValidator"},
    {"NAME": f"{_PASSWORDS}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "name")}},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "midchannel.web.signin.adapter.ClosedSignup"
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/signin/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = options.data / "static"
DATA = options.data
UNDO_SECONDS = options.undo_seconds  # in which a reply can be taken back
UNDERSTAND = options.understand  # whether texts are read as they arrive
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not options.hashed_static
_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage" if options.hashed_static else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC or "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = options.behind_tls
CSRF_FAILURE_VIEW = "midchannel.web.frame.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if options.behind_tls:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
