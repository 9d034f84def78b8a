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
from django.db import connections
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.converters import UUIDConverter

from customers.commands import EraseCustomer
from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.shops import ago, recorded
from tests.journeys.furnished import belongings, furnish, ids_of
from tests.support.client import ApiClient, visitor

PARAMETER = re.compile(r"\{(\w+)\}")
MARKS = re.compile(r"[0-9a-f-]{36}|\b[A-Za-z0-9]{64}\b")
Operation = tuple[str, str, dict[str, Any]]
MEANS = {
    "referrer_id": "customer_id",
    "to_customer_id": "customer_id",
    "other_id": "customer_id",
    "seller_id": "user_id",
    "replaces": "basket_id",
    "for_purchase_id": "purchase_id",
}
"""What an id in a body is the id of, where its name does not say so."""
ENDING = ("/revoke", "/erase", "/remove", "/deactivate")
"""After these something is not there any more, or does nothing: they come last."""
ELSEWHERE = {
    "/api/v1/sign-in/{challenge_id}/resend": "the code that is there was asked for something else",
    "/api/v1/enrolments/{challenge_id}/resend": "as above",
    "/api/v1/segments/{segment_id}/members": "it is the customer in the body who is not there",
    "/api/v1/customers/{customer_id}/merge": "it is the other customer in the body who is not there",
    "/api/v1/customers/{customer_id}/rewards/redeem": "it is the reward in the body that is not there",
    "/api/v1/customers/{customer_id}/rewards/give": "as above",
    "/api/v1/customers/{customer_id}/coupons/claim": "it is the code in the body that is not there",
    "/api/v1/sellers/{user_id}": "it is the point of sale in the body that is not there",
}
"""Path → why its 404 is not about the id of the address."""
FREE = {"reference_id"}
"""Ids that callers make up themselves."""
AT_THE_COUNTER: dict[str, Any] = {"pos": "SV-1", "purchased_at": ago(minutes=1)}
RIGHT: dict[tuple[str, str], dict[str, Any]] = {
    ("/api/v1/purchases", "customer_id"): AT_THE_COUNTER | {"currency": "VND"},
    ("/api/v1/me/baskets", "replaces"): {"pos": "SV-1", "lines": [{"total": 1_000}]},
    ("/api/v1/rules/{rule_id}/try", "customer_id"): {"pos": "SV-1"},
}
"""What else must stand in a body, beside what the document asks for, so that the id is looked at."""
NOT_THERE = {
    "customers.not_found", "customers.referrer_unknown", "customers.seller_unknown", "earning.customer_unknown", "earning.place_unknown",
    "earning.recipient_unavailable", "pos.merchant_not_found", "pos.point_of_sale_not_found",
    "customers.segment_unknown", "rewards.basket_unknown", "rewards.reward_unknown",
}  # fmt: skip
"""What is said of an id that means nothing here."""


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

    def writes(self) -> Iterator[tuple[Operation, str]]:
        """Each operation with a body that may hold an id, and the name that the id has there."""
        for path, methods in self.told["paths"].items():
            for method, told in methods.items():
                for name, schema in self.resolved(self._asked(told) or {}).get("properties", {}).items():
                    if any(self.resolved(one).get("format") == "uuid" for one in schema.get("anyOf", [schema])):
                        yield (method, path, told), name

    def body(self, told: dict[str, Any]) -> Any:
        asked = self._asked(told)
        return self.least(asked) if asked else {}

    @staticmethod
    def _asked(told: dict[str, Any]) -> Any:
        return told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema itself, in the place of what refers to it."""
        if "$ref" not in schema:
            return schema
        found: dict[str, Any] = self.told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found

    def least(self, schema: dict[str, Any]) -> Any:
        """The smallest value of a schema, filled with what is plausible."""
        if "$ref" in schema:
            return self.least(self.resolved(schema))
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

    def about(self, ids: dict[str, UUID], **within: Any) -> tuple[int, Any]:
        """Status and body for the ids of the address, nobody's where `ids` has none, and `within` the body; without what is different in
        each answer.
        """
        path = PARAMETER.sub(lambda found: str(ids.get(found[1]) or uuid4()), self.path)
        code = {"code": "123456"} if self.path.endswith("{challenge_id}") else {}
        body = None if self.method == "get" else self.document.body(self.told) | code | within
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
    person: ApiClient
    own: ApiClient
    stranger: ApiClient
    stranger_in_person: ApiClient

    def ours(self, told: dict[str, Any]) -> ApiClient:
        """Who of us may call an operation."""
        roles = told["x-roles"]
        return self.own if roles == ["customer"] else self.staff if "server" in roles else self.person

    def others(self, told: dict[str, Any]) -> ApiClient:
        """Who of the other tenant's staff may call it."""
        return self.stranger if "server" in told["x-roles"] else self.stranger_in_person


@pytest.fixture
def stranger(other_tenant: Tenant, api_token: Callable[..., str]) -> ApiClient:
    return ApiClient(api_token(other_tenant), other_tenant.hosts[0])


@pytest.fixture
def theirs(other_tenant: Tenant, stranger: ApiClient, make_user: Callable[..., User]) -> dict[str, UUID]:
    """Ids of another tenant that has one of everything."""
    kept = furnish(other_tenant, stranger, make_user(other_tenant, "seller"))[1]
    return ids_of(other_tenant) | kept


@pytest.fixture
def world(
    tenant: Tenant,
    other_tenant: Tenant,
    api: ApiClient,
    seller_user: User,
    make_user: Callable[..., User],
    stranger: ApiClient,
    theirs: dict[str, UUID],
    api_token: Callable[..., str],
) -> World:
    shops, counter = furnish(tenant, api, seller_user)[0], Counter(tenant)
    neighbor, erased = counter.customer(), counter.customer()
    kept = belongings(counter, api, neighbor, shops)
    counter.do(EraseCustomer(customer_id=erased, reason="asked"))
    own = ApiClient(api.post(f"/api/v1/customers/{shops.customer}/tokens", {}).json()["token"], tenant.hosts[0])
    persons = (ApiClient(api_token(one, user=make_user(one, "owner")), one.hosts[0]) for one in (tenant, other_tenant))
    return World(shops.customer, ids_of(tenant, neighbor) | kept, theirs, erased, api, next(persons), own, stranger, next(persons))


def test_an_id_of_another_or_of_what_is_gone_is_answered_as_one_that_never_was(world: World) -> None:
    document = Document()
    askings = [Asking(document, world.ours(told), method, path, told) for method, path, told in document.operations()]
    assert len(askings) >= 60
    assert [told for asking in askings for told in told_apart(asking, world)] == []


def test_what_is_ordered_in_the_walk_is_understood_where_it_is_at_home(world: World) -> None:
    """Bodies and ids are right: whoever owns the thing is not told that it is not there, nor that the order has a wrong shape."""
    document = Document()
    orders = [
        Asking(document, world.others(told), method, path, told)
        for method, path, told in document.operations()
        if method != "get" and told["x-roles"] != ["customer"]
    ]
    orders.sort(key=lambda one: [one.path.endswith(end) for end in ENDING[::-1]])
    ids = world.theirs | {"token_id": world.theirs["session_id"]}
    told = [(one.path, *one.about(ids)) for one in orders]
    assert [(path, status, said) for path, status, said in told if status in {400, 401, 403, 404, 405} and path not in ELSEWHERE] == []
    assert sum(status < 300 for _path, status, _said in told) > len(told) / 3


def test_an_id_within_a_body_is_answered_as_one_that_never_was(world: World, tenant: Tenant) -> None:
    """The address holds what is ours, and the rest of the body is right: only what the id means could be told apart."""
    document, nobodys = Document(), recorded(world.staff, {"document_number": "HD-N", "total": 50_000} | AT_THE_COUNTER)
    mine = ids_of(tenant) | {"customer_id": world.customer, "purchase_id": UUID(nobodys["purchase_id"])}
    apart: list[Any] = []
    seen = []
    for (method, path, told), name in document.writes():
        if name in FREE:
            continue
        kind, right = MEANS.get(name, name), RIGHT.get((path, name), {})
        asking = Asking(document, world.ours(told), method, path, told)
        never, *others = (
            asking.about(mine, **right, **{name: str(one)})
            for one in (uuid4(), world.theirs[kind], *([world.erased] if kind == "customer_id" else []))
        )
        seen.append((path, name, never[1]["code"]))
        apart += [(method, path, name, never, other) for other in others if other[0] < 400 or plain(other) != plain(never)]
        forget_tries(tenant)
    assert len(seen) >= 12
    assert {code for _path, _name, code in seen} <= NOT_THERE, seen
    assert apart == []


def forget_tries(tenant: Tenant) -> None:
    """Who guesses too often is told so: not what is asked here."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from earning_attempts where tenant_id = %s", [tenant.id])


def plain(answer: Any) -> str:
    """An answer without the ids that it repeats."""
    return MARKS.sub("", str(answer))


def told_apart(asking: Asking, world: World) -> Iterator[Any]:
    """What this operation says otherwise than of what never was."""
    names = PARAMETER.findall(asking.path)
    assert world.theirs.keys() >= {*names}, f"the other tenant has nothing for {asking.path}"
    never_was = asking.about({})
    yield from asking.different("another tenant's", never_was, world.theirs)
    if asking.method == "get" and asking.caller is not world.own:
        at_home = replace(asking, caller=world.others(asking.told)).about(world.theirs)
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
