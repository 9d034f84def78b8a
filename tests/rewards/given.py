"""A programme with rewards: what tests of rewards begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from earning.commands import AdjustPoints
from earning.queries import balance
from loyalty.domain.errors import DomainError
from loyalty.guards import disagreements
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.commands import (
    ActivateReward,
    BasketAnswer,
    BasketLine,
    BenefitOfKind,
    Choice,
    ConfirmBasket,
    CouponAnswer,
    CreateReward,
    DiscountAmount,
    GiveReward,
    HoldBasket,
    RedeemReward,
    RewardContent,
    RewardPrice,
    RewardTerms,
    RewardText,
)
from rewards.domain.kinds import Benefit
from tests.earning.counter import Counter

TEXTS = tuple(
    RewardText(language=language, name=name, conditions="**50.000 ₫**")
    for language, name in (("vi", "Cà phê miễn phí"), ("en", "Free coffee"), ("pl", "Darmowa kawa"))
)


LINES = (BasketLine(total=60_000, quantity=2_000, sku="CF", name="Cà phê"), BasketLine(total=40_000, quantity=1_000, sku="BM"))


def bought(reward: UUID, points: int | None = None) -> Choice:
    """The choice to buy a reward in a basket."""
    return Choice(reward_id=reward, points=points)


def terms(benefit: Benefit | None = None, points: int = 100, **more: Any) -> RewardTerms:
    """Terms of a reward that costs so many points."""
    gives = BenefitOfKind.of(benefit or DiscountAmount(amount=20_000))
    return RewardTerms(**{"gives": gives, "price": RewardPrice(points=points)} | more)


def content(benefit: Benefit | None = None, points: int = 100, name: str = "Coffee", **more: Any) -> RewardContent:
    return RewardContent(name=name, terms=terms(benefit, points, **more), texts=TEXTS)


class RewardShop(Counter):
    """A counter that also has rewards."""

    def reward(self, benefit: Benefit | None = None, points: int = 100, *, at: datetime | None = None, **more: Any) -> UUID:
        """A reward that can be had from `at` on (None: now)."""
        made = self.do(CreateReward(content=content(benefit, points, **more)))
        self.activate(made.reward_id, at)
        return made.reward_id

    def activate(self, reward_id: UUID, at: datetime | None = None) -> None:
        self.do(ActivateReward(reward_id=reward_id, effective_at=at))

    def with_points(self, points: int, **told: Any) -> UUID:
        """A customer who has so many points."""
        customer = self.customer(**told)
        if points:
            self.do(AdjustPoints(customer_id=customer, points=points, reason="welcome"))
        return customer

    def redeem(self, customer: UUID, reward: UUID, points: int | None = None, **more: Any) -> CouponAnswer:
        return self.do(RedeemReward(customer_id=customer, reward_id=reward, points=points), **more)

    def give(self, customer: UUID, reward: UUID) -> CouponAnswer:
        return self.do(GiveReward(customer_id=customer, reward_id=reward))

    def hold(self, customer: UUID, *choices: Choice, lines: Any = LINES, at: datetime | None = None, **more: Any) -> BasketAnswer:
        order = HoldBasket(customer_id=customer, merchant_id=self.merchant_id, pos_id=self.pos_id, lines=lines, choices=choices, **more)
        return self.do(order, **({"at": at} if at else {}))

    def confirm(self, basket: UUID, number: str = "", at: datetime | None = None) -> BasketAnswer:
        order = ConfirmBasket(
            basket_id=basket,
            document_number=number or uuid4().hex[:12],
            document_scope="merchant",
            purchased_at=(at or datetime.now(UTC)).replace(microsecond=0) - timedelta(minutes=1),
            zone=self.tenant.time_zone,
            currency=self.tenant.currency,
        )
        return self.do(order, **({"at": at} if at else {}))

    def available(self, customer: UUID) -> int:
        with reading(self.tenant.id):
            return balance(customer, datetime.now(UTC)).available


def wrong_guards(tenant: Tenant) -> list[tuple[str, str]]:
    """What guards hold against the log."""
    return [(guard, one.what) for guard, one in disagreements() if one.tenant_id == tenant.id]


def codes(results: Any) -> list[str]:
    """What became of orders given at once: "" or the code of the refusal."""
    return sorted(r.code if isinstance(r, DomainError) else "" for r in results)


__all__ = ["TEXTS", "RewardShop", "bought", "codes", "content", "replace", "terms", "wrong_guards"]
