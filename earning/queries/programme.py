"""What holds for all purchases of a programme: asked for at every purchase that names its customer by reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import cast

from earning.domain.exchange import plain
from earning.domain.references import KINDS, ReferenceKind
from earning.models import ExchangeRate, Programme
from earning.queries.here import tenant_here
from loyalty.tenancy import reading

REMEMBERED_SECONDS = 5.0
_seen: dict[int, tuple[float, tuple[ReferenceKind, ...]]] = {}


def matching_order() -> tuple[ReferenceKind, ...]:
    """By which references purchases are matched, the first one first; asked again after five seconds."""
    tenant_id, now = tenant_here(), monotonic()
    seen = _seen.get(tenant_id)
    if seen is None or seen[0] < now:
        seen = _seen[tenant_id] = (now + REMEMBERED_SECONDS, matching_order_now())
    return seen[1]


def matching_order_now() -> tuple[ReferenceKind, ...]:
    """The same, as it stands."""
    tenant_id = tenant_here()
    with reading(tenant_id):
        kinds = Programme.objects.filter(tenant_id=tenant_id).values_list("matching", flat=True).first()
    return KINDS if kinds is None else cast(tuple[ReferenceKind, ...], tuple(kinds))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRateCard:
    """One unit of `currency` counts `rate` units of `into`, for purchases made from `since` on until a later rate of it holds."""

    currency: str
    into: str
    rate: Decimal
    since: datetime


def exchange_rates(limit: int = 1000) -> list[ExchangeRateCard]:
    """The rates that were set, the latest first."""
    rows = ExchangeRate.objects.filter(tenant_id=tenant_here()).order_by("-since", "-position")[:limit]
    return [ExchangeRateCard(currency=row.currency, into=row.into_currency, rate=plain(row.rate), since=row.since) for row in rows]


def other_currencies(at: datetime | None = None) -> list[str]:
    """The codes of the other currencies in which a purchase made `at` a time can be recorded (None: at any)."""
    rows = ExchangeRate.objects.filter(tenant_id=tenant_here(), **({} if at is None else {"since__lte": at}))
    return list(rows.order_by("currency").values_list("currency", flat=True).distinct())


def forget_programmes() -> None:
    """Ask for every programme anew, in this process."""
    _seen.clear()
