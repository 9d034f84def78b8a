"""What rules ask of a customer's person, answered by what customers knows of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from customers.queries import profile_read
from earning.domain.personal import NOBODY, Profile, answered_yes
from earning.domain.rule_set import RuleSet


def answers(
    rules: RuleSet, customer_id: UUID | None, currency: str, at: datetime, ask: Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]
) -> tuple[UUID, ...]:
    """The questions of rules in force at `at` that the customer answers by yes; nothing is read where none is asked."""
    questions = rules.questions(currency, at) if customer_id is not None else []
    if not questions or customer_id is None:
        return ()
    sql, key = profile_read(customer_id)
    rows = ask(sql, [[key]])
    return answered_yes(questions, _profile(rows[0][1:]) if rows else NOBODY, at)


def _profile(row: Sequence[Any]) -> Profile:
    gender, birth_date, registered_at, language, labels = row
    return Profile(gender=gender, birth_date=birth_date, registered_at=registered_at, language=language, labels=_labels(labels))


def _labels(stored: Any) -> dict[str, str]:
    """Labels as the driver gives them: read already, or as text."""
    found: dict[str, str] = msgspec.json.decode(stored) if isinstance(stored, str) else stored
    return found or {}
