"""Whoever asks for what is another's hears the same as for what there never was: every operation and every page with an id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.converters import UUIDConverter

from customers.commands import EraseCustomer
from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.journeys.furnished import belongings, furnish, ids_of
from tests.support.client import ApiClient, visitor

PARAMETER = re.compile(r"\{(\w+)\}")
MARKS = re.compile(r"[0-9a-f-]{36}|\b[A-Za-z0-9]{64}\b")
Operation = tuple[str, str, dict[str, Any]]


class Document:
    """The OpenAPI document, and the least body that it asks for."""

    def __init__(self) -> None:
        self.told = yaml.safe_load(Client().get("/api/schema/", HTTP_HOST="localhost").content)

    def operations(self) -> Iterator[Operation]:
        """Method, path and description of each operation whose path holds an id."""
        for path, methods in self.told["paths"].items():
            for method, told in methods.items():
                ids = [p for p in told.get("parameters", []) if p["in"] == "path" and p["schema"].get("format") == "uuid"]
                if ids:
                    yield method, path, told

    def body(self, told: dict[str, Any]) -> Any:
        asked = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        return self.least(asked) if asked else {}

    def least(self, schema: dict[str, Any]) -> Any:
        """The smallest value of a schema, filled with what is plausible."""
        if "$ref" in schema:
            return self.least(self.told["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        if "anyOf" in schema or "oneOf" in schema:
            return self.least((schema.get("anyOf") or schema["oneOf"])[0])
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        return self._plain(schema)

    def _plain(self, schema: dict[str, Any]) -> Any:
        kind = schema.get("type")
        if kind == "object":
            return {name: self.least(schema["properties"][name]) for name in schema.get("required", [])}
        if kind == "array":
            return [self.least(schema["items"])]
        if kind in {"integer", "number"}:
            return max(1, schema.get("minimum", 1))
        if kind == "boolean":
            return True
        return {"date-time": "2026-01-31T12:00:00+00:00", "date": "2026-01-31", "uuid": str(uuid4())}.get(schema.get("format", ""), "x")

    def query(self, told: dict[str, Any]) -> dict[str, Any]:
        """What the address must be asked with."""
        asked = (p for p in told.get("parameters", []) if p["in"] == "query" and p.get("required"))
        return {p["name"]: self.least(p["schema"]) for p in asked}


@dataclass(frozen=True)
class Asking:
    """One operation, asked about these and those by one caller."""

    document: Document
    caller: ApiClient
    method: str
    path: str
    told: dict[str, Any]

    def about(self, ids: dict[str, UUID]) -> tuple[int, Any]:
        """Status and body for the ids of the address, nobody's where `ids` has none; without what is different in each answer."""
        path = PARAMETER.sub(lambda found: str(ids.get(found[1]) or uuid4()), self.path)
        body = None if self.method == "get" else self.document.body(self.told)
        answer = self.caller.send(self.method.upper(), path, body, key=str(uuid4()), query=self.document.query(self.told))
        said = answer.json()
        return answer.status_code, {n: v for n, v in said.items() if n not in {"request_id", "instance"}} if isinstance(
            said, dict
        ) else said

    def different(self, what: str, never_was: tuple[int, Any], foreign: dict[str, UUID]) -> Iterator[Any]:
        """What is told apart, or is not 404; a code is wrong whoever it was sent to, and then that is all that is said."""
        anothers = self.about(foreign)
        if never_was != anothers or (anothers[0] != 404 and anothers[1]["code"] != "customers.code_wrong"):
            yield self.method, self.path, what, never_was, anothers


@dataclass(frozen=True)
class World:
    """Our customer, what the customer beside has, what another tenant has, and a customer who was erased."""

    customer: UUID
    beside: dict[str, UUID]
    theirs: dict[str, UUID]
    erased: UUID
    staff: ApiClient
    own: ApiClient
    stranger: ApiClient


@pytest.fixture
def stranger(other_tenant: Tenant, api_token: Callable[..., str]) -> ApiClient:
    return ApiClient(api_token(other_tenant), other_tenant.hosts[0])


@pytest.fixture
def theirs(other_tenant: Tenant, stranger: ApiClient, make_user: Callable[..., User]) -> dict[str, UUID]:
    """Ids of another tenant that has one of everything."""
    kept = furnish(other_tenant, stranger, make_user(other_tenant, "seller"))[1]
    return ids_of(other_tenant) | kept


@pytest.fixture
def world(tenant: Tenant, api: ApiClient, seller_user: User, stranger: ApiClient, theirs: dict[str, UUID]) -> World:
    shops, counter = furnish(tenant, api, seller_user)[0], Counter(tenant)
    neighbor, erased = counter.customer(), counter.customer()
    kept = belongings(counter, api, neighbor, shops)
    counter.do(EraseCustomer(customer_id=erased, reason="asked for it"))
    own = ApiClient(api.post(f"/api/v1/customers/{shops.customer}/tokens", {}).json()["token"], tenant.hosts[0])
    return World(shops.customer, ids_of(tenant, neighbor) | kept, theirs, erased, api, own, stranger)


def test_an_id_of_another_or_of_what_is_gone_is_answered_as_one_that_never_was(world: World) -> None:
    document = Document()
    askings = [
        Asking(document, world.own if told["x-roles"] == ["customer"] else world.staff, method, path, told)
        for method, path, told in document.operations()
    ]
    assert len(askings) >= 60
    assert [told for asking in askings for told in told_apart(asking, world)] == []


def told_apart(asking: Asking, world: World) -> Iterator[Any]:
    """What this operation says otherwise than of what never was."""
    names = PARAMETER.findall(asking.path)
    assert world.theirs.keys() >= {*names}, f"the other tenant has nothing for {asking.path}"
    never_was = asking.about({})
    yield from asking.different("another tenant's", never_was, world.theirs)
    if asking.method == "get" and asking.caller is world.staff:
        at_home = replace(asking, caller=world.stranger).about(world.theirs)
        assert at_home[0] == 200, f"{asking.path} does not find it at home either: {at_home}"
    if asking.caller is world.own:
        yield from asking.different("another customer's", never_was, world.beside)
    if asking.path.startswith("/api/v1/customers/{customer_id}/") and (
        under := {n: world.beside[n] for n in names[1:] if n in world.beside}
    ):
        mine = {"customer_id": world.customer}
        yield from asking.different("under another customer", asking.about(mine), mine | under)
    if "customer_id" in names:
        yield from asking.different("erased", never_was, {"customer_id": world.erased})


@pytest.mark.usefixtures("world")
def test_a_page_about_another_tenants_row_is_answered_as_one_that_never_was(
    tenant: Tenant, other_tenant: Tenant, make_user: Callable[..., User]
) -> None:
    client, seen = visitor(tenant, make_user(tenant, "owner")), 0
    at_home = visitor(other_tenant, make_user(other_tenant, "owner"))
    for model, listed in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.using("owner").filter(tenant_id=other_tenant.id).first()
        for page in ("change", "history", *listed.object_commands) if row else ():
            addresses = [reverse(f"{name}_{page}", args=[key]) for key in (uuid4() if isinstance(row.pk, UUID) else 10**9, row.pk)]
            never, foreign = (client.get(address) for address in addresses)
            assert (foreign.status_code, foreign.headers.get("Location")) == (never.status_code, never.headers.get("Location")), addresses
            assert foreign.status_code in {302, 404}, addresses
            seen += page == "change" and at_home.get(addresses[1]).status_code == 200
    assert seen >= 10


def pages(resolver: Any, front: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and converters of every page with an id outside of the API and the administration."""
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            if not front and str(pattern.pattern) not in {"admin/", "api/v1/"}:
                yield from pages(pattern, str(pattern.pattern))
        elif any(isinstance(c, UUIDConverter) for c in pattern.pattern.converters.values()):
            yield pattern.name, pattern.pattern.converters


def test_a_screen_about_anothers_is_answered_as_one_that_never_was(tenant: Tenant, world: World, seller_user: User) -> None:
    client, found = visitor(tenant, seller_user), list(pages(get_resolver()))
    assert len(found) >= 8
    for name, converters in found:
        for send in (client.get, client.post):
            addresses = [
                reverse(name, kwargs={one: "SV-1" if one == "code" else ids.get(one) or uuid4() for one in converters})
                for ids in ({}, world.theirs)
            ]
            never, foreign = (seen(send(address)) for address in addresses)
            assert never == foreign, addresses


def seen(answer: Any) -> tuple[int, str, str]:
    """The status, where the answer leads and what it shows, but for ids and the marks of forms."""
    texts = answer.headers.get("Location", ""), answer.content.decode()
    return answer.status_code, *(MARKS.sub("", text) for text in texts)
