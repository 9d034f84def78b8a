"""A history speaks the reader's language: the facts of events have names, and so have those who are nobody."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from django.urls import get_resolver
from django.utils.translation import override

from earning.domain.lines import Line
from earning.domain.terms import Contribution
from loyalty.admin.facts import TITLES, actor_title, fact_title, fact_value
from loyalty.admin.history import READ_AS, shown
from loyalty.domain.event import EVENT_TYPES

CONTEXTS = ("customers.", "earning.", "pos.", "rewards.", "omnichannel.", "support.")


def parts_of(hint: Any) -> Iterator[type[Any]]:
    """The dataclasses that a field of this type may hold."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from parts_of(part)


def facts_of(cls: type[Any], within: frozenset[type[Any]] = frozenset()) -> Iterator[str]:
    """A dataclass that holds itself is looked at once, one that is read as words not at all."""
    if any(issubclass(cls, kind) for kind, _words in READ_AS if dataclasses.is_dataclass(kind)):
        return
    for name, hint in get_type_hints(cls).items():
        if name in {f.name for f in dataclasses.fields(cls)}:
            yield name
            for part in set(parts_of(hint)) - within - {cls}:
                yield from facts_of(part, within | {cls})


@pytest.fixture(autouse=True)
def served() -> None:
    """Contexts name their facts when their pages are loaded."""
    assert get_resolver().url_patterns


@pytest.mark.parametrize("name", sorted(t.name for t in EVENT_TYPES.values() if t.name.startswith(CONTEXTS)))
def test_every_fact_of_an_event_has_a_name_that_people_read(name: str) -> None:
    cls = next(t.cls for t in EVENT_TYPES.values() if t.name == name)
    assert set(facts_of(cls)) - set(TITLES) == set()


def test_a_fact_without_a_name_is_made_readable() -> None:
    assert fact_title("stamps_left") == "Stamps left"


def test_a_code_is_told_in_words_where_it_has_some() -> None:
    with override("en"):
        assert str(fact_value("gender", "undisclosed", "VND")) == "Not disclosed"
        assert fact_value("first_name", "undisclosed", "VND") == "undisclosed"


@pytest.mark.parametrize(("currency", "said"), [("PLN", "155,50 zł"), ("VND", "15 550 VND")])
def test_money_in_a_history_is_money_of_the_tenant(currency: str, said: str) -> None:
    with override("pl"):
        told = shown(fact_value("total", 15550, currency), currency)
    assert told.replace("\u00a0", " ") == said


def test_parts_of_a_fact_say_what_is_known_of_them() -> None:
    with override("pl"):
        lines = shown((Line(total=1250, quantity=2500),), "PLN")
        gave = shown(Contribution(rule_id=UUID(int=0), version=1, points=3, amounts=(1250, 1000)), "PLN")
    assert [line.replace("\u00a0", " ") for line in lines] == ["Rodzaj: Towar, Suma: 12,50 zł, Ilość: 2,5"]
    assert "Kwoty: 12,50 zł; 10,00 zł" in gave.replace("\u00a0", " ")


@pytest.mark.parametrize(("language", "said"), [("en", "System"), ("vi", "Hệ thống"), ("pl", "System")])
def test_what_nobody_did_was_the_system(language: str, said: str) -> None:
    with override(language):
        assert actor_title("system") == said
        assert actor_title("process:expiry") == "process:expiry"
