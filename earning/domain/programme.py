"""What holds for all purchases of a programme: one stream for each tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import assert_never, cast
from uuid import UUID

from earning.domain.exchange import check_rate
from earning.domain.references import KINDS, ReferenceKind, check_order
from earning.events import ExchangeRateSet, MatchingOrderSet
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.identity import derived_id


def programme_id(tenant_id: int) -> UUID:
    """The stream of the tenant's programme."""
    return derived_id("earning programme", tenant_id)


class Programme(Aggregate):
    """By which references customers are found, and what purchases in other currencies count."""

    stream = "earning_programme"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.matching: tuple[ReferenceKind, ...] = KINDS

    def match_by(self, kinds: Sequence[str], now: datetime) -> None:
        """Try references in this order from now on; kinds that are left out are not tried. Raises DomainError for no such order."""
        check_order(kinds)
        if tuple(kinds) != self.matching:
            self.record(MatchingOrderSet(programme_id=self.id, kinds=cast(tuple[ReferenceKind, ...], tuple(kinds)), set_at=now))

    def exchange_at(self, currency: str, rate: Decimal, into: str, at: datetime) -> None:
        """Convert purchases in `currency` made from `at` on at this rate. Raises DomainError for no such rate."""
        check_rate(currency, rate, into)
        self.record(ExchangeRateSet(programme_id=self.id, currency=currency, into=into, rate=rate, effective_at=at))

    def evolve(self, event: MatchingOrderSet | ExchangeRateSet) -> None:
        match event:
            case MatchingOrderSet():
                self.matching = event.kinds
            case ExchangeRateSet():
                pass  # purchases look rates up in their table
            case _:
                assert_never(event)
