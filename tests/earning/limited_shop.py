"""A shop whose rules have limits, for tests without a database."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.commands import RecordPurchase, ReturnLine
from earning.domain.limits import Limits, Room, Use
from earning.domain.rule_set import RuleSet
from earning.domain.selling import Sold, TakenBack, sale_of
from earning.limits import used_now, used_together
from loyalty.domain.period import business_day
from tests.earning.given import ZONE, Shop


class LimitedShop(Shop):
    """A shop whose rules have limits: `used` is what is noted of each."""

    def __init__(self, rule_set: RuleSet) -> None:
        super().__init__(rule_set)
        self.used: Counter[Use] = Counter()

    def record(self, order: RecordPurchase, standing: str | None = "active") -> Sold:
        unlimited = self.rules
        rows = unlimited.limits(sale_of(order, UUID(int=9), standing, unlimited))
        self.rules = unlimited.within(Room(Limits(rows), {use.id: amount for use, amount in self.used.items()}))
        clock, self.clock = self.clock, order.purchased_at + timedelta(hours=2)
        sold, self.rules = super().record(order, standing), unlimited
        self.clock = clock
        self.used += used_now(self.rules, self.document(order.document_number), self.accounts, self.wallets)
        return sold

    def take_back(self, number: str, *lines: ReturnLine, by: str = "R-1", **changes: Any) -> TakenBack:
        purchase = self.document(number)
        self.used.subtract(used_together(self.rules, purchase, self.accounts, self.wallets))
        taken = super().take_back(number, *lines, by=by, **changes)
        self.used.update(used_together(self.rules, purchase, self.accounts, self.wallets))
        return taken

    def kept_by_day(self) -> dict[date, list[int]]:
        """The points that purchases have, by the day on which they were made."""
        found: dict[date, list[int]] = {}
        for lot in self.account.lots.values():
            if lot.kept:
                found.setdefault(business_day(lot.earned.earned_at, ZoneInfo(ZONE)), []).append(lot.kept)
        return found
