"""What rules may ask of a customer's person, and of what an event says of it. A decision keeps which of these questions were answered by
yes, never what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.attributes import NAME
from earning.domain.conditions import Condition, Value, holds
from loyalty.domain.identity import derived_id

LABEL_OF_CUSTOMER, ATTRIBUTE = "customer.label.", "event.attribute."


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a customer when points are decided, and, for a custom event, what its `attributes` say. It is not kept."""

    gender: str = ""
    birth_date: date | None = None
    registered_at: datetime | None = None
    language: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)


NOBODY = Profile()


@dataclass(frozen=True, slots=True)
class Question:
    """A comparison with something personal, on the clock of `zone`; `id` stands for it in events."""

    leaf: Condition
    zone: str

    @property
    def id(self) -> UUID:
        """The same for the same question of any rule. Capitals tell attributes apart, and a number is none of their texts."""
        field, values = self.leaf.field, self.leaf.values
        if not is_attribute(field):
            return derived_id("question", field.casefold(), self.leaf.op, self.zone, *values)
        kind = ["text"] if isinstance(values[0], str) else []
        return derived_id("question", field, self.leaf.op, self.zone, *kind, *values)


def answered_yes(questions: Iterable[Question], profile: Profile, at: datetime) -> tuple[UUID, ...]:
    """The questions that are answered by yes, for a purchase made at `at`."""
    return tuple(sorted({one.id for one in questions if any(holds(one.leaf, v) for v in _seen(one, profile, at))}))


def is_personal(name: str) -> bool:
    """Whether a field is one of the person, or of the attributes of an event."""
    return name in PERSONAL or any(name.startswith(part) and name != part for part in (LABEL_OF_CUSTOMER, ATTRIBUTE))


def is_attribute(name: str) -> bool:
    """Whether a field is one of the attributes of an event."""
    return name.startswith(ATTRIBUTE) and NAME.match(name.removeprefix(ATTRIBUTE)) is not None


def _seen(question: Question, profile: Profile, at: datetime) -> tuple[Value, ...]:
    name = question.leaf.field
    if name.startswith(LABEL_OF_CUSTOMER):
        wanted = name.removeprefix(LABEL_OF_CUSTOMER).casefold()
        return tuple(value.casefold() for label, value in profile.labels.items() if label.casefold() == wanted)
    if name.startswith(ATTRIBUTE):
        return _told(profile.attributes.get(name.removeprefix(ATTRIBUTE)), question.leaf)
    return PERSONAL[name](profile, at.astimezone(ZoneInfo(question.zone)).date(), ZoneInfo(question.zone))


def _told(value: Any, leaf: Condition) -> tuple[Value, ...]:
    """A number where numbers are compared, a text or truth (“true”, “false”) where texts are; of anything else nothing is seen."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    wanted = int | Decimal if isinstance(leaf.values[0], int) else str
    if not isinstance(value, wanted):
        return ()
    return (value.casefold() if isinstance(value, str) else value,)


def _age(profile: Profile, day: date) -> tuple[Value, ...]:
    born = profile.birth_date
    return () if born is None else (day.year - born.year - ((day.month, day.day) < (born.month, born.day)),)


def _days(profile: Profile, day: date, zone: ZoneInfo) -> tuple[Value, ...]:
    since = profile.registered_at
    return () if since is None else (max(0, (day - since.astimezone(zone).date()).days),)


PERSONAL: dict[str, Callable[[Profile, date, ZoneInfo], tuple[Value, ...]]] = {
    "customer.gender": lambda profile, day, zone: (profile.gender.casefold(),) if profile.gender else (),
    "customer.age": lambda profile, day, zone: _age(profile, day),
    "customer.birth_month": lambda profile, day, zone: () if profile.birth_date is None else (profile.birth_date.month,),
    "customer.language": lambda profile, day, zone: (profile.language.casefold(),) if profile.language else (),
    "customer.member_days": _days,
}
"""Fields of the person, on the day of the purchase; beside them `customer.label.NAME`. What is not known meets nothing."""
PERSONAL_NUMBERS = frozenset({"customer.age", "customer.birth_month", "customer.member_days"})
