"""The OpenAPI document says what the API does."""

from __future__ import annotations

import re
from functools import cache

import msgspec
import pytest
import yaml
from django.test import Client
from django.urls import URLResolver, get_resolver
from drf_spectacular.validation import validate_schema
from rest_framework.serializers import BaseSerializer

from loyalty.api.own import OWN
from loyalty.api.visitors import VISIT
from loyalty.staff.permissions import PERMISSIONS
from loyalty.webhooks.event_types import EVENT_TYPES, TEST


@pytest.fixture
def document():
    return asked_once()


@cache
def asked_once():
    answer = Client().get("/api/schema/", HTTP_HOST="localhost")
    assert answer.status_code == 200
    return yaml.safe_load(answer.content)


def test_it_is_valid_openapi(document):
    validate_schema(document)


def test_every_operation_names_its_permission_and_its_errors(document):
    operations = [op for path, methods in document["paths"].items() if "/toy/" not in path for op in methods.values()]
    assert len(operations) >= 90
    for operation in operations:
        said = re.search(r"Permission: `([\w.]+)`(?:, `[\w.]+`)*\. Roles: (\w.+)\.$", operation["description"])
        assert said, operation["operationId"]
        assert said[1] in {*PERMISSIONS, OWN, VISIT}, operation["operationId"]
        assert {"400", "401", "403", "404"} <= set(operation["responses"]), operation["operationId"]


def test_a_write_is_described_by_its_struct(document):
    write = document["paths"]["/api/v1/toy/boxes/{name}"]["post"]
    assert write["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/FillBody"}
    assert document["components"]["schemas"]["FillBody"]["properties"]["things"]["minimum"] == 1
    assert write["responses"]["201"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Filled"}
    assert {p["name"]: p.get("required", False) for p in write["parameters"]} == {"Idempotency-Key": True, "dry_run": False, "name": True}
    assert "Fill boxes" not in write["description"]
    assert "Administrator, Seller" in write["description"]


def test_no_two_shapes_share_a_name(document):
    """The document knows a shape by the name of its class: a second one of that name would be described as the first."""
    shapes = {}
    for part in parts_of(get_resolver().url_patterns):
        for shape in (getattr(part, "body", None), part.answer):
            serializer = isinstance(shape, type) and issubclass(shape, BaseSerializer)
            for name, schema in ({} if shape is None or serializer else msgspec.json.schema_components([shape])[1]).items():
                shapes.setdefault(name, []).append(schema)
    assert len(shapes) > 50
    assert sorted(name for name, found in shapes.items() if any(one != found[0] for one in found)) == []


def parts_of(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from parts_of(pattern.url_patterns)
        else:
            yield from getattr(getattr(pattern.callback, "cls", None), "parts", {}).values()


def test_where_too_much_can_be_asked_for_the_document_says_so(document):
    limited = {path for path, methods in document["paths"].items() for told in methods.values() if "429" in told["responses"]}
    coded = ("sign-in", "me/phone", "me/merge", "enrolments")
    codes = {f"{path}{part}" for path in coded for part in ("", "/{challenge_id}", "/{challenge_id}/resend")}
    codes |= {f"me/proof/code{part}" for part in ("", "/{challenge_id}", "/{challenge_id}/resend")} | {
        "sign-in/password",
        "me/password",
        "me/proof",
    }
    assert limited == {
        f"/api/v1/{path}"
        for path in codes
        | {"me/fact", "me/receipts", "me/invitations", "member-codes", "customers", "coupons/use"}
        | {"me/coupons/claim", "customers/{customer_id}/coupons/claim"}
    }
    assert document["paths"]["/api/v1/sign-in"]["post"]["responses"]["429"]["headers"].keys() == {"Retry-After"}


def test_what_is_told_is_described_with_an_example(document):
    assert set(document["webhooks"]) == {*EVENT_TYPES, TEST}
    for name, told in document["webhooks"].items():
        media = told["post"]["requestBody"]["content"]["application/json"]
        assert media["example"]["type"] == name
        assert {*media["example"]} == {*media["schema"]["required"]}
        assert told["post"]["summary"]


def test_a_question_is_described_by_its_parameters(document):
    ask = document["paths"]["/api/v1/toy/boxes/{name}"]["get"]
    assert {p["name"] for p in ask["parameters"]} == {"limit", "cursor", "text", "name"}
    assert "requestBody" not in ask


def test_the_documentation_page_opens():
    page = Client().get("/api/docs/", HTTP_HOST="localhost")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
