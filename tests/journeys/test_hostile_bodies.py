"""Bodies that nobody sends by mistake: answered 400, quickly, and never by a fault of ours."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.earning.shops import CUSTOMERS, PURCHASES, Shops
from tests.pos.given import forget_places
from tests.support.client import ApiClient
from tests.support.pages import text_of

DEEP = 200_000
SECONDS = 2.0
"""Far above what it takes on a busy machine, far below what parsing would."""


@pytest.fixture
def shops(tenant: Any) -> Shops:
    forget_places()
    return Shops.of(tenant)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[" * DEEP + b"]" * DEEP, "json.too_deep"),
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "json.too_large"),
        (b" " * (6 * 2**20) + b"[" * DEEP + b"]" * DEEP, "json.too_large"),
        (b'{"first_name": "a\\u0000b"}', "json.nul"),
        (b'{"first_name": "\\ud800"}', "json.lone_surrogate"),
        (b'{"first_name": "a", "first_name": "b"}', "json.key_twice"),
        (b'{"total": ' + b"9" * 100_000 + b"}", "json.number_too_large"),
        (b'{"total": 1e999999999}', "json.number_too_large"),
        (b'{"first_name": "\xff"}', "json.not_utf8"),
    ],
)
@pytest.mark.parametrize("where", [PURCHASES, CUSTOMERS])
def test_the_api_refuses_it_before_it_costs_anything(api: ApiClient, where: str, raw: bytes, code: str) -> None:
    begun = time.monotonic()
    answer = api.post(where, raw)
    assert time.monotonic() - begun < SECONDS
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x"])
def test_the_administration_refuses_it_too(admin_site: Any, shops: Shops, kind: str) -> None:
    body = b"first_name=" + b"[" * DEEP + b"]" * DEEP + b" " * (6 * 2**20)
    begun = time.monotonic()
    answer = admin_site.post("/admin/customers/customer/register/", body, content_type=kind)
    assert time.monotonic() - begun < SECONDS
    assert answer.status_code == 400


@pytest.mark.parametrize("typed", ["%00", "%ED%A0%80", "9" * 5000, "[" * DEEP])
def test_the_administration_says_what_cannot_be(admin_site: Any, shops: Shops, typed: str) -> None:
    answer = admin_site.post(
        "/admin/customers/customer/register/", f"first_name={typed}&phone={typed}&birth_date={typed}", content_type=FORM
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("typed", ["%ED%A0%80", "A%FFB"])
def test_the_administration_keeps_no_name_of_broken_characters(admin_site: Any, shops: Shops, typed: str) -> None:
    body = f"first_name={typed}&last_name=L%C3%AA+Kept&phone=0987654329&language=vi"
    answer = admin_site.post("/admin/customers/customer/register/", body, content_type=FORM)
    assert answer.status_code == 422
    assert "This text has broken characters. Type it anew." in answer.content.decode()
    assert text_of(admin_site.get("/admin/customers/customer/")).count("Lê Kept") == 0
