"""The application of the worker that tests start: the platform's, with the kinds of work of the tests."""

import django

from loyalty.celery import app

django.setup()

from tests.jobs import kinds  # noqa: E402

__all__ = ["app", "kinds"]
