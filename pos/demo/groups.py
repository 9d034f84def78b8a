"""The demo's segments, who is in them or what they ask, and a rule that counts for one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from customers.commands import CreateSegment, Criteria, Criterion, EnterSegment
from customers.commands import Group as Asked
from earning.commands import ActivateRule, Among, CreateRule, Multiplier, RuleScope
from loyalty.domain.command import Command
from loyalty.domain.identity import derived_id

Deed = tuple[Command[Any], datetime, str]
DOUBLED_FOR = timedelta(days=30)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Group:
    """A segment of the demo: every so many customers are in it, from the one with number `first` on."""

    code: str
    name: str
    description: str
    first: int
    every: int


@dataclass(frozen=True, slots=True)
class Dynamic:
    """Code, name and description of a segment of the demo that its criteria fill."""

    code: str
    name: str
    description: str


def asked(found: Sequence[Dynamic], place: UUID, opening: datetime) -> Iterator[Deed]:
    """Regulars of one point of sale, who was not seen for a month, and whose birthday is near."""
    here, times = Criterion(kind="share_at", places=(place,), at_least=50), Criterion(kind="purchases", at_least=5, days=60)
    away, birthday = Criterion(kind="last_purchase", at_least=30), Criterion(kind="birthday", days=7)
    for one, groups in zip(found, [(here, times), (away,), (birthday,)], strict=True):
        criteria = Criteria(groups=tuple(Asked(any=(criterion,)) for criterion in groups))
        made = CreateSegment(code=one.code, name=one.name, description=one.description, criteria=criteria)
        yield made, opening, f"segment {one.code}"


def created(groups: Sequence[Group], opening: datetime) -> Iterator[Deed]:
    """The segments are made."""
    for group in groups:
        yield CreateSegment(code=group.code, name=group.name, description=group.description), opening, f"segment {group.code}"


def entered(groups: Sequence[Group], ids: Mapping[str, UUID], customers: Sequence[tuple[UUID, datetime]], now: datetime) -> Iterator[Deed]:
    """Customers come into them, a moment after they joined."""
    for group in groups:
        for customer_id, joined in customers[group.first :: group.every]:
            at = min(joined + MINUTE, now)
            yield EnterSegment(segment_id=ids[group.code], customer_id=customer_id), at, f"member {group.code} {customer_id}"


def doubled(tenant_id: int, name: str, zone: str, group: Group, now: datetime) -> Iterator[Deed]:
    """Points of one segment count twice since a month ago."""
    rule_id, since = derived_id("demo", tenant_id, "rule of a segment"), now - DOUBLED_FOR
    scope = RuleScope(segments=Among(any=(group.code,)), zone=zone)
    yield CreateRule(name=name, terms=Multiplier(factor=Decimal(2)), scope=scope), since, "rule of a segment"
    yield ActivateRule(rule_id=rule_id), since, "rule of a segment active"
