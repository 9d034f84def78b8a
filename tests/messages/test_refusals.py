"""Every refusal has its sentence, and the sentence fits what the refusal tells it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation import override

from customers.phones import phone, region_of
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.messages.refusals import SENTENCES, message, register

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = ("loyalty", "customers", "earning", "rewards", "omnichannel", "support", "pos")
RAISED = {"DomainError", "Conflict", "NotFound", "Problem", "Fault", "NotAccepted"}
CODE = re.compile(r"[a-z_]+\.[a-z_]+\Z")
NAMED = re.compile(r"%\((\w+)\)s")


def refusals_of(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each call in a source file that makes a refusal with a code written out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in RAISED:
            for given in node.args[:2]:
                if isinstance(given, ast.Constant) and isinstance(given.value, str) and CODE.match(given.value):
                    yield given.value, node


ALL = [(code, node, path) for context in CONTEXTS for path in sorted((ROOT / context).rglob("*.py")) for code, node in refusals_of(path)]


def test_the_search_for_refusals_finds_them():
    assert len(ALL) > 30


def test_every_refusal_in_the_source_has_a_sentence():
    without = sorted({f"{code} ({path.relative_to(ROOT)})" for code, _, path in ALL if code not in SENTENCES})
    assert without == []


def test_every_placeholder_is_given_where_the_refusal_is_made():
    missing = []
    for code, node, path in ALL:
        wanted = set(NAMED.findall(str(SENTENCES.get(code, ""))))
        given = {k.arg for k in node.keywords}
        if getattr(node.func, "id", "") in {"DomainError", "Conflict", "NotFound"} and None not in given and wanted - given:
            missing.append(f"{code} in {path.relative_to(ROOT)} lacks {sorted(wanted - given)}")
    assert missing == []


def test_a_refusal_moves_to_another_field_with_its_parameters():
    passed_on = re.compile(r"(?:DomainError|Conflict|NotFound)\((?!self)\w+\.code\b")
    sources = [p for context in CONTEXTS for p in (ROOT / context).rglob("*.py")]
    assert [str(p.relative_to(ROOT)) for p in sources if passed_on.search(p.read_text())] == [], "by `at`, which loses nothing"
    assert "1,000" in message(DomainError("earning.quantity_invalid", field="quantity", most=1000).at("lines.3.quantity"))


def test_what_the_edge_refuses_by_itself_gives_its_sentence_all_it_names():
    """`Problem(status, code, params)` and `Fault(pointer, code, params)`; parameters that are not written out cannot be read here."""
    missing, read = [], 0
    for code, node, path in ALL:
        told = node.args[2] if len(node.args) > 2 else next((k.value for k in node.keywords if k.arg == "params"), ast.Dict([], []))
        if getattr(node.func, "id", "") in {"Problem", "Fault"} and isinstance(told, ast.Dict):
            read += 1
            given = {key.value for key in told.keys if isinstance(key, ast.Constant)}
            missing += [f"{code} in {path.name} lacks {name}" for name in set(NAMED.findall(str(SENTENCES[code]))) - given]
    assert (missing, read > 20) == ([], True)


@pytest.mark.parametrize("kind", [DomainError, Conflict, NotFound])
def test_a_message_is_never_an_exception(kind):
    assert message(kind("nobody.knows_this")) == "This is not possible."
    assert message(kind("money.unknown_currency")) == "The currency %(currency)s is not known. Enter three capital letters, such as EUR."
    assert (
        message(kind("money.unknown_currency", currency="XYZ"))
        == "The currency XYZ is not known. Enter three capital letters, such as EUR."
    )


@pytest.mark.parametrize(("language", "figure"), [("en", "1,000,000"), ("vi", "1.000.000"), ("pl", "1 000 000")])
def test_numbers_in_a_sentence_are_grouped_as_the_reader_groups_them(language, figure):
    with override(language):
        assert figure in message(DomainError("earning.rule_points_invalid", most=1_000_000)).replace("\u00a0", " ")
        told = message(DomainError("earning.total_too_large", limit=Decimal(1_000_000), currency="VND"))
    assert f"{figure} VND" in told.replace("\u00a0", " ")


@pytest.mark.parametrize("strange", [Decimal("NaN"), Decimal("Infinity"), Decimal("sNaN"), 10**400, True, None])
def test_no_number_makes_a_message_an_exception(strange):
    assert message(DomainError("earning.rule_points_invalid", most=strange))


def test_document_numbers_are_no_numbers():
    assert "12345678" in message(DomainError("earning.document_is_a_return", document="12345678"))


def test_a_code_has_one_sentence():
    with pytest.raises(ValueError, match="two sentences"):
        register("money.too_large", "Another sentence.")


@pytest.mark.parametrize(
    ("zone", "national", "whole"),
    [
        ("Asia/Ho_Chi_Minh", "0912 345 678", "+84912345678"),
        ("Europe/Warsaw", "512 345 678", "+48512345678"),
        ("Africa/Nairobi", "0712 123456", "+254712123456"),
        ("UTC", "0912 345 678", "+84912345678"),
    ],
)
def test_a_phone_that_is_refused_is_answered_with_one_that_is_taken_there(zone: str, national: str, whole: str) -> None:
    with timezone.override(zone), override("en"):
        assert message(DomainError("phone.invalid")) == f"Enter a complete phone number, such as {national} or {whole}."
    assert phone(national, region_of(zone)) == phone(whole, region_of(zone)) == whole
