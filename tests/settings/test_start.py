"""What production refuses to start with, and that Django's own review of a deployment finds nothing."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
CHECKOUT = Path(__file__).resolve().parents[2]
KEYS = "1:" + base64.b64encode(b"k" * 32).decode()
SAFE = {
    "LOYALTY_MODE": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "LOYALTY_MASTER_KEYS": KEYS,
    "LOYALTY_LOOKUP_KEYS": KEYS,
    "ALLOWED_HOSTS": "shop.example",
}


def manage(*words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in (os.environ | SAFE | changed).items() if value != "absent" and name != "DJANGO_ALLOW_ASYNC_UNSAFE"
    }
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_review_of_a_deployment_finds_nothing() -> None:
    review = manage("check", "--deploy", "--fail-level", "WARNING", "--database", "default", "--database", "projector")
    assert review.returncode == 0, review.stderr
    assert "no issues" in review.stdout + review.stderr


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"SECRET_KEY": "absent"}, "SECRET_KEY"),
        ({"LOYALTY_MODE": "debug"}, "use production, demo or test"),
        ({"LOYALTY_MASTER_KEYS": "1:c2hvcnQ="}, "LOYALTY_MASTER_KEYS"),
        ({"LOYALTY_LOOKUP_KEYS": "nothing"}, "LOYALTY_LOOKUP_KEYS"),
        ({"DATABASE_URL": "absent"}, "DATABASE_URL"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    ],
)
def test_an_unsafe_value_is_refused_by_name(changed: dict[str, str], said: str) -> None:
    refused = manage("check", **changed)
    assert refused.returncode != 0
    assert said in refused.stderr


POOLED = """
import django; django.setup()
from django.conf import settings
for database in settings.DATABASES.values():
    print(database["DISABLE_SERVER_SIDE_CURSORS"], database["OPTIONS"]["prepare_threshold"])
print(settings.LOYALTY_LISTEN_URL)
"""


def test_behind_a_pooler_nothing_is_prepared_and_listening_has_an_address_of_its_own() -> None:
    direct = "postgresql://loyalty_projector:x@server:5432/loyalty"
    given = SAFE | {"BEHIND_PGBOUNCER": "true", "LOYALTY_LISTEN_URL": direct, "DJANGO_SETTINGS_MODULE": "loyalty.settings"}
    ask = [sys.executable, "-c", POOLED]
    said = subprocess.run(ask, cwd=CHECKOUT, env=os.environ | given, capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.split("\n") == ["True None"] * 3 + [direct, ""]


def test_a_role_that_sees_past_row_level_security_may_not_serve() -> None:
    refused = manage("check", "--database", "default", DATABASE_URL=os.environ["DATABASE_OWNER_URL"])
    assert refused.returncode != 0
    assert "loyalty_owner" in refused.stderr
    assert "must not serve" in refused.stderr


@pytest.mark.parametrize("place", ["0.0.0.0:0", "[::]:0", "shop.example:0"])
def test_the_demo_is_served_to_this_machine_alone(place: str) -> None:
    command = [sys.executable, "-m", "gunicorn", "--config", "python:loyalty.serving", "loyalty.wsgi", "--bind", place]
    environment = os.environ | {"LOYALTY_MODE": "demo"}
    refused = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert refused.returncode != 0
    assert "known passwords: bind it to 127.0.0.1" in refused.stderr


@pytest.mark.parametrize(
    "words", [("celery", "-A", "loyalty.celery", "worker", "--pool", "solo"), ("gunicorn", "loyalty.wsgi", "--bind", "127.0.0.1:0")]
)
def test_no_server_starts_with_such_a_role(words: tuple[str, ...]) -> None:
    environment = os.environ | {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    refused = subprocess.run(
        [sys.executable, "-m", *words], cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert refused.returncode != 0
    assert "must not serve" in refused.stderr
