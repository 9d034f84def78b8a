"""A transaction that outlives its time, and a database that goes away: 503, to the API and on pages, in the reader's language."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from tests.support.client import ApiClient, visitor

BOX = "/api/v1/toy/boxes/late"
LIMITS = ("transaction_timeout", "idle_in_transaction_session_timeout")


@pytest.fixture(autouse=True)
def tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that was lost is tried anew, and the new one would have no limit."""
    monkeypatch.setattr("loyalty.bus.RETRIES", 0)


@pytest.fixture(params=LIMITS)
def impatient(request: pytest.FixtureRequest) -> Iterator[str]:
    """Postgres waits for a fifth of a second only, on this connection."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(f"set {request.param} = '200ms'")
    yield request.param
    connection.close()


def test_a_write_that_outlives_its_time_may_be_sent_again(tenant: Any, api: ApiClient) -> None:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("set transaction_timeout = '200ms'")
    answer = api.post(BOX, {"things": 1, "slowly": 0.6}, key="one")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "request.unavailable", "1")
    again = [api.post(BOX, {"things": 1, "slowly": 0.6}, key="one") for _ in range(2)]
    assert [a.json() for a in again] == [{"things": 1}] * 2, "a new connection has no limit"


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
def test_it_is_said_in_the_callers_language(api: ApiClient, language: str) -> None:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("set transaction_timeout = '200ms'")
    said = api.speaking(language).post(BOX, {"things": 1, "slowly": 0.6})
    connection.close()
    words = {"vi": "gián đoạn", "en": "not available", "pl": "niedostępn"}
    assert said.status_code == 503
    assert words[language] in said.json()["detail"], said.json()["detail"]


@pytest.mark.parametrize(("language", "words"), [("vi", "Tạm thời"), ("en", "Not available for a moment"), ("pl", "Chwilowo niedostępne")])
def test_a_page_that_outlives_its_time_says_so(
    tenant: Any, admin_user: Any, monkeypatch: pytest.MonkeyPatch, impatient: str, language: str, words: str
) -> None:
    def late(*args: Any, **kwargs: Any) -> bool:
        time.sleep(0.6)
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        return True

    monkeypatch.setattr("customers.admin.CustomerAdmin.has_view_permission", late)
    page = visitor(tenant, admin_user, language).get("/admin/customers/customer/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "1")
    assert words in page.content.decode()


def test_a_connection_that_is_cut_in_the_middle_is_a_503_too(tenant: Any, admin_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*args: Any, **kwargs: Any) -> bool:
        with connection.cursor() as cursor, connections["owner"].cursor() as owner:
            cursor.execute("select pg_backend_pid()")
            owner.execute("select pg_terminate_backend(%s, 5000)", [cursor.fetchone()[0]])
            cursor.execute("select 1")
        return True

    monkeypatch.setattr("customers.admin.CustomerAdmin.has_view_permission", cut)
    page = visitor(tenant, admin_user).get("/admin/customers/customer/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "1")
