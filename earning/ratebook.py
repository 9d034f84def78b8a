"""Exchange rates of a tenant, as handlers and queries read them: only for purchases in another currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from earning.commands import RecordPurchase
from earning.domain.exchange import RateSince, exchange, rate_at
from loyalty.bus import Read

RATES = """select currency, since, rate from earning_exchange_rate where currency = any (%s::text[]) order by since, position"""


def is_foreign(order: RecordPurchase) -> bool:
    """Whether a purchase has to be converted."""
    return order.home_currency not in {"", order.currency}


def rate_reads(order: RecordPurchase) -> Iterator[Read]:
    """What the command declares."""
    if is_foreign(order):
        yield Read(RATES, order.currency)


def exchanged(order: RecordPurchase, rates: Iterable[tuple[datetime, Decimal]]) -> RecordPurchase:
    """The order with what it counts, by the rows of `RATES`. Raises DomainError as `rate_at` does."""
    rate = rate_at([RateSince(*row) for row in rates], order.currency, order.home_currency, order.purchased_at)
    return replace(order, exchange=exchange(order.lines, order.currency, rate, order.home_currency))
