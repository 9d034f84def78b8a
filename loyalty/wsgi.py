"""The door for gunicorn. Start-up refuses a database role that row-level security does not hold."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from loyalty.collecting import collect_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402  needs the applications that were just loaded

from loyalty.tenancy.checks import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start("default")
connections.close_all()  # a process that is forked from here must not share it

import_module(settings.ROOT_URLCONF)  # all views are loaded before the fork
collect_seldom()
