"""A task is sent to our broker from whatever thread answers a request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from celery import current_app
from django.conf import settings


def test_every_thread_knows_our_broker() -> None:
    with ThreadPoolExecutor(1) as pool:
        named, broker = pool.submit(lambda: (current_app.main, current_app.conf.broker_url)).result()
    assert (named, broker) == ("loyalty", settings.CELERY_BROKER_URL)
