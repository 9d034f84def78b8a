"""The OpenAPI document says what the API does."""

from __future__ import annotations

import re
from functools import cache

import pytest
import yaml
from django.test import Client
from drf_spectacular.validation import validate_schema

from loyalty.api.own import OWN
from loyalty.api.visitors import VISIT
from loyalty.staff.permissions import PERMISSIONS


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
        said = re.search(r"Permission: `([\w.]+)`\. Roles: (\w.+)\.$", operation["description"])
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


def test_a_question_is_described_by_its_parameters(document):
    ask = document["paths"]["/api/v1/toy/boxes/{name}"]["get"]
    assert {p["name"] for p in ask["parameters"]} == {"limit", "cursor", "text", "name"}
    assert "requestBody" not in ask


def test_the_documentation_page_opens():
    page = Client().get("/api/docs/", HTTP_HOST="localhost")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
