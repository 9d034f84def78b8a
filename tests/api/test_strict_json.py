"""One meaning for every document; each refusal names its place."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.api.strict_json import LARGEST_BODY, NotAccepted, loads, pointer

REFUSED = [
    (b'{"a": 1, "b": {"c": 1, "d": 2, "c": 3}}', "json.key_twice", "/b/c"),
    (b'[{"a/b": {"~": "x\\u0000y"}}]', "json.nul", "/0/a~1b/~0"),
    (b'{"a\\u0000": 1}', "json.nul", ""),
    (b'["fine", "\\ud800"]', "json.lone_surrogate", "/1"),
    (b'{"a": NaN}', "json.not_a_number", "/a"),
    (b'{"a": [1, -Infinity]}', "json.not_a_number", "/a/1"),
    (b'{"a": 9223372036854775808}', "json.number_too_large", "/a"),
    (b'{"a": -9223372036854775809}', "json.number_too_large", "/a"),
    (b'{"a": 1e400}', "json.number_too_large", "/a"),
    (b'{"a": 1e-400}', "json.number_too_large", "/a"),
    (b'{"a": 1e99999999999999999999}', "json.number_too_large", "/a"),
    (b'{"a": [0.5, -1.5E-99999999999999999999]}', "json.number_too_large", "/a/1"),
    (b"[" * 33 + b"]" * 33, "json.too_deep", "/0" * 32),
    (b"[" * 100_000, "json.too_deep", ""),
    (b'{"a": 1', "json.invalid", ""),
    (b"", "json.invalid", ""),
    (b"\xef\xbb\xbf{}", "json.invalid", ""),
    (b'{"a": "\xff"}', "json.not_utf8", ""),
    (b'"' + b"x" * LARGEST_BODY + b'"', "json.too_large", ""),
]


@pytest.mark.parametrize(("raw", "code", "place"), REFUSED, ids=[f"{code} {i}" for i, (_, code, _) in enumerate(REFUSED)])
def test_what_has_no_one_meaning_is_refused_at_its_place(raw, code, place):
    with pytest.raises(NotAccepted) as refused:
        loads(raw)
    assert (refused.value.code, refused.value.pointer) == (code, place)


def test_a_number_of_a_million_digits_is_refused_at_once():
    begun = time.perf_counter()
    with pytest.raises(NotAccepted, match=r"json\.number_too_large"):
        loads(b'{"a": ' + b"9" * 1_000_000 + b"}")
    assert time.perf_counter() - begun < 0.5


def test_the_edges_are_accepted():
    assert loads(b'{"a": 9223372036854775807, "b": -9223372036854775808}') == {"a": 2**63 - 1, "b": -(2**63)}
    assert loads(b"[" * 32 + b"]" * 32) is not None
    assert loads(b'"\\ud83d\\ude00"') == "😀"


def test_text_becomes_nfc_in_values_and_keys():
    decomposed = "Nguye\u0302\u0303n"
    assert loads(json.dumps({decomposed: [decomposed]}).encode()) == {"Nguyễn": ["Nguyễn"]}


def test_a_number_with_a_point_stays_exact():
    assert loads(b"[0.1, 12.50]") == [Decimal("0.1"), Decimal("12.50")]


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="ascii", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="ascii", exclude_characters="\0")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(plain)
def test_whatever_is_plain_comes_through_unchanged(value):
    assert loads(json.dumps(value).encode()) == value


def accepted(raw):
    try:
        loads(raw)
    except NotAccepted as refused:
        return refused.code
    return None


@given(st.binary(max_size=200))
def test_no_bytes_break_it(raw):
    outcome = accepted(raw)
    assert outcome is None or outcome.startswith("json.")


def test_pointers_follow_rfc_6901():
    assert pointer(("a/b", "m~n", 0, "")) == "/a~1b/m~0n/0/"
