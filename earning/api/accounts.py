"""`/api/v1/customers/{id}/account`: what a customer holds, of which lots, and every movement with the balance it left."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from customers.queries import customer
from earning import queries
from earning.access import merchants_seen
from earning.api.shapes import Limit, Moment, Movement, moment, movement
from earning.permissions import SEE_ACCOUNTS
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView
from loyalty.staff.permissions import SEE_HISTORY

LOTS, STATEMENT = "lots", "statement"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A points account, in the smallest unit of its wallet.

    `balance` is everything that is there, of which `available` can be spent, `pending` is not active yet and `held` is kept aside.
    Of a blocked account nothing is available.
    What goods took back beyond what was left, and what somebody spent as one with another customer until that was undone, is a `debt`, or
    makes the balance negative, as the wallet says by `overdraft`: 150 beyond it is a balance of -150, or with “debt” a balance of 0 and a
    debt of 150. Statements and the answers of returns say -150 in both cases. The rest are totals of all time: `spent` is less what was
    given back, `adjusted` and `transferred` are signed.
    """

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


class Blocking(msgspec.Struct, frozen=True, kw_only=True):
    """Since when an account is blocked, and, with `history.see`, by whom and for which reason."""

    since: datetime
    blocked_by: str | None
    reason: str | None


class AccountOfCustomer(Account, frozen=True, kw_only=True):
    """The same as staff see it: with why the account, or one that it is one with, is `blocked` (empty: it is not)."""

    blockings: list[Blocking]


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What an account held `as_of` a time, by what had been recorded at `known_at`."""

    customer_id: UUID
    wallet: str
    as_of: datetime
    known_at: datetime
    balance: int
    available: int
    pending: int
    held: int
    debt: int


class Ending(msgspec.Struct, frozen=True):
    """So many `points` can be spent through `last_day`, and end at `expires_at`."""

    last_day: date
    expires_at: datetime
    points: int


class Endings(msgspec.Struct, frozen=True):
    """What ends in the next 90 days, by day, and how much of it in the calendar month after this one."""

    days: list[Ending]
    next_month: int


class Lot(msgspec.Struct, frozen=True):
    """Points that came in together, by a purchase or otherwise (`source`), and what remains of them.

    They were earned at `earned_at`, and may be spent from `active_from` (null: from the moment they came; later where the wallet lets
    points wait) until `expires_at` (null: without end). Of what was spent or has ended 0 are `remaining`.
    """

    lot_id: UUID
    source: str
    purchase_id: UUID | None
    points: int
    remaining: int
    earned_at: datetime
    active_from: datetime | None
    expires_at: datetime | None


class CarriedSpend(msgspec.Struct, frozen=True, kw_only=True):
    """A rule gives `points` of a `wallet` for each full `per`: `left` counts already, `missing` more brings the next.

    Amounts are minor units of `currency`.
    """

    rule_id: UUID
    wallet: str
    name: str
    points: Decimal
    currency: str
    per: int
    left: int
    missing: int


class WalletQuery(msgspec.Struct):
    """In one wallet."""

    wallet: str = "points"


class BalanceQuery(msgspec.Struct):
    """As of when, and as it was known when: now, when they are left out."""

    wallet: str = "points"
    as_of: Moment | None = None
    known_at: Moment | None = None


class LotsQuery(msgspec.Struct):
    """One page of lots with something `left`, of those that have `ended` (spent, taken back, or their time was over), or of `all`."""

    wallet: str = "points"
    state: queries.LotState = "left"
    limit: Limit = 50
    cursor: str | None = None


class StatementQuery(msgspec.Struct):
    """One page, of what was in effect at `as_of` and recorded at `known_at`: now, when they are left out."""

    wallet: str = "points"
    as_of: Moment | None = None
    known_at: Moment | None = None
    limit: Limit = 50
    cursor: str | None = None


class AccountView(QueryView):
    """Show a customer's points account; zeros when nothing ever happened to it."""

    permission = SEE_ACCOUNTS
    query = WalletQuery
    answer: ClassVar[type[Account]] = AccountOfCustomer

    def ask(self, query: WalletQuery, **path: Any) -> Account:
        return self.shown(queries.account(customer(path["customer_id"]).id, queries.wallet(query.wallet).code))

    def shown(self, found: queries.AccountCard) -> Account:
        """What the reader is told of it."""
        why = queries.blockings(found.customer_id, found.wallet) if found.blocked else []
        told = {name: getattr(found, name) for name in Account.__struct_fields__}
        reads = self.principal.may(SEE_HISTORY)
        blockings = [Blocking(since=b.since, blocked_by=b.blocked_by if reads else None, reason=b.reason if reads else None) for b in why]
        return AccountOfCustomer(**told, blockings=blockings)


class BalanceView(QueryView):
    """Show what an account held at any time, as it was known at any time."""

    permission = SEE_ACCOUNTS
    query = BalanceQuery
    answer = Balance

    def ask(self, query: BalanceQuery, **path: Any) -> Balance:
        whose, wallet, now = customer(path["customer_id"]).id, queries.wallet(query.wallet).code, datetime.now(UTC)
        as_of, known_at = moment(query.as_of or now, "as_of"), moment(query.known_at or now, "known_at")
        return Balance(
            customer_id=whose, wallet=wallet, as_of=as_of, known_at=known_at, **asdict(queries.balance_at(whose, as_of, known_at, wallet))
        )


class EndingsView(QueryView):
    """Show what of an account ends in the next 90 days, by day: by itself, or with a level that goes when nothing is bought meanwhile."""

    permission = SEE_ACCOUNTS
    query = WalletQuery
    answer = Endings

    def ask(self, query: WalletQuery, **path: Any) -> Endings:
        found = queries.endings(customer(path["customer_id"]).id, datetime.now(UTC), queries.wallet(query.wallet).code)
        return Endings([Ending(e.last_day, e.expires_at, e.points) for e in found.days], found.next_month)


class RemaindersView(QueryView):
    """Show what is left of full amounts, and what is missing to the next points, by each rule that carries it to the next purchase."""

    permission = SEE_ACCOUNTS
    answer = list[CarriedSpend]
    for_customer: ClassVar[bool] = False
    """Whether it is the customer who asks: then rules are not called as staff call them."""

    def ask(self, query: None, **path: Any) -> list[CarriedSpend]:
        found = queries.remainders(customer(path["customer_id"]).id, self.tenant.currency, for_customer=self.for_customer)
        return [CarriedSpend(currency=self.tenant.currency, **asdict(one)) for one in found]


class LotsView(QueryView):
    """List of what a balance is made: lots with something left, the oldest first; by `state` also those that have ended."""

    permission = SEE_ACCOUNTS
    query = LotsQuery
    answer = Page[Lot]

    def ask(self, query: LotsQuery, **path: Any) -> Page[Lot]:
        whose, wallet = customer(path["customer_id"]).id, queries.wallet(query.wallet).code
        name = f"{LOTS}/{wallet}/{whose}" + (f"/{query.state}" if query.state != "left" else "")
        after = opened_cursor(query.cursor, self.tenant.id, name)
        found = queries.lots(whose, after and (datetime.fromisoformat(after[0]), UUID(after[1])), query.limit + 1, wallet, query.state)
        page, more = found[: query.limit], len(found) > query.limit
        following = sealed_cursor([page[-1].earned_at.isoformat(), str(page[-1].lot_id)], self.tenant.id, name) if more else None
        return Page([Lot(**{field: getattr(lot, field) for field in Lot.__struct_fields__}) for lot in page], following)


class StatementView(QueryView):
    """List the movements of an account with the balance that each left, the latest first."""

    permission = SEE_ACCOUNTS
    query = StatementQuery
    answer = Page[Movement]
    for_customer: ClassVar[bool] = False
    """Whether it is the customer who asks: then rules are not called as staff call them."""

    def ask(self, query: StatementQuery, **path: Any) -> Page[Movement]:
        whose, seen, wallet = customer(path["customer_id"]).id, merchants_seen(self.principal), queries.wallet(query.wallet).code
        as_of, known_at = query.as_of and moment(query.as_of, "as_of"), query.known_at and moment(query.known_at, "known_at")
        name = f"{STATEMENT}/{wallet}/{whose}/{as_of}/{known_at}"
        before = opened_cursor(query.cursor, self.tenant.id, name)
        found = queries.statement(whose, before, query.limit + 1, wallet, as_of, known_at, for_customer=self.for_customer)
        page = found[: query.limit]
        following = sealed_cursor(page[-1].position, self.tenant.id, name) if len(found) > query.limit else None
        return Page([movement(line, seen) for line in page], following)
