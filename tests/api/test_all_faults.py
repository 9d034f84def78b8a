"""Everything that is wrong with a body is told at once, in the caller's words."""

from __future__ import annotations

import pytest


def errors(answer):
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


def test_all_wrong_places_of_a_body_are_told(api):
    body = {"color": 1, "things": "3", "by": "me", "lines": [{"sku": ""}, {"sku": "A", "price": "cheap", "x": 1}, {}]}
    answer = api.post("/api/v1/toy/boxes/blue", body)
    assert answer.status_code == 400
    assert errors(answer) == {
        "/color": "field.unknown",
        "/things": "field.wrong_type",
        "/by": "field.uuid",
        "/lines/0/sku": "field.length",
        "/lines/1/x": "field.unknown",
        "/lines/1/price": "field.decimal",
        "/lines/2/sku": "field.required",
    }


def test_all_wrong_parameters_of_a_query_are_told(api):
    answer = api.get("/api/v1/customers", {"limit": "many", "state": "asleep"})
    assert errors(answer) == {"/limit": "field.wrong_type", "/state": "field.choice"}


def test_of_very_many_faults_the_first_hundred_are_told(api):
    answer = api.post("/api/v1/toy/boxes/blue", {"things": 1, "lines": [{}] * 5000})
    assert len(answer.json()["errors"]) == 100


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["This must be a whole number.", "At least 1 character is needed.", "This must be text."]),
        ("vi", ["Phải là số nguyên.", "Cần ít nhất 1 ký tự.", "Phải là văn bản."]),
        ("pl", ["To musi być liczba całkowita.", "Potrzebny jest co najmniej 1 znak.", "To musi być tekst."]),
    ],
)
def test_a_wrong_type_is_said_in_words(api, language, sentences):
    answer = api.speaking(language).post("/api/v1/toy/boxes/blue", {"things": "3", "lines": [{"sku": ""}, {"sku": 7}]})
    assert [error["detail"] for error in answer.json()["errors"]] == sentences


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "This must be at most 200."), ("vi", "Không được lớn hơn 200."), ("pl", "Może wynosić najwyżej 200.")]
)
def test_a_bound_is_said_in_words(api, language, sentence):
    assert api.speaking(language).get("/api/v1/customers", {"limit": "201"}).json()["errors"][0]["detail"] == sentence
