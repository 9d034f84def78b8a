"""Every endpoint answers to every role as the OpenAPI document declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from loyalty.staff.models import User
from loyalty.staff.permissions import STARTER_ROLES
from loyalty.tenancy.models import Tenant
from tests.earning.shops import Shops
from tests.support.client import ApiClient

STAFF = tuple(role.code for role in STARTER_ROLES)
ROLES = (*STAFF, "server", "customer")
OPEN = ["visitor"]
"""Of what anybody may ask before it is known who they are."""
LEAST = 60
"""So many operations there are at least: a document that lists fewer was cut short."""


@pytest.fixture(scope="module")
def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each operation of ours."""
    document = Client().get("/api/schema/", {"format": "json"}, HTTP_HOST="localhost").json()
    found = [(method, path, told) for path, methods in document["paths"].items() for method, told in methods.items()]
    assert len(found) >= LEAST
    assert set(document["components"]["securitySchemes"]) == {"token", "customer"}
    return found


@pytest.fixture
def callers(
    tenant: Tenant, api: ApiClient, api_as: Callable[..., ApiClient], make_user: Callable[..., User], shops: Shops
) -> dict[str, ApiClient]:
    staff = {role: api_as(user=make_user(tenant, role)) for role in STAFF}
    own = api.post(f"/api/v1/customers/{shops.customer}/tokens", {}).json()["token"]
    return staff | {"server": api, "customer": ApiClient(own, tenant.hosts[0])}


def test_every_operation_says_who_may_call_it(operations: list[tuple[str, str, dict[str, Any]]]) -> None:
    for method, path, told in operations:
        roles = told["x-roles"]
        assert roles, (method, path)
        if roles == OPEN:
            assert told.get("security", []) in ([], [{}]), (method, path)
            continue
        assert set(roles) <= set(ROLES), (method, path)
        own = roles == ["customer"]
        assert own == bool(re.fullmatch("/api/v1/me(/.*)?", path)), (method, path)
        assert told["security"] == [{"customer" if own else "token": []}], (method, path)
        for permission in told["x-permission"].split(", "):
            assert f"`{permission}`" in told["description"], (method, path)


def test_every_endpoint_answers_to_every_role_as_declared(
    operations: list[tuple[str, str, dict[str, Any]]], callers: dict[str, ApiClient]
) -> None:
    assert list(_other_than_declared(operations, callers)) == []


def _other_than_declared(
    operations: list[tuple[str, str, dict[str, Any]]], callers: dict[str, ApiClient]
) -> Iterator[tuple[str, str, str, int]]:
    for method, template, told in operations:
        path = re.sub(r"\{[a-z_]+\}", lambda _: str(uuid4()), template)
        body = None if method == "get" else b"{}"
        answers = {role: caller.send(method.upper(), path, body, key=str(uuid4())).status_code for role, caller in callers.items()}
        yield from (
            (method, template, role, status)
            for role, status in answers.items()
            if status in {401, 405} or status >= 500 or (status == 403) == (told["x-roles"] == OPEN or role in told["x-roles"])
        )
        nobody = callers["server"].anonymous().send(method.upper(), path, body, key=str(uuid4())).status_code
        if (nobody != 401) != (told["x-roles"] == OPEN):
            yield method, template, "nobody", nobody
