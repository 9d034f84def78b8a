"""The door for ASGI servers (chat only; everything else is WSGI)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
application = get_asgi_application()

from django.db import connections  # noqa: E402

from loyalty.tenancy.checks import refuse_unsafe_start  # noqa: E402  needs the applications that were just loaded

refuse_unsafe_start("default")
connections.close_all()  # a process that is forked from here must not share it
