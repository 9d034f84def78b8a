"""The parts of level sets as programs read and write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from earning.api.shapes import Moment, moment
from earning.domain.levels import terms as domain
from earning.domain.levels.downgrading import DowngradePeriod, DowngradeTime, Reset
from earning.domain.levels.measures import MeasureKind, Window
from earning.domain.levels.special import SpecialReward
from earning.domain.levels.terms import PLAIN
from loyalty.files.api import PhotoAddress
from loyalty.files.photos import address_of

Language = Literal["vi", "en", "pl"]
Threshold = Annotated[int, msgspec.Meta(description="Points, minor units of the currency, purchases or visits: what the measure counts.")]
BasisPoints = Annotated[int, msgspec.Meta(description="Hundredths of a percent: 500 are 5 percent.")]


class LevelText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a level is called in a language, what it is, and what it promises beside the rest."""

    language: Language
    name: str
    description: str = ""
    promise: str = ""


class LevelSetText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a level set is called for customers in a language, and what it says to them."""

    language: Language
    name: str
    description: str = ""


class LevelBenefits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a level brings."""

    multiplier: Decimal = Decimal(1)
    discount: BasisPoints = 0
    free_delivery: bool = False
    birthday_gift: bool = False


class Fee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever buys a line of kind fee with this `sku` has the level from the time of the purchase for so many `months`, or `days`.

    Each whole one of its quantity is a period; buying it again extends it; what of it is returned is taken off. Empty: not sold.
    """

    sku: str = ""
    months: int = 0
    days: int = 0


class LevelRewardText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a special reward is called in a language, and what it is worth or says."""

    language: Language
    name: str
    text: str = ""


class LevelReward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promise of a level for a time: in force from `starts_at` until `ends_at` (null: open) while it is `active`.

    It is told to customers and at the till, and is not redeemed here.
    """

    texts: list[LevelRewardText]
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    active: bool = True


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level. `thresholds` has one place for each measure of the set; null where that one is not asked for."""

    code: str
    thresholds: list[Threshold | None]
    texts: list[LevelText]
    benefits: LevelBenefits = LevelBenefits()
    minimum_days: int = 0
    color: str = PLAIN
    fee: Fee = Fee()
    rewards: list[LevelReward] = []
    photo: PhotoAddress = ""


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What qualifies: points earned, amount spent, number of purchases or visits (days with a purchase), of goods that were kept, within
    a window. What is excluded counts towards none but points.
    """

    kind: MeasureKind
    window: Window = "lifetime"
    months: int = 0
    with_delivery: bool = False
    excluded_skus: list[str] = []
    excluded_categories: list[str] = []


class Downgrade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a level goes that is not earned any more: to the one that is, or `one_step` at most in each `period`.

    never: only with goods that come back, which cost a level at once whatever stands here. at_once: when what counts leaves its
    window. after_days: when that was `days` ago. period_end: with the `period` in which it was not earned. Spending points never
    costs a level, and each is kept for its `minimum_days`. The customer is told `warn_days` before, also of the end of a level that was
    given or paid for (0: not at all). With it a downgrade may `reset` progress (what counted until then counts no more, and the level
    that is left stays until the period ends at least) or points (what is left of those that were active then ends).
    """

    when: DowngradeTime = "never"
    period: DowngradePeriod = "year"
    days: int = 0
    one_step: bool = False
    warn_days: int = 0
    reset: Reset = "none"


def level_shown(level: domain.Level | None, at: datetime | None = None) -> Level | None:
    """A level as the API shows it; with a time, only those special rewards that are in force then."""
    if level is None:
        return None
    shown = level if at is None else replace(level, rewards=level.rewards_at(at))
    plain = msgspec.to_builtins(shown, builtin_types=(Decimal,))
    return msgspec.convert(plain | {"photo": address_of(level.photo)}, Level)


def in_utc(level: domain.Level, where: str) -> domain.Level:
    """The level at the place `where`, with the times of its special rewards in UTC.

    Raises Problem 400 for years in which no zone can be reckoned.
    """
    rewards = (_reward_in_utc(reward, f"{where}/rewards/{place}") for place, reward in enumerate(level.rewards))
    return replace(level, rewards=tuple(rewards))


def _reward_in_utc(reward: SpecialReward, where: str) -> SpecialReward:
    starts, ends = reward.starts_at, reward.ends_at
    return replace(reward, starts_at=starts and moment(starts, f"{where}/starts_at"), ends_at=ends and moment(ends, f"{where}/ends_at"))
