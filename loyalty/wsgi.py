"""The door for gunicorn. Start-up refuses a database role that row-level security does not hold."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402  needs the applications that were just loaded

from loyalty.tenancy.checks import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start("default")
connections.close_all()  # a process that is forked from here must not share it

# All views are loaded before the fork, so that workers share them, and never looked through for garbage again: one such
# look takes a third of a second. What a request leaves behind is freed without it, so looks are rare.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
