"""Makes the demo's world by the same commands as everybody: ninety days of trade, with the clock of the past."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from customers.commands import DeactivateCustomer, RegisterCustomer
from customers.queries import segments
from earning.commands import (
    ONE,
    ActivateLevelSet,
    ActivateRule,
    CreateRule,
    InstallStarterLevels,
    Line,
    PointsPerAmount,
    RecordPurchase,
    Thousandths,
)
from earning.queries import level_sets
from loyalty.bus import Outcome, dispatch_all, was_carried_out
from loyalty.domain.command import Command
from loyalty.domain.identity import derived_id
from loyalty.domain.money import EXPONENTS
from loyalty.staff.models import User
from loyalty.staff.tenants import add_user, create_tenant
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos.commands import AddMerchant, AddPointOfSale, AssignSeller, microdegrees, pos_id_for
from pos.demo import groups, people, rewards
from pos.demo.receipts import batches, numbered, taken_back
from pos.demo.world import PASSWORD, Business, Programme
from pos.models import Merchant

DAYS = 90
OPENED = timedelta(days=DAYS + 30)
LAST = "inactive"
"""The last deed, by which it is known that everything is there."""
BATCH, FEW = 200, 20
Say = Callable[[str], None]


@dataclass(slots=True)
class Made:
    """What a programme got, in numbers."""

    customers: int = 0
    purchases: int = 0
    returns: int = 0


class Seeder:
    """Seeds one programme. Running it again finds what is there and makes what is missing, at the moments that were chosen first."""

    def __init__(self, programme: Programme, now: datetime, say: Say) -> None:
        self.programme = programme
        self.say = say
        self.dice = Random(programme.code)  # noqa: S311 - the same world each time
        self.tenant: Tenant = self._tenant()
        self.now = self._begun() or now
        self.made = Made()

    def run(self) -> Made:
        self._businesses()
        self._staff()
        self._rule()
        self._levels()
        customers = self._customers()
        self._groups(customers)
        sales = self._sales(customers)
        self.say(f"{self.programme.name}: {len(sales):,} purchases")
        self._returns(sold := self._trade(sales))
        ids, own = {b.key: self._merchant_id(b) for b in self.programme.businesses}, [customer_id for customer_id, _joined in customers]
        rewards.seed(self._in_parts, self.programme.rewards, self.tenant.id, ids, own, (self._opening(), self.now), sold)
        left = derived_id("demo-customer", self.tenant.id, self.programme.customers - 1)
        self._do(DeactivateCustomer(customer_id=left, reason="Yêu cầu của khách"), self.now - timedelta(hours=1), LAST)
        return self.made

    def is_done(self) -> bool:
        """Whether everything is there."""
        with reading(self.tenant.id):
            return was_carried_out(derived_id("demo", self.tenant.id, LAST))

    def _begun(self) -> datetime | None:
        """The moment that an earlier run made everything for."""
        with reading(self.tenant.id):
            found = Merchant.objects.filter(tenant_id=self.tenant.id, id=self._merchant_id(self.programme.businesses[0]))
            return next((there.added_at + OPENED for there in found), None)

    def _tenant(self) -> Tenant:
        p = self.programme
        there = Tenant.objects.filter(code=p.code).first()
        return there or create_tenant(p.code, p.name, currency=p.currency, zone=p.zone, language=p.language, hosts=p.hosts)

    def _do(self, command: Command[Any], at: datetime, key: str) -> Any:
        """One command of the past; done before, it stays as it is."""
        made = self._do_all([(command, at, key)])[0]
        return made.result

    def _do_all(self, deeds: Sequence[tuple[Command[Any], datetime, str]], *, may_refuse: str = "", again: bool = False) -> list[Outcome]:
        """Each once; with `again` those that answer a second time as they did the first."""
        clock = {id(c): at for c, at, _ in deeds}
        outcomes = dispatch_all(
            [c for c, _, _ in deeds],
            tenant_id=self.tenant.id,
            actor="system",
            channel="demo",
            command_ids=None if again else [derived_id("demo", self.tenant.id, key) for _, _, key in deeds],
            at=lambda c: clock[id(c)],
            wake=False,
        )
        for outcome in outcomes:
            if outcome.refusal is not None and outcome.refusal.code not in {"command.applied", may_refuse}:
                raise outcome.refusal
        return outcomes

    def _in_parts(self, deeds: Sequence[tuple[Command[Any], datetime, str]], *, may_refuse: str = "") -> list[Outcome]:
        """The same for deeds that take long: a few in each transaction, on a slow machine too."""
        return [one for batch in batches(deeds, FEW) for one in self._do_all(batch, may_refuse=may_refuse)]

    def _opening(self) -> datetime:
        return self.now - OPENED

    def _merchant_id(self, business: Business) -> UUID:
        return derived_id("demo-merchant", self.tenant.id, business.key)

    def _businesses(self) -> None:
        for b in self.programme.businesses:
            self._do(
                AddMerchant(
                    name=b.name,
                    document_scope=b.document_scope,
                    phone=b.phone,
                    email=b.email,
                    address=b.address,
                    merchant_id=self._merchant_id(b),
                ),
                self._opening(),
                f"merchant {b.key}",
            )
            for shop in b.shops:
                command = AddPointOfSale(
                    merchant_id=self._merchant_id(b),
                    code=shop.code,
                    name=shop.name,
                    description=shop.description,
                    address=shop.address,
                    latitude=microdegrees(shop.latitude, "latitude"),
                    longitude=microdegrees(shop.longitude, "longitude"),
                )
                self._do(command, self._opening(), f"shop {shop.code}")

    def _staff(self) -> None:
        for email, name, role, codes in self.programme.staff:
            with reading(self.tenant.id):
                user = User.objects.filter(email=email).first()
            user = user or add_user(self.tenant.id, email, PASSWORD, role_code=role, display_name=name)
            if codes:
                places = tuple(pos_id_for(self.tenant.id, c) for c in codes)
                self._do(AssignSeller(user_id=user.id, pos_ids=places), self._opening(), f"seller {email}")

    def _rule(self) -> None:
        name, points, per = self.programme.rule
        terms = PointsPerAmount(points=Decimal(points), per=per, currency=self.programme.currency)
        rule_id = derived_id("demo", self.tenant.id, "rule")
        self._do(CreateRule(name=name, terms=terms), self._opening(), "rule")
        self._do(ActivateRule(rule_id=rule_id), self._opening(), "rule active")

    def _levels(self) -> None:
        classic = InstallStarterLevels(starter="classic", currency=self.programme.currency, language=self.programme.language)
        self._do(classic, self._opening(), "levels")
        with reading(self.tenant.id):
            made = level_sets()[0]
        self._do(ActivateLevelSet(set_id=made.set_id), self._opening(), "levels active")

    def _customers(self) -> list[tuple[UUID, datetime]]:
        invent = people.polish if self.programme.language == "pl" else people.vietnamese
        joined: list[tuple[UUID, datetime]] = []
        deeds: list[tuple[RegisterCustomer, datetime, str]] = []
        friends: list[tuple[RegisterCustomer, datetime, str]] = []
        """Whom others brought: they come when those are there."""
        for n in range(self.programme.customers):
            person = invent(self.dice, n, self.now.date())
            at = self.now - timedelta(days=DAYS * self.dice.random() ** 1.5, hours=1)
            customer_id = derived_id("demo-customer", self.tenant.id, n)
            there = (c.customer_id for c, when, _key in reversed(deeds) if when < at)
            referrer_id = next(there, None) if n % 12 == 7 else None
            joined.append((customer_id, at))
            command = RegisterCustomer(
                first_name=person.first_name,
                last_name=person.last_name,
                phone=person.phone,
                email=person.email,
                card=f"SV{n:06}" if n % 3 == 0 else None,
                gender=person.gender,
                birth_date=person.birth_date,
                customer_id=customer_id,
                pos_id=pos_id_for(self.tenant.id, self.programme.businesses[0].shops[n % len(self.programme.businesses[0].shops)].code),
                referrer_id=referrer_id,
            )
            (friends if referrer_id else deeds).append((command, at, f"customer {n}"))
        for batch in [*batches(deeds, BATCH), *batches(friends, BATCH)]:
            self._do_all(batch)
        self.made.customers = len(joined)
        return joined[:-1]

    def _groups(self, joined: Sequence[tuple[UUID, datetime]]) -> None:
        found = self.programme.groups
        self._do_all(list(groups.created(found, self._opening())))
        with reading(self.tenant.id):
            ids = {one.code: one.segment_id for one in segments()}
        for batch in batches(groups.entered(found, ids, joined, self.now), BATCH):
            self._do_all(batch)
        shop = self.programme.businesses[0].shops[0]
        self._do_all(list(groups.asked(self.programme.dynamic, pos_id_for(self.tenant.id, shop.code), self._opening())))
        for deed in groups.doubled(self.tenant.id, self.programme.doubled, self.programme.zone, found[0], self.now):
            self._do(*deed)

    def _sales(self, customers: Sequence[tuple[UUID, datetime]]) -> list[RecordPurchase]:
        sales = [
            self._sale(b, at, customer_id)
            for b in self.programme.businesses
            for customer_id, joined in customers
            for at in self._visits(b.visits, joined)
        ]
        nobody = [self._sale(b, at, None) for b in self.programme.businesses for at in self._visits(b.visits * len(customers) / 12, None)]
        return numbered(sorted(sales + nobody, key=lambda s: s.purchased_at))

    def _visits(self, mean: float, joined: datetime | None) -> Iterator[datetime]:
        begun = joined or self.now - timedelta(days=DAYS)
        days = (self.now - begun).days
        for _ in range(round(self.dice.expovariate(1 / (mean * max(days, 1) / DAYS))) if days else 0):
            day: date = (begun + timedelta(days=1 + self.dice.randrange(days))).date()
            at = datetime.combine(
                day, time(self.dice.choice((7, 8, 8, 9, 12, 13, 15, 17, 19, 20)), self.dice.randrange(60)), self.tenant.zone
            )
            if at.astimezone(UTC) < self.now - timedelta(minutes=10):
                yield at.astimezone(UTC)

    def _sale(self, business: Business, at: datetime, customer_id: UUID | None) -> RecordPurchase:
        shop = self.dice.choices(business.shops, weights=range(len(business.shops), 0, -1))[0]
        picked = self.dice.sample(business.shelf, self.dice.randrange(1, business.most_lines + 1))
        amounts = [self.dice.choices((1, 2, 3), weights=(8, 3, 1))[0] if business.most_lines > 3 else 1 for _ in picked]
        exponent = EXPONENTS[self.programme.currency]
        lines = tuple(
            Line(
                total=price * n,
                quantity=Thousandths(ONE * n),
                sku=sku,
                name=name,
                unit_price=Decimal(price).scaleb(-exponent),
                category=category,
            )
            for (sku, name, price, category), n in zip(picked, amounts, strict=True)
        )
        return RecordPurchase(
            customer_id=customer_id,
            merchant_id=self._merchant_id(business),
            pos_id=pos_id_for(self.tenant.id, shop.code),
            document_scope=business.document_scope,
            document_number=shop.code,
            purchased_at=at,
            zone=self.programme.zone,
            currency=self.programme.currency,
            total=sum(line.total for line in lines),
            lines=lines,
            payment_method=self.dice.choice(("cash", "card", "momo")),
        )

    def _trade(self, sales: Sequence[RecordPurchase]) -> list[tuple[RecordPurchase, UUID]]:
        """Record the sales; returns them with their purchase ids."""
        recorded = []
        deeds = [(sale, sale.purchased_at + timedelta(seconds=20), f"sale {sale.document_number} {sale.purchased_at}") for sale in sales]
        for batch in batches(deeds, BATCH):
            outcomes = self._do_all(batch)
            before = [deed for deed, o in zip(batch, outcomes, strict=True) if o.refusal is not None]
            there = iter(self._do_all(before, again=True) if before else ())
            answers = [o.result if o.refusal is None else next(there).result for o in outcomes]
            recorded += [(sale, answer.purchase_id) for (sale, _, _), answer in zip(batch, answers, strict=True)]
            self.made.purchases += len(batch)
            if self.made.purchases % 1000 < BATCH:
                self.say(f"  {self.made.purchases:,} of {len(sales):,}")
        return recorded

    def _returns(self, recorded: Sequence[tuple[RecordPurchase, UUID]]) -> None:
        for n, (sale, purchase_id) in enumerate(r for r in recorded if r[0].customer_id and self.dice.random() < 0.012):
            at = min(sale.purchased_at + timedelta(hours=3), self.now - timedelta(minutes=2))
            self._do(taken_back(sale, purchase_id, f"TH-{n + 1:04}", at), at, f"return {n}")
            self.made.returns += 1
