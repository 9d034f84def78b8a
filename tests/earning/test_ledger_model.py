"""10,000 random orders to three customers: the ledger and its model agree after each on every lot, balance, end and refusal."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from earning.commands import Contribution
from earning.domain.account import Account, account_id
from earning.domain.correcting import cancel, deduct, grant
from earning.domain.earned import claw_back, earn
from earning.domain.expiring import Losses
from earning.domain.expiry import Expiry
from earning.domain.pooling import reset_together
from earning.domain.spending import confirm, hold, release, restore, spend
from earning.domain.transfers import transfer
from earning.domain.wallets import Unit, WalletPolicy, WalletTerms
from earning.events import DebtPaid, GoodsReturned, PointsExpired, PurchaseRecorded
from earning.projections.movements import MOVES, moved
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
from tests.earning.given import TENANT
from tests.earning.ledger_model import NEVER, ModelAccount, ModelLot, Refused

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TERMS = {
    "never": WalletTerms(transfers_per_day=100), "days": WalletTerms(expiry=Expiry(kind="after_days", days=4), restored_days=2),
    "month": WalletTerms(expiry=Expiry(kind="month_end", grace_days=3), transfers_per_day=100),
    "waiting": WalletTerms(expiry=Expiry(kind="after_days", days=9), pending_days=2, transfers_per_day=100),
}  # fmt: skip
POLICIES = {
    name: WalletPolicy(Unit(wallet="points"), replace(terms, transfers_per_day=100), ZoneInfo("UTC")) for name, terms in TERMS.items()
}
RULE, SET = UUID(int=100), UUID(int=101)


def hours(at: datetime | None, otherwise: int) -> int:
    return otherwise if at is None else int((at - START) / HOUR)


def gave(points: int) -> tuple[Contribution, ...]:
    return (Contribution(rule_id=RULE, version=1, points=points, amounts=(points,)),)


class World:
    """Three customers, each with an account and a model of it; time goes on by whole hours."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.customers = [UUID(int=seed * 10 + n + 1) for n in range(3)]
        self.real = [Account(account_id(TENANT, "points", c)) for c in self.customers]
        self.model = [ModelAccount() for _ in self.customers]
        self.now = 24
        self.kept: list[list[tuple[UUID, ModelLot, int]]] = [[], [], []]
        self.refused = 0
        for model in self.model:
            model.losses = [self.chance.randint(24, 2500) + 0.5 for _ in range(20)]

    @property
    def at(self) -> datetime:
        return START + self.now * HOUR

    def id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def step(self) -> None:
        who = self.chance.randrange(3)
        orders = (self.buy, self.buy, self.buy, self.spend, self.spend, self.hold, self.finish, self.restore, self.give_back,
                  self.give_back, self.pass_on, self.grant, self.deduct, self.cancel, self.wait)  # fmt: skip
        act = self.chance.choice(orders)
        for n in range(3) if act == self.pass_on else () if act == self.wait else (who,):
            self.notice(n)
        act(who)

    def losses(self, who: int) -> Losses:
        """The levels that a customer has lost by now, in no order."""
        return [(SET, START + loss * HOUR) for loss in self.model[who].losses if loss < self.now]

    def notice(self, who: int) -> None:
        """Whatever is done begins with it, and it does not matter how long nothing was done."""
        reset_together([self.real[who]], self.losses(who), self.at)

    def both(self, real: Callable[[], object], model: Callable[[], object]) -> bool:
        """Carry out both; they refuse together or not at all."""
        outcomes = []
        for act in (real, model):
            try:
                act()
                outcomes.append(True)
            except (DomainError, Refused):
                outcomes.append(False)
        assert outcomes[0] == outcomes[1]
        self.refused += not outcomes[0]
        return outcomes[0]

    def buy(self, who: int) -> None:
        policy, points, ago = self.chance.choice(list(POLICIES.values())), self.chance.randint(1, 100), self.chance.choice((0, 0, 5, 100))
        at, lot_id, purchase_id = self.at - ago * HOUR, self.id(), self.id()
        sale = PurchaseRecorded(
            purchase_id=purchase_id, customer_id=self.customers[who], merchant_id=RULE, pos_id=None, document_scope="merchant",
            document_number="A", currency="VND", total=points, lines=(), purchased_at=at,
        )  # fmt: skip
        lot = ModelLot(lot_id, self.now - ago, hours(policy.active_from(at), 0), hours(policy.expires_at(at), NEVER), points)
        earn(self.real[who], sale, gave(points), lot_id, policy, self.at, sorted(self.losses(who), key=lambda loss: loss[1]))
        self.model[who].add(lot, self.now)
        self.kept[who].append((purchase_id, lot, points))

    def give_back(self, who: int) -> None:
        if not self.kept[who]:
            return
        purchase_id, lot, left = self.kept[who].pop(self.chance.randrange(len(self.kept[who])))
        points = self.chance.randint(1, left)
        if points < left:
            self.kept[who].append((purchase_id, lot, left - points))
        goods = GoodsReturned(
            return_id=self.id(), purchase_id=purchase_id, customer_id=self.customers[who], merchant_id=RULE, pos_id=None,
            return_pos_id=None, document_number="R", currency="VND", amount=1, amount_kept=0, nothing_left=False, lines=(),
            returned_at=self.at,
        )  # fmt: skip
        claw_back(self.real[who], self.real[who].lots[purchase_id], goods, gave(points), POLICIES["never"], self.at)
        self.model[who].claw_back(lot, points, self.now)

    def spend(self, who: int) -> None:
        name, points = self.id(), self.chance.randint(1, 120)
        chosen: list[list[tuple[UUID, int]]] = [[], []]

        def real() -> None:
            shares = spend(self.real[who], POLICIES["never"], points, name, None, self.at).shares
            chosen[0] = [(share.lot_id, share.points) for share in shares]

        def model() -> None:
            chosen[1] = [(lot.name, n) for lot, n in self.model[who].spend(name, points, self.now)]

        self.both(real, model)
        assert chosen[0] == chosen[1], "both draw on the same lots"

    def hold(self, who: int) -> None:
        name, points, ends = self.id(), self.chance.randint(1, 60), self.now + self.chance.choice((1, 20, 100))
        self.both(
            lambda: hold(self.real[who], POLICIES["never"], points, name, None, START + ends * HOUR, self.at),
            lambda: self.model[who].hold(name, points, ends, self.now),
        )

    def finish(self, who: int) -> None:
        if not (open_ones := list(self.model[who].holds)):
            return
        name, spent = self.chance.choice(open_ones), self.id()
        if self.chance.random() < 0.5:
            self.both(lambda: release(self.real[who], name, self.at), lambda: self.model[who].release(name, self.now))
        else:
            policy = POLICIES["never"]
            self.both(lambda: confirm(self.real[who], policy, name, spent, self.at), lambda: self.model[who].confirm(name, spent, self.now))

    def restore(self, who: int) -> None:
        if not self.model[who].spends:
            return
        name, points = self.chance.choice(list(self.model[who].spends)), self.chance.randint(1, 80)
        policy = POLICIES["days"]
        earliest, restore_id = hours(policy.restored_until(self.at), NEVER), self.id()
        self.both(
            lambda: restore(self.real[who], policy, name, points, restore_id, self.at),
            lambda: self.model[who].restore(name, points, earliest, self.now, lambda lot_id: derived_id("restored", restore_id, lot_id)),
        )

    def pass_on(self, who: int) -> None:
        other, points, name = self.chance.choice([n for n in range(3) if n != who]), self.chance.randint(1, 60), self.id()

        def model() -> None:
            chosen = self.model[who].choose(points, self.now)
            self.model[who].take(chosen)
            self.model[other].pass_time(self.now)
            for lot, n in chosen:
                self.model[other].lots.append(ModelLot(derived_id("transferred", name, lot.name), lot.earned, 0, lot.ends, n))
            self.model[other].pay(self.now)

        policy = POLICIES["never"]
        self.both(lambda: transfer(self.real[who], self.real[other], policy, points, name, self.customers[other], self.at), model)

    def grant(self, who: int) -> None:
        policy, points, name = POLICIES["days"], self.chance.randint(1, 50), self.id()
        grant(self.real[who], policy, self.customers[who], points, name, "manual", "a reason", self.at)
        self.model[who].add(ModelLot(name, self.now, 0, hours(policy.expires_at(self.at), NEVER), points), self.now)

    def deduct(self, who: int) -> None:
        points = self.chance.randint(1, 50)
        self.both(
            lambda: deduct(self.real[who], POLICIES["never"], points, self.id(), "a reason", self.at),
            lambda: self.model[who].deduct(points, self.now),
        )

    def cancel(self, who: int) -> None:
        if not self.model[who].lots:
            return
        lot = self.chance.choice(self.model[who].lots)

        def model() -> None:
            self.model[who].pass_time(self.now)
            if not (left := self.model[who].free(lot, self.now)):
                raise Refused
            lot.points, lot.cancelled = lot.points - left, lot.cancelled + left

        self.both(lambda: cancel(self.real[who], POLICIES["never"], lot.name, "a reason", "", self.at), model)

    def wait(self, who: int) -> None:
        self.now += self.chance.choice((1, 7, 30, 60))

    def compare(self) -> None:
        for who, (real, model) in enumerate(zip(self.real, self.model, strict=True)):
            if not real.exists:
                continue
            self.notice(who)
            model.pass_time(self.now)
            assert (real.balance, real.owed, real.available(self.at)) == (model.balance(), model.owed, model.available(self.now))
            lots = {lot.name: (lot.points, lot.lapsed) for lot in model.lots}
            assert {key: (lot.remaining, lot.expired) for key, lot in real.all.by_id.items()} == lots


@pytest.mark.parametrize("seed", range(20))
def test_10_000_random_orders_leave_what_the_model_says(seed: int) -> None:
    world = World(seed + 1)
    for _ in range(500):
        world.step()
        if world.chance.random() < 0.5:
            world.compare()
    world.compare()
    assert world.refused > 5
    assert any(e.cause == "level_lost" for real in world.real for e in real.pending if isinstance(e, PointsExpired))
    for real, model in zip(world.real, world.model, strict=True):
        again = Account.replay(real.id, real.pending)
        state = [(lot.lot_id, lot.remaining, lot.expired) for lot in real.all.by_id.values()]
        assert [(lot.lot_id, lot.remaining, lot.expired) for lot in again.all.by_id.values()] == state
        assert (again.balance, again.owed, again.available(world.at)) == (real.balance, real.owed, real.available(world.at))
        assert sum(e.points for e in real.pending if type(e).__name__ == "PointsExpired") == model.expired
        books = [moved(e) for e in real.pending if isinstance(e, MOVES)]
        assert sum(m.points for m in books) == real.balance
        assert all(m.points == sum(s.points for s in m.shares) - m.owed for m in books)
        assert sum(m.owed for m in books) == real.owed
        assert sum(e.points for e in real.pending if isinstance(e, DebtPaid)) == -sum(m.owed for m in books if m.kind == "debt_paid")
