"""Schemas of custom events: what of JSON Schema is kept, and what attributes must be by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from earning.domain.attributes import check_attributes, json_of, value_of
from earning.domain.event_schema import KEYWORDS, check_by, check_schema
from loyalty.domain.errors import DomainError

REVIEW: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A review",
    "type": "object",
    "properties": {
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        "minutes": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": Decimal("90.5")},
        "store": {"type": "string", "enum": ["google", "apple"]},
        "text": {"type": "string", "minLength": 2, "maxLength": 20},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "public": {"type": "boolean", "const": True},
        "dishes": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]},
        },
    },
    "required": ["stars"],
    "additionalProperties": False,
}


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def refused(call: Any, *args: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(DomainError) as found:
        call(*args)
    return [(one.code.removeprefix("earning."), one.field) for one in found.value.all]


@pytest.mark.parametrize(
    ("schema", "code", "field"),
    [
        ([], "schema_of_no_object", "schema"),
        ({"type": "string"}, "schema_of_no_object", "schema.type"),
        ({}, "schema_of_no_object", "schema.type"),
        (of(a={}), "schema_type_missing", "schema.properties.a.type"),
        (of(a={"type": ["string", "null"]}), "schema_type_missing", "schema.properties.a.type"),
        (of(a=True), "schema_part_invalid", "schema.properties.a"),
        (of(a={"type": "string", "pattern": "(a+)+$"}), "schema_keyword_unknown", "schema.properties.a"),
        (of(a={"type": "string", "$ref": "https://example.com/s"}), "schema_keyword_unknown", "schema.properties.a"),
        (of(a={"type": "string", "minimum": 1}), "schema_keyword_unknown", "schema.properties.a"),
        ({"type": "object", "$defs": {}}, "schema_keyword_unknown", "schema"),
        ({"type": "object", "$schema": "http://json-schema.org/draft-07/schema#"}, "schema_value_invalid", "schema.$schema"),
        (of(a={"type": "integer", "minimum": "1"}), "schema_value_invalid", "schema.properties.a.minimum"),
        (of(a={"type": "integer", "minimum": True}), "schema_value_invalid", "schema.properties.a.minimum"),
        (of(a={"type": "string", "minLength": -1}), "schema_value_invalid", "schema.properties.a.minLength"),
        (of(a={"type": "string", "minLength": Decimal("1.5")}), "schema_value_invalid", "schema.properties.a.minLength"),
        (of(a={"type": "string", "enum": []}), "schema_value_invalid", "schema.properties.a.enum"),
        (of(a={"type": "string", "enum": [{}]}), "schema_value_invalid", "schema.properties.a.enum"),
        (of(a={"type": "string", "format": "email"}), "schema_value_invalid", "schema.properties.a.format"),
        (of(a={"type": "integer", "minimum": 5, "maximum": 4}), "schema_range_empty", "schema.properties.a.maximum"),
        (of(a={"type": "array", "items": {"type": "nothing"}}), "schema_type_missing", "schema.properties.a.items.type"),
        (of(**{"no spaces": {"type": "string"}}), "attribute_name_invalid", "schema.properties"),
        (of(**{"a.b": {"type": "string", "x": 1}}), "attribute_name_invalid", "schema.properties"),
        ({"type": "object", "required": ["b"]}, "schema_required_unknown", "schema.required"),
        ({"type": "object", "additionalProperties": {}}, "schema_value_invalid", "schema.additionalProperties"),
        (of(**{f"a{n}": {"type": "string"} for n in range(100)}), "schema_too_large", "schema"),
        (of(a=of(b=of(c=of(d=of(e=of()))))), "schema_too_large", "schema"),
        (of(**{f"a{n}": {"type": "string", "title": "x" * 400} for n in range(30)}), "schema_too_large", "schema"),
    ],
)  # fmt: skip
def test_what_is_not_kept_of_json_schema_is_refused_at_its_place(schema: Any, code: str, field: str) -> None:
    assert refused(check_schema, schema) == [(code, field)]


def test_what_is_kept_passes_and_stays_the_same() -> None:
    check_schema(REVIEW)
    Draft202012Validator.check_schema(value_of(json_of(REVIEW)))
    assert value_of(json_of(REVIEW, as_written=True)) == REVIEW
    assert list(value_of(json_of(REVIEW, as_written=True))) == list(REVIEW)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"stars": 6}, "attribute_too_large", "attributes.stars"),
        ({"stars": 0}, "attribute_too_small", "attributes.stars"),
        ({"stars": Decimal("4.5")}, "attribute_of_other_type", "attributes.stars"),
        ({"stars": True}, "attribute_of_other_type", "attributes.stars"),
        ({"stars": "5"}, "attribute_of_other_type", "attributes.stars"),
        ({"stars": None}, "attribute_of_other_type", "attributes.stars"),
        ({"minutes": 0}, "attribute_not_above", "attributes.minutes"),
        ({"minutes": Decimal("90.5")}, "attribute_not_below", "attributes.minutes"),
        ({"store": "huawei"}, "attribute_not_listed", "attributes.store"),
        ({"text": "a"}, "attribute_length", "attributes.text"),
        ({"text": "a" * 21}, "attribute_length", "attributes.text"),
        ({"day": "2026-02-30"}, "attribute_not_written_so", "attributes.day"),
        ({"day": "２０２６-01-31"}, "attribute_not_written_so", "attributes.day"),
        ({"at": "2026-01-31T08:00:00"}, "attribute_not_written_so", "attributes.at"),
        ({"public": False}, "attribute_not_listed", "attributes.public"),
        ({"public": 1}, "attribute_of_other_type", "attributes.public"),
        ({"dishes": []}, "attribute_items", "attributes.dishes"),
        ({"dishes": [{"sku": "a"}, {}]}, "attribute_missing", "attributes.dishes.1.sku"),
        ({"dishes": [{"sku": "a"}, 1]}, "attribute_of_other_type", "attributes.dishes.1"),
        ({"phone": "x"}, "attribute_unknown", "attributes.phone"),
    ],
)
def test_attributes_that_do_not_fit_are_refused_at_their_place(changes: dict[str, Any], code: str, field: str) -> None:
    assert refused(check_by, REVIEW, {"stars": 5} | changes) == [(code, field)]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = {"minutes": 0, "dishes": [{}], "phone": "x"}
    assert refused(check_by, REVIEW, wrong) == [
        ("attribute_missing", "attributes.stars"),
        ("attribute_not_above", "attributes.minutes"),
        ("attribute_missing", "attributes.dishes.0.sku"),
        ("attribute_unknown", "attributes.phone"),
    ]


@pytest.mark.parametrize(
    ("attributes", "code", "field"),
    [
        ({"no name": 1}, "attribute_name_invalid", "attributes"),
        ({"a": {"": 1}}, "attribute_name_invalid", "attributes.a"),
        ({"a": [10**18 + 1]}, "attribute_number_invalid", "attributes.a.0"),
        ({"a": Decimal("NaN")}, "attribute_number_invalid", "attributes.a"),
        ({"a": Decimal("1e-21")}, "attribute_number_invalid", "attributes.a"),
        ({"a": 0.5}, "attribute_number_invalid", "attributes.a"),
        ({"a": "x" * 1001}, "text_too_long", "attributes.a"),
        ({"a": "\0"}, "unprintable_text", "attributes.a"),
        ({"a": "\ud800"}, "unprintable_text", "attributes.a"),
        ({"a": [0] * 200}, "attributes_too_large", "attributes"),
        ({"a": [[[[[1]]]]]}, "attributes_too_large", "attributes"),
        ({f"a{n}": "x" * 900 for n in range(10)}, "attributes_too_large", "attributes"),
    ],
)
def test_what_no_event_keeps_is_refused_whatever_the_schema_says(attributes: Any, code: str, field: str) -> None:
    assert refused(check_attributes, attributes) == [(code, field)]


NUMBERS = st.one_of(st.integers(-10, 10), st.decimals(-10, 10, places=2))
SIMPLE = st.one_of(st.none(), st.booleans(), NUMBERS, st.text("aé😀\n", max_size=4))
VALUES = st.recursive(
    SIMPLE, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)), max_leaves=5
)
LEAVES = st.one_of(
    st.fixed_dictionaries({"type": st.just("string")}, optional={"minLength": st.integers(0, 2), "maxLength": st.integers(2, 4)}),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": st.integers(-9, 0), "maximum": st.integers(0, 9), "exclusiveMinimum": st.integers(-9, 9)},
    ),
    st.fixed_dictionaries({"type": st.just("boolean")}, optional={"const": st.booleans()}),
)
PARTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner}, optional={"minItems": st.integers(0, 1), "maxItems": st.integers(1, 3)}
        ),
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
                "additionalProperties": st.booleans(),
            }
        ),
    ),
    max_leaves=4,
)
SCHEMAS = st.dictionaries(st.sampled_from("abc"), PARTS, max_size=3).flatmap(
    lambda properties: st.fixed_dictionaries(
        {
            "type": st.just("object"),
            "properties": st.just(properties),
            "required": st.lists(st.sampled_from(sorted(properties)), unique=True) if properties else st.just([]),
            "additionalProperties": st.booleans(),
        }
    )
)


def is_integer(_checker: Any, value: Any) -> bool:
    """By the standard 5.0 is one, too, also as an exact number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value == int(value)


STANDARD = extend(Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer))


@given(SCHEMAS, st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3))
def test_attributes_fit_exactly_when_json_schema_says_so(schema: dict[str, Any], attributes: dict[str, Any]) -> None:
    check_schema(schema)
    try:
        check_by(schema, attributes)
        fits = True
    except DomainError:
        fits = False
    assert fits == STANDARD(schema).is_valid(attributes)


@given(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3))
def test_attributes_are_kept_exactly(attributes: dict[str, Any]) -> None:
    kept = json_of(attributes)
    assert value_of(kept) == attributes
    assert json_of(dict(reversed(attributes.items()))) == kept
    assert json_of(value_of(kept)) == kept


def test_no_keyword_computes_for_long_or_asks_elsewhere() -> None:
    assert not {"pattern", "patternProperties", "$ref", "$dynamicRef", "$id"} & {*KEYWORDS}
