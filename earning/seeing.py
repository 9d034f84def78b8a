"""What a decision sees of a customer: levels, segments, and what rules ask of the person, answered by what customers knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from customers.queries import active_segments_read, profile_read, segments_read
from earning.commands import RecordPurchase
from earning.domain.deeds import Deed, DeedRules
from earning.domain.personal import NOBODY, Profile, Question, answered_yes
from earning.domain.rule_set import RuleSet
from earning.domain.rule_warnings import Held
from earning.domain.seen import CustomerSeen
from earning.events import PurchaseRecorded
from pos.queries import open_places_read

Ask = Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]
"""Puts a question to the database, in the transaction that is open."""
LEVELS = (
    """select l.code, s.state = 'active' from earning_level l join earning_level_set s on s.tenant_id = l.tenant_id and s.id = l.set_id"""
)
"""The levels of all sets, and whether their set is active."""
EVENT_TYPES = "select code from earning_custom_event_type where active"


def customer_seen(levels: tuple[str, ...], rules: RuleSet, sale: RecordPurchase | PurchaseRecorded, ask: Ask) -> CustomerSeen:
    """What rules see of the customer of a sale. Segments and the person are asked for only where a rule in force does."""
    customer_id, currency, at = sale.customer_id, sale.counted_in, sale.purchased_at
    if customer_id is None:
        return CustomerSeen(levels=levels)
    segments = _segments(customer_id, ask) if rules.asks_for_segments(currency, at) else ()
    return CustomerSeen(levels=levels, segments=segments, met=_answers(rules, customer_id, currency, at, ask))


def doer_seen(deed: Deed, levels: tuple[str, ...], rules: DeedRules, ask: Ask) -> CustomerSeen:
    """What rules see of who had a custom event, and of its attributes: of these whether they met what is asked."""
    segments = _segments(deed.customer_id, ask) if rules.asks_for_segments(deed) else ()
    met = _yes(rules.questions(deed), deed.customer_id, deed.occurred_at, ask, deed.attributes or {})
    return CustomerSeen(levels=levels, segments=segments, met=met)


def held_by_somebody(ask: Ask) -> Held:
    """The levels and segments that rules can meet somebody in, now or once their set is active, and where something can be bought."""
    levels, segments = (ask(sql, ()) for sql in (LEVELS, active_segments_read().sql))
    open_places, types = (ask(sql, ()) for sql in (open_places_read().sql, EVENT_TYPES))
    return Held(
        levels=frozenset(code.casefold() for code, active in levels if active),
        levels_to_come=frozenset(code.casefold() for code, active in levels if not active),
        segments=frozenset(code.casefold() for code, peopled in segments if peopled),
        active_segments=frozenset(code.casefold() for code, _peopled in segments),
        merchants=frozenset(merchant_id for merchant_id, _pos_id in open_places),
        event_types=frozenset(code for (code,) in types),
        places=frozenset(pos_id for _merchant_id, pos_id in open_places if pos_id is not None),
    )


def _segments(customer_id: UUID, ask: Ask) -> tuple[str, ...]:
    sql, key = segments_read(customer_id)
    return tuple(sorted(code for _, code in ask(sql, [[key]])))


def _answers(rules: RuleSet, customer_id: UUID, currency: str, at: datetime, ask: Ask) -> tuple[UUID, ...]:
    """The questions of rules in force at `at` that the customer answers by yes."""
    return _yes(rules.questions(currency, at), customer_id, at, ask, {})


def _yes(questions: Sequence[Question], customer_id: UUID, at: datetime, ask: Ask, attributes: Mapping[str, Any]) -> tuple[UUID, ...]:
    if not questions:
        return ()
    sql, key = profile_read(customer_id)
    rows = ask(sql, [[key]])
    return answered_yes(questions, replace(_profile(rows[0][1:]) if rows else NOBODY, attributes=attributes), at)


def _profile(row: Sequence[Any]) -> Profile:
    gender, birth_date, registered_at, language, labels = row
    return Profile(gender=gender, birth_date=birth_date, registered_at=registered_at, language=language, labels=_labels(labels))


def _labels(stored: Any) -> dict[str, str]:
    """Labels as the driver gives them: read already, or as text."""
    found: dict[str, str] = msgspec.json.decode(stored) if isinstance(stored, str) else stored
    return found or {}
