"""The application of the worker that tests start: the platform's, which may reach receivers on this machine."""

import django

from loyalty.celery import app

django.setup()

# Models are known only now.
from loyalty.webhooks import transport  # noqa: E402
from tests.webhooks.receiver import LOOPBACK  # noqa: E402

transport.policy = lambda: LOOPBACK
__all__ = ["app"]
