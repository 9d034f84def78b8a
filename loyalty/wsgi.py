"""The door for gunicorn. Start-up refuses a database role that row-level security does not hold."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402

from loyalty.tenancy.checks import refuse_unsafe_roles  # noqa: E402  needs the applications that were just loaded

refuse_unsafe_roles("default")
connections.close_all()  # a process that is forked from here must not share it
