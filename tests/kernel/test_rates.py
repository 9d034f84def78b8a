"""Requests in a short while are counted in Valkey; when it is away everybody is let through, and the budgets in Postgres still hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.conf import settings

from customers.domain.challenge import BUDGETS
from loyalty import rates
from loyalty.domain.errors import Throttled
from loyalty.domain.network import is_shared, network_of
from loyalty.rates import RATES, Rate, refuse_too_many
from loyalty.search.breaker import Breaker
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.earning.counter import in_parallel
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

SIGN_IN = "/api/v1/sign-in"


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three requests are enough, and nothing of another test counts."""
    for name in RATES:
        monkeypatch.setitem(RATES, name, Rate(3))
    with redis.Redis.from_url(settings.REDIS_URL) as valkey:
        for key in valkey.scan_iter("rate:*"):
            valkey.delete(key)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Nothing answers where Valkey should be."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    rates._script.cache_clear()
    monkeypatch.setattr(rates, "_breaker", Breaker())


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    rates._script.cache_clear()


def test_of_many_at_once_so_many_are_let_through_and_nothing_readable_is_kept(tenant: Tenant, three: None) -> None:
    who = f"staff:{uuid4()}"
    answers = in_parallel(8, lambda n: refuse_too_many("finding", who, tenant.id))
    refused = [a for a in answers if isinstance(a, Throttled)]
    assert (len(refused), {r.code for r in refused}) == (5, {"request.throttled"})
    assert all(0 < r.params["seconds"] <= 60 for r in refused)
    refuse_too_many("finding", "staff:another", tenant.id)
    with redis.Redis.from_url(settings.REDIS_URL) as valkey:
        keys = [key.decode() for key in valkey.scan_iter(f"rate:finding:{tenant.id}:*")]
        assert (len(keys), any(who in key for key in keys)) == (2, False)
        assert all(0 < valkey.ttl(key) <= 60 for key in keys)


def test_the_api_says_when_to_come_back(tenant: Tenant, api: ApiClient, three: None) -> None:
    found = [api.get("/api/v1/customers") for _ in range(4)]
    assert [a.status_code for a in found] == [200, 200, 200, 429]
    assert (found[-1].json()["code"], 0 < int(found[-1].headers["Retry-After"]) <= 60) == ("request.throttled", True)
    guesses = [ApiClient(None, tenant.hosts[0]).post(f"{SIGN_IN}/{uuid4()}", {"code": "123456"}) for _ in range(4)]
    assert [a.status_code for a in guesses] == [422, 422, 422, 429]


def test_pages_say_it_too(tenant: Tenant, three: None) -> None:
    browser = visitor(tenant)
    answers = [browser.post("/app/sign-in/", {"phone": f"091234567{n}"}) for n in range(4)]
    assert [a.status_code for a in answers] == [302, 302, 302, 422]
    assert "Too many requests" in text_of(answers[-1])


def test_while_valkey_is_away_all_are_let_through_and_budgets_hold(tenant: Tenant, three: None, away: None) -> None:
    caller = ApiClient(None, tenant.hosts[0])
    answers = []
    for _ in range(BUDGETS["to"] + 1):
        a_minute_later()
        answers.append(caller.post(SIGN_IN, {"phone": "0912345678"}))
    assert [a.status_code for a in answers] == [201] * BUDGETS["to"] + [429]
    assert answers[-1].json()["code"] == "customers.too_many_codes"
    assert rates._breaker.open, "it is left alone for a while"


@pytest.mark.parametrize(
    ("address", "shared"), [("203.0.113.7", True), ("::ffff:203.0.113.7", True), ("2001:db8::1", False), ("", False), ("x", False)]
)
def test_thousands_of_phones_may_stand_behind_one_address_of_ipv4(address: str, shared: bool) -> None:
    assert is_shared(network_of(address)) is shared
