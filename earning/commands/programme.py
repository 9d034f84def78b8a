"""What can be settled for all purchases of a programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loyalty.domain.command import Command, command


@command
class SetMatchingOrder(Command[None]):
    """Match purchases to customers by these references, the first one first: card, phone, email, code, external_id.

    Kinds that are left out are neither tried nor kept. Refusals: earning.matching_empty, earning.matching_twice,
    earning.matching_unknown.
    """

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateAnswer:
    """The rate as it holds now: one unit of `currency` counts `rate` units of `into`, for purchases made from `since` on."""

    currency: str
    into: str
    rate: Decimal
    since: datetime


@command
class SetExchangeRate(Command[RateAnswer]):
    """Let purchases in `currency` made from `effective_at` on (None: now) count `rate` units of `into`, the programme's currency, for
    one unit of it. What was recorded keeps its rate. Refusals: earning.exchange_rate_invalid, earning.exchange_rate_of_its_own,
    money.unknown_currency.
    """

    currency: str
    rate: Decimal
    into: str
    effective_at: datetime | None = None
