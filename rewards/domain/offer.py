"""Whether somebody may have a reward now, at what price, and if not, what was missing and what would have been enough."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.money import LARGEST, Money
from loyalty.domain.naming import Naming, one_after_the_other
from rewards.domain.kinds import Cashback, DiscountAmount, ValueCode
from rewards.domain.reward import RewardState, standing
from rewards.domain.terms import RewardContent, RewardPrice, RewardTerms


def _plainly(points: int, _wallet: str) -> int:
    return points


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who asks, when and where: `levels` and `segments` are codes. Without a `basket` (minor units of goods) none is looked at, and
    without a place neither. `zone`, `currency` and `language` are those of the programme. What a level is called
    says `level_called`, and points of a wallet with what they are called `counted`.
    """

    now: datetime
    zone: ZoneInfo
    currency: str
    language: str = ""
    levels: Collection[str] = ()
    level_called: Callable[[str], Naming] = Naming
    counted: Callable[[int, str], int] = _plainly
    segments: Collection[str] = ()
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    basket: int | None = None
    skus: Collection[str] = ()
    categories: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A reward as it stands: version `version` of its content, where it was put last, and since and until when."""

    reward_id: UUID
    version: int
    content: RewardContent
    state: RewardState
    active_from: datetime | None = None
    ends_at: datetime | None = None

    @property
    def terms(self) -> RewardTerms:
        return self.content.terms

    def price(self, occasion: Occasion, points: int | None = None) -> RewardPrice:
        """What it costs this customer; of cashback they say how many `points`. Raises DomainError for a number that cannot be."""
        price, benefit = self.terms.price, self.terms.benefit
        if isinstance(benefit, Cashback):
            if points is None or points < benefit.least_points or (benefit.most is not None and points > benefit.most):
                raise self._points_of_choice(benefit, occasion)
            return RewardPrice(points=points, wallet=price.wallet, amount=price.amount)
        if points not in {None, 0}:
            raise DomainError("rewards.price_is_fixed", field="points")
        if not self.terms.prices_for_some:
            return price
        some = [one.points for one in self.terms.prices_for_some if one.level in occasion.levels or one.segment in occasion.segments]
        return RewardPrice(points=min([price.points, *some]), wallet=price.wallet, amount=price.amount)

    def _points_of_choice(self, benefit: Cashback, occasion: Occasion) -> DomainError:
        wallet = self.terms.price.wallet
        most = occasion.counted(benefit.most, wallet) if benefit.most else "∞"
        return DomainError("rewards.points_of_choice", field="points", least=occasion.counted(benefit.least_points, wallet), most=most)

    def cost_of(self, price: RewardPrice) -> int:
        """What one costs the company: as the terms say, or else what is known of its worth before it is used."""
        benefit = self.terms.benefit
        known = isinstance(benefit, DiscountAmount | ValueCode | Cashback)
        return self.terms.cost or (benefit.worth(LARGEST, 0, price.points) if known else 0)

    def refuse_not_given(self, now: datetime) -> None:
        """Raises DomainError where nobody can be given it: `rewards.cashback_not_given` (it is worth the points that are paid for it), and
        `rewards.not_to_be_had` of what is drafted, or has ended.
        """
        if isinstance(self.terms.benefit, Cashback):
            raise DomainError("rewards.cashback_not_given", field="reward_id", name=self.content.naming)
        if self.state == "draft" or (self.ends_at is not None and self.ends_at <= now):
            raise DomainError("rewards.not_to_be_had", field="reward_id", name=self.content.naming)

    def is_visible(self, occasion: Occasion) -> bool:
        """Whether customers see it now."""
        state = standing(self.state, self.active_from, self.ends_at, occasion.now)
        return state in {"active", "scheduled"} and self.terms.visible.is_open(occasion.now, occasion.zone)

    def refusal(self, occasion: Occasion) -> DomainError | None:
        """Why this customer cannot have it here and now, whatever they have to spend; None when they can. Who cannot have it at all is not
        told to wait.
        """
        when = self.not_in_force(occasion) or self.not_open(occasion)
        if when is not None and when.code == "rewards.not_to_be_had":
            return when
        return self._not_they(occasion) or when or usable_here(self.terms, occasion)

    def hours_early(self, occasion: Occasion) -> int:
        """How many hours before everybody this customer can have it."""
        early = self.terms.early_access
        return max((one.hours for one in early if one.level in occasion.levels), default=0) if early else 0

    def not_in_force(self, occasion: Occasion) -> DomainError | None:
        """Why where it was put last does not let this customer have it."""
        state = standing(self.state, self.active_from, self.ends_at, occasion.now)
        if state == "scheduled" and self.active_from is not None:
            theirs = self.active_from - timedelta(hours=self.hours_early(occasion))
            return None if theirs <= occasion.now else Conflict("rewards.not_yet", name=self.content.naming, starts_at=theirs)
        return None if state == "active" else Conflict("rewards.not_to_be_had", name=self.content.naming)

    def not_open(self, occasion: Occasion) -> DomainError | None:
        """Why this customer cannot have it on this day, at this hour."""
        at, starts = occasion.now + timedelta(hours=self.hours_early(occasion)), self.terms.active.starts
        shifted = max(occasion.now, starts) if starts is not None and starts <= at else occasion.now
        if not self.terms.active.is_open(shifted, occasion.zone):
            if starts is not None and shifted < starts:
                return Conflict("rewards.not_yet", name=self.content.naming, starts_at=starts)
            return Conflict("rewards.not_at_this_time", name=self.content.naming)
        return None

    def has_level(self, occasion: Occasion) -> bool:
        """Whether this customer has one of the levels that it is for."""
        return not self.terms.levels or not {*self.terms.levels}.isdisjoint(occasion.levels)

    def has_segment(self, occasion: Occasion) -> bool:
        """Whether this customer is in one of the segments that it is for."""
        return not self.terms.segments or not {*self.terms.segments}.isdisjoint(occasion.segments)

    def _levels_called(self, occasion: Occasion) -> Naming:
        return one_after_the_other([occasion.level_called(code) for code in self.terms.levels])

    def _not_they(self, occasion: Occasion) -> DomainError | None:
        if not self.has_level(occasion):
            return DomainError("rewards.for_levels", name=self.content.naming, levels=self._levels_called(occasion))
        if not self.has_segment(occasion):
            return DomainError("rewards.for_others", name=self.content.naming)
        return None


def usable_here(terms: RewardTerms, occasion: Occasion) -> DomainError | None:
    """Why what was sold under these terms cannot be used at this place, on this basket; None when it can, or nothing is known of them."""
    place, merchant = occasion.pos_id, occasion.merchant_id
    if terms.points_of_sale and place is not None and place not in terms.points_of_sale:
        return DomainError("rewards.not_here")
    if terms.merchants and merchant is not None and merchant not in terms.merchants:
        return DomainError("rewards.not_here")
    if occasion.basket is None:
        return None
    if occasion.basket < terms.minimum_basket:
        missing = terms.minimum_basket - occasion.basket
        enough = Money(terms.minimum_basket, occasion.currency)
        return DomainError("rewards.basket_too_small", enough=enough, missing=Money(missing, occasion.currency))
    if (terms.skus or terms.categories) and not ({*terms.skus} & {*occasion.skus} or {*terms.categories} & {*occasion.categories}):
        return DomainError("rewards.no_such_goods")
    return None
