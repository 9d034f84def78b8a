"""What a decision saw of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedSpend:
    """So much, in minor units, had counted by `carry_id` when a purchase was decided: by a rule that carries what is left over."""

    carry_id: UUID
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a customer had bought before a purchase, and kept: how many `purchases`, what they are worth (`spent`, minor units of the
    programme's currency), and when the last of them was made that lies before it (None: none).
    """

    purchases: int = 0
    spent: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The visit that a purchase is part of: a day with a purchase, in the zone of the tenant, as levels count visits.

    It is the customer's `number`-th, and the purchase is the `purchases`-th of it. `days_since` the visit before (None: there was none).
    `before_here` purchases had been made at this point of sale, or online, and `before_at_merchant` with this merchant. What came back
    whole counts for nothing.
    """

    number: int
    purchases: int
    days_since: int | None = None
    before_here: int = 0
    before_at_merchant: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsSeen:
    """How many custom events of one `type` (a code) a customer had had when a purchase was made: `times` in all, `times_30_days` of them
    within the 30 days before it, the last at `last_at` (None: none).
    """

    type: str
    times: int = 0
    times_30_days: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen:
    """The customer's `levels` (one for each level set that has one for them) and `segments`, as codes, when a purchase was decided.

    `met` are the questions about the person that rules asked and that were answered by yes; what was seen of the person is not kept.
    `history` is what they had bought before, `visit` which visit it was, and `events` what custom events they had had, of each type
    that was asked for: where a rule asked. `carried` is what earlier purchases counted by rules that carry over what is left of full
    amounts.
    """

    levels: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    met: tuple[UUID, ...] = ()
    carried: tuple[CarriedSpend, ...] = ()
    history: History | None = None
    visit: Visit | None = None
    events: tuple[EventsSeen, ...] = ()


NOTHING_SEEN = CustomerSeen()
