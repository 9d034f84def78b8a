"""Words for the tests of earning: a shop, its sales, its rules. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from earning.commands import ClaimPurchase, Line, PointsPerAmount, RecordPurchase, ReturnGoods, ReturnLine, Terms, Thousandths
from earning.domain.account import Account, account_id
from earning.domain.carrying import taken_over
from earning.domain.claiming import claim
from earning.domain.document import document_id
from earning.domain.expiring import Losses
from earning.domain.purchase import Purchase
from earning.domain.rule_set import NO_RULES, RuleSet
from earning.domain.rule_versions import InForce, RuleVersion
from earning.domain.scope import EVERYTHING, RuleScope
from earning.domain.seen import CustomerSeen
from earning.domain.selling import Sold, TakenBack, sale_of, sell, take_back
from earning.domain.wallets import KnownWallet, TermsSince, Wallets, WalletTerms
from earning.events import PurchaseRecorded
from loyalty.domain.command import Circumstances

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
"""Twelve o'clock in Ho Chi Minh City."""
ZONE = "Asia/Ho_Chi_Minh"
CUSTOMER, MERCHANT, SHOP = (UUID(int=n) for n in (1, 2, 3))
TENANT = 7


def at_the_till(now: datetime, channel: str = "till") -> Circumstances:
    return Circumstances(tenant_id=TENANT, command_id=uuid4(), now=now, actor="staff:1", channel=channel, correlation_id=uuid4())


def line(total: int, quantity: int | None = None, kind: str = "goods", **more: Any) -> Line:
    """`quantity` in whole units."""
    return Line(kind=kind, total=total, quantity=None if quantity is None else Thousandths(quantity * 1000), **more)


def purchase_order(*lines: Line | int, **changes: Any) -> RecordPurchase:
    """An order to record the sale of `lines`, at noon in the shop, for the customer."""
    made = tuple(item if isinstance(item, Line) else line(item) for item in lines)
    plain = RecordPurchase(
        customer_id=CUSTOMER,
        merchant_id=MERCHANT,
        pos_id=SHOP,
        document_scope="pos",
        document_number="A-1",
        purchased_at=NOON,
        zone=ZONE,
        currency="VND",
        total=sum(item.total for item in made),
        lines=made,
    )
    return replace(plain, **changes)


def return_order(purchase_id: UUID, *lines: ReturnLine, number: str = "R-1", **changes: Any) -> ReturnGoods:
    """An order to take `lines` back an hour later, all that is left when there are none."""
    plain = ReturnGoods(
        purchase_id=purchase_id,
        customer_id=CUSTOMER,
        merchant_id=MERCHANT,
        pos_id=SHOP,
        document_scope="pos",
        document_number=number,
        returned_at=NOON + timedelta(hours=1),
        zone=ZONE,
        lines=lines or None,
    )
    return replace(plain, **changes)


def per(amount: int, points: str = "1", **more: Any) -> PointsPerAmount:
    return PointsPerAmount(points=Decimal(points), per=amount, currency="VND", **more)


def rules(*promised: Terms | tuple[Terms, RuleScope] | tuple[Terms, RuleScope, str]) -> RuleSet:
    """A rule set with each of `promised` in force for ever, the oldest first; the third of a tuple is the wallet, of no decimals."""
    known = [(*one, "points")[:3] if isinstance(one, tuple) else (one, EVERYTHING, "points") for one in promised]
    return RuleSet(
        RuleVersion(rule_id=UUID(int=100 + n), version=1, terms=terms, wallet=wallet, scope=scope, periods=(InForce(),))
        for n, (terms, scope, wallet) in enumerate(known)
    )


def sale(*lines: Line | int, **changes: Any) -> PurchaseRecorded:
    """A sale of `lines` as it is recorded, by rules of which all is known."""
    return sale_of(purchase_order(*lines, **changes), UUID(int=9), "active", NO_RULES)


def wallets(terms: WalletTerms | None = None, zone: str = ZONE, **others: WalletTerms) -> Wallets:
    """The wallet `points` on `terms`, and others by code, since ever."""
    ever = datetime.min.replace(tzinfo=UTC)
    known = others | ({"points": terms} if terms else {})
    return Wallets(
        ZoneInfo(zone), [KnownWallet(code=code, decimals=0, versions=(TermsSince(since=ever, terms=on),)) for code, on in known.items()]
    )


class Shop:
    """One shop and one customer, decided by the domain alone."""

    def __init__(self, rule_set: RuleSet, terms: WalletTerms | None = None, known: Wallets | None = None) -> None:
        self.rules = rule_set
        self.wallets = known or wallets(terms)
        self.clock = NOON + timedelta(hours=2)
        self.accounts = {code: Account(account_id(TENANT, code, CUSTOMER)) for code in ("points", *sorted(rule_set.wallets - {"points"}))}
        self.documents: dict[UUID, Purchase] = {}
        self.channel = "till"
        self.losses: Losses = ()
        """Of levels, with which points ended."""

    @property
    def account(self) -> Account:
        """Of the wallet `points`."""
        return self.accounts["points"]

    def record(self, order: RecordPurchase, standing: str | None = "active") -> Sold:
        purchase = self.document(order.document_number)
        sale = sale_of(order, purchase.id, standing, self.rules, self.seen(order.counted_in, order.purchased_at))
        rule_set = self.rules if standing == "active" else NO_RULES
        accounts = self.accounts if order.customer_id else {}
        return sell(sale, purchase, accounts, rule_set, self.wallets, at_the_till(self.clock, self.channel), uuid4(), losses=self.losses)

    def take_back(self, number: str, *lines: ReturnLine, by: str = "R-1", **changes: Any) -> TakenBack:
        purchase = self.document(number)
        order = return_order(purchase.id, *lines, number=by, **changes)
        accounts = self.accounts if order.customer_id else {}
        return take_back(order, purchase, self.document(by), accounts, self.rules, self.wallets, at_the_till(self.clock, self.channel))

    def claim(self, number: str, standing: str | None = "active", customer_id: UUID = CUSTOMER) -> Sold:
        purchase = self.document(number)
        order = ClaimPurchase(purchase_id=purchase.id, customer_id=customer_id)
        may_earn, seen = standing in {"new", "active"}, self.seen("VND", NOON)
        return claim(
            order, purchase, self.accounts, self.rules, self.wallets, standing, self.clock, uuid4(),
            may_earn=may_earn, seen=seen, losses=self.losses,
        )  # fmt: skip

    def seen(self, currency: str, at: datetime) -> CustomerSeen:
        carried = {key: one for account in self.accounts.values() for key, one in account.carried.items()}
        return CustomerSeen(carried=taken_over(carried, self.rules.carried(currency, at)))

    def document(self, number: str) -> Purchase:
        stream = document_id(TENANT, MERCHANT, "pos", SHOP, number, NOON, ZONE)
        return self.documents.setdefault(stream, Purchase(stream))
