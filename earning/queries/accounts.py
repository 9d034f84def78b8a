"""What a customer holds, and of which lots. Who is one with others has what all of them have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from customers.queries import sides, together_at
from earning.models import Account, Hold, Lot, Movement
from earning.queries.balances import balance, unnoted_now
from earning.queries.here import tenant_here
from earning.queries.pooled import as_they_came, came_out_of, within
from earning.streams import WALLET, account_of

LotState = Literal["left", "ended", "all"]
"""Which lots are wanted: with something left, with nothing left any more, or all."""
Place = tuple[datetime, UUID]
"""Where a page of lots ends: time and id of its last lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    """An account as screens show it; all points in the wallet's smallest unit. Zeros when nothing ever happened to it.

    `balance` to `debt` are those of `Balance`. The totals are of all time; `spent` is less what was given back, `adjusted` and
    `transferred` are signed. What has ended leaves the balance at once, and comes to `expired` when it is noted. `movements` are the
    lines of the statement but those that say that a merge was undone.
    """

    account_id: UUID
    customer_id: UUID
    wallet: str
    balance: int
    available: int
    pending: int
    held: int
    debt: int
    earned: int
    clawed_back: int
    spent: int
    expired: int
    cancelled: int
    adjusted: int
    transferred: int
    blocked: bool
    movements: int


TOTALS = ("earned", "clawed_back", "spent", "expired", "cancelled", "adjusted", "transferred", "movements")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotCard:
    """Points that came in together (`source` says how), and what remains of them; they end at `expires_at` (None: never)."""

    lot_id: UUID
    source: str
    purchase_id: UUID | None
    points: int
    remaining: int
    earned_at: datetime
    active_from: datetime | None
    expires_at: datetime | None


def account(customer_id: UUID, wallet: str = WALLET, now: datetime | None = None) -> AccountCard:
    """The customer's account for one wallet, as it is `now`."""
    tenant_id, accounts = tenant_here(), accounts_joined(customer_id, wallet)
    rows = list(Account.objects.filter(tenant_id=tenant_id, id__in=accounts))
    totals = {name: sum(getattr(row, name) for row in rows) for name in TOTALS}
    totals["movements"] -= len(within(accounts))
    held = asdict(balance(customer_id, now or datetime.now(UTC), wallet))
    told: dict[str, Any] = {"account_id": account_of(customer_id, tenant_id, wallet), "customer_id": customer_id, "wallet": wallet}
    return AccountCard(**told, blocked=any(row.blocked is True for row in rows), **held, **totals)


def accounts_joined(customer_id: UUID, wallet: str = WALLET, at: datetime | None = None) -> list[UUID]:
    """The ids of the accounts of a customer and of those who turned out to be one with them, by then (None: by now)."""
    whose = sides(customer_id) if at is None else together_at(customer_id, at)
    return [account_of(side, tenant_here(), wallet) for side in whose]


def is_blocked(customer_id: UUID, wallet: str = WALLET) -> bool:
    """Whether nothing can be spent: an account is blocked, or one that it is joined with."""
    return Account.objects.filter(tenant_id=tenant_here(), id__in=accounts_joined(customer_id, wallet), blocked=True).exists()


def lots(
    customer_id: UUID, after: Place | None = None, limit: int | None = None, wallet: str = WALLET, state: LotState = "left"
) -> list[LotCard]:
    """Of what the balance is made: lots with something left, oldest first; or those that were spent or taken back, or whose time was over;
    or all of them. `after` is the place of the last one that was seen. What one account took from another while they are one and has
    nothing left of is told by the lot that it came out of.
    """
    accounts = accounts_joined(customer_id, wallet)
    every, left = _lots_and_left(customer_id, wallet)
    ended = Q(remaining=0) | Q(id__in=[lot_id for lot_id, points in left.items() if not points])
    if len(accounts) > 1 and state != "left":
        every = every.exclude(ended & came_out_of(accounts))
    rows = every if state == "all" else every.filter(ended) if state == "ended" else every.exclude(ended)
    if after is not None:
        rows = rows.filter(Q(earned_at__gt=after[0]) | Q(earned_at=after[0], id__gt=after[1]), earned_at__gte=after[0])
    found = as_they_came(list(rows.order_by("earned_at", "id")[:limit]), accounts)
    until = {account_id: _active_until(account_id) for account_id in {row.account_id for row in found if row.rolling}}
    return [
        LotCard(
            lot_id=row.id,
            source=row.source,
            purchase_id=row.purchase_id,
            points=row.points,
            remaining=left.get(row.id, row.remaining),
            earned_at=row.earned_at,
            active_from=row.active_from,
            expires_at=until.get(row.account_id) if row.rolling else row.expires_at,
        )
        for row in found
    ]


def lots_left(customer_id: UUID, wallet: str = WALLET) -> tuple[QuerySet[Lot], dict[UUID, int]]:
    """The rows of lots with something left, and of some of them how much, where that is not `remaining`: of what has ended, by itself
    or with a level, only what is held.
    """
    every, left = _lots_and_left(customer_id, wallet)
    return every.exclude(Q(remaining=0) | Q(id__in=[lot_id for lot_id, points in left.items() if not points])), left


def _lots_and_left(customer_id: UUID, wallet: str) -> tuple[QuerySet[Lot], dict[UUID, int]]:
    """The rows of all lots, and what is left of those of which something went that nobody has noted yet."""
    tenant_id, now, accounts = tenant_here(), datetime.now(UTC), accounts_joined(customer_id, wallet)
    gone = unnoted_now(customer_id, now, wallet).gone
    rows = Lot.objects.filter(tenant_id=tenant_id, account_id__in=accounts)
    return rows, {lot_id: points for account_id in accounts for lot_id, points in _left(account_id, gone, now)}


def _left(account_id: UUID, gone: Mapping[UUID, int], now: datetime) -> Iterator[tuple[UUID, int]]:
    """Of one account: what has ended is there only while somebody holds it."""
    tenant_id, until = tenant_here(), _active_until(account_id)
    ended = Q(rolling=False, expires_at__lte=now)
    if until is not None and until <= now:
        ended |= Q(rolling=True)
    rows = Lot.objects.filter(ended | Q(id__in=gone), tenant_id=tenant_id, account_id=account_id).exclude(remaining=0)
    holds = Hold.objects.filter(tenant_id=tenant_id, account_id=account_id, ends_at__gt=now, closed_at=None)
    held = Counter[str]()
    for share in (share for shares in holds.values_list("shares", flat=True) for share in shares):
        held[share["lot_id"]] += share["points"]
    for lot in rows:
        end = until if lot.rolling else lot.expires_at
        left = lot.remaining - gone.get(lot.id, 0)
        yield lot.id, min(left, held[str(lot.id)]) if end is not None and end <= now else left


def _active_until(account_id: UUID) -> datetime | None:
    """The end of lots that live as long as the customer is active."""
    return Account.objects.filter(tenant_id=tenant_here(), id=account_id).values_list("active_until", flat=True).first()


def last_moved(account_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When the last movement of each account was recorded; accounts without one are left out."""
    last = Movement.objects.filter(tenant_id=tenant_here(), account_id=OuterRef("id")).order_by("-position").values("recorded_at")[:1]
    rows = Account.objects.filter(tenant_id=tenant_here(), id__in=account_ids).values_list("id", Subquery(last))
    return {account_id: at for account_id, at in rows if at is not None}
