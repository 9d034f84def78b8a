"""What was settled for all purchases of a programme."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from earning.domain.references import ReferenceKind
from loyalty.domain.event import event


@event("earning.matching_order_set", version=1)
class MatchingOrderSet:
    """Purchases are matched to customers by these references from now on, the first one first; others are not tried."""

    programme_id: UUID
    kinds: tuple[ReferenceKind, ...]
    set_at: datetime


@event("earning.exchange_rate_set", version=1)
class ExchangeRateSet:
    """Purchases in `currency` made from `effective_at` on count `rate` units of `into`, the programme's currency, for one unit of it."""

    programme_id: UUID
    currency: str
    into: str
    rate: Decimal
    effective_at: datetime
