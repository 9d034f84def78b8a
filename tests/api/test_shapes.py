"""Wrong shapes: 400 with the place, a stable code and a sentence in the caller's language."""

from __future__ import annotations

import pytest

from tests.support.client import ApiClient

BOX = "/api/v1/toy/boxes/blue"
LINE = {"sku": "A"}
BODIES = [
    ({}, "/things", "field.required"),
    ({"things": "3"}, "/things", "field.wrong_type"),
    ({"things": True}, "/things", "field.wrong_type"),
    ({"things": 2.5}, "/things", "field.wrong_type"),
    ({"things": None}, "/things", "field.wrong_type"),
    ({"things": 0}, "/things", "field.out_of_range"),
    ({"things": 1, "color": "red"}, "/color", "field.unknown"),
    ({"things": 1, "lines": [LINE, {"sku": ""}]}, "/lines/1/sku", "field.length"),
    ({"things": 1, "lines": [LINE, LINE, {}]}, "/lines/2/sku", "field.required"),
    ({"things": 1, "lines": [{"sku": "A", "x": 1}]}, "/lines/0/x", "field.unknown"),
    ({"things": 1, "lines": [{"sku": "A", "price": "cheap"}]}, "/lines/0/price", "field.decimal"),
    ({"things": 1, "by": "me"}, "/by", "field.uuid"),
    ([1], "", "field.wrong_type"),
    (b'{"things": 1, "things": 2}', "/things", "json.key_twice"),
    (b'{"things": 1, "lines": [{"sku": "a\\u0000"}]}', "/lines/0/sku", "json.nul"),
    (b'{"things": 99999999999999999999}', "/things", "json.number_too_large"),
    (b"", "", "json.invalid"),
]


@pytest.mark.parametrize(("body", "place", "code"), BODIES)
def test_a_body_of_the_wrong_shape(api, body, place, code):
    answer = api.post(BOX, body)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (place, code)
    assert error["detail"]
    assert "%(" not in error["detail"]


SERIALIZED = [
    ({}, "/things", "field.required"),
    ({"things": "x"}, "/things", "field.invalid"),
    ({"things": 0}, "/things", "field.out_of_range"),
    ({"things": 1, "color": "green"}, "/color", "field.choice"),
    ({"things": 1, "size": 1}, "/size", "field.unknown"),
    ([1], "", "field.invalid"),
]


@pytest.mark.parametrize(("body", "place", "code"), SERIALIZED)
def test_a_body_of_the_wrong_shape_for_a_serializer(api, body, place, code):
    answer = api.put(BOX, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(place, code)]


def test_full_width_digits_are_digits(api):
    assert api.put(BOX, {"things": "１２"}).json() == {"things": 12}


def test_a_body_over_one_megabyte_is_refused(api):
    answer = api.post(BOX, b'{"things": 1' + b" " * 2**20 + b"}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "json.too_large")


def test_only_json_is_read(api):
    answer = api.post(BOX, b"things=1", Content_Type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "request.media_type")


@pytest.mark.parametrize(("query", "place", "code"), [
    ({"limit": "0"}, "/limit", "field.out_of_range"),
    ({"limit": "many"}, "/limit", "field.wrong_type"),
    ({"limt": "5"}, "/limt", "request.query_unknown"),
    ({"cursor": "made-up"}, "/cursor", "cursor.invalid"),
    ({"text": "a\0"}, "/text", "json.nul"),
])  # fmt: skip
def test_a_query_of_the_wrong_shape(api, query, place, code):
    answer = api.get(BOX, query)
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(place, code)]


def test_a_list_is_read_page_by_page(api):
    seen, cursor = [], None
    while True:
        page = api.get(BOX, {"limit": "12"} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == list(range(1, 37))


def test_a_cursor_of_another_tenant_opens_nothing(api, other_tenant, api_token):
    cursor = api.get(BOX).json()["next"]
    stranger = ApiClient(api_token(other_tenant), other_tenant.hosts[0])
    assert stranger.get(BOX, {"cursor": cursor}).json()["errors"][0]["code"] == "cursor.invalid"
