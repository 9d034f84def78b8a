"""What a level set says: its levels with what they promise, and what each asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from earning.domain.levels.downgrading import NO_DOWNGRADE, Downgrade
from earning.domain.levels.grants import NO_FEE, Fee
from earning.domain.levels.measures import Measure
from earning.domain.levels.special import MOST_REWARDS, SpecialReward
from earning.domain.lines import LARGEST_TOTAL, check_text
from earning.domain.rule_texts import check_each_once, check_texts
from earning.domain.wallets import CODE, LANGUAGES
from loyalty.domain.errors import DomainError, said_of
from loyalty.domain.money import EXPONENTS, Money
from loyalty.domain.photo import check_photo

Match = Literal["all", "any"]
COLOR = re.compile(r"#[0-9a-f]{6}\Z", re.ASCII)
LONGEST_NAME, LONGEST_TEXT = 80, 500
MOST_LEVELS, MOST_MEASURES, MOST_DAYS = 10, 3, 3650
MOST_TIMES, MOST_DECIMALS, WHOLE = 100, 2, 10_000
PLAIN = "#6b7280"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelText:
    """What a level is called in a language, what it is, and what it promises beside the rest."""

    language: str
    name: str
    description: str = ""
    promise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSetText:
    """What a level set is called in a language, and what it says to customers."""

    language: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """What a level brings: points that count `multiplier` times, a `discount` in basis points, delivery, a gift on the birthday."""

    multiplier: Decimal = Decimal(1)
    discount: int = 0
    free_delivery: bool = False
    birthday_gift: bool = False

    def check(self) -> None:
        """Raises DomainError for what no level can promise."""
        times = self.multiplier
        if not times.is_finite() or not 1 <= times <= MOST_TIMES or -int(times.normalize().as_tuple().exponent) > MOST_DECIMALS:
            raise DomainError("earning.level_multiplier_invalid", field="multiplier", most=MOST_TIMES, decimals=MOST_DECIMALS)
        if not 0 <= self.discount <= WHOLE:
            raise DomainError("earning.level_discount_invalid", field="discount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level. `thresholds` has one place for each measure of its set (None: that one is not asked for).

    Who reaches it keeps it for `minimum_days` at least; who pays its `fee` has it for as long as that says. `rewards` are promises beside
    its benefits, with dates.
    `code` names it within the tenant, for rules and programs; `photo` is the name of its photo ("" for none).
    """

    code: str
    thresholds: tuple[int | None, ...]
    texts: tuple[LevelText, ...]
    benefits: Benefits = field(default_factory=Benefits)
    minimum_days: int = 0
    color: str = PLAIN
    fee: Fee = NO_FEE
    rewards: tuple[SpecialReward, ...] = ()
    photo: str = ""

    @property
    def is_for_everybody(self) -> bool:
        """Whether nothing has to be done for it."""
        return any(t == 0 for t in self.thresholds) and not any(self.thresholds)

    @property
    def can_be_earned(self) -> bool:
        """Whether it has any threshold."""
        return any(threshold is not None for threshold in self.thresholds)

    @property
    def order(self) -> tuple[bool, tuple[int, ...]]:
        """Its place among the levels of its set: what asks for more is higher, what cannot be earned the highest."""
        return not self.can_be_earned, tuple(-1 if threshold is None else threshold for threshold in self.thresholds)

    def fitting(self, measures: int) -> Level:
        """The same for a set with so many measures: a new one is not asked for."""
        return replace(self, thresholds=(*self.thresholds, *[None] * measures)[:measures])

    def text(self, language: str) -> LevelText:
        """In that language, else in the first."""
        return next((text for text in self.texts if text.language == language), self.texts[0])

    def rewards_at(self, at: datetime) -> tuple[SpecialReward, ...]:
        """The special rewards that are promised then."""
        return tuple(reward for reward in self.rewards if reward.is_in_force(at))

    def check(self) -> None:
        """Raises DomainError for what no level can be."""
        if not CODE.match(self.code):
            raise DomainError("earning.level_code_invalid", field="code")
        if not 0 <= self.minimum_days <= MOST_DAYS:
            raise DomainError("earning.level_days_invalid", field="minimum_days", most=MOST_DAYS)
        if not COLOR.match(self.color):
            raise DomainError("earning.level_color_invalid", field="color")
        with said_of("benefits"):
            self.benefits.check()
        with said_of("fee"):
            self.fee.check()
        check_photo(self.photo)
        self._check_texts()
        if len(self.rewards) > MOST_REWARDS:
            raise DomainError("earning.level_too_many_rewards", field=f"rewards.{MOST_REWARDS}", most=MOST_REWARDS)
        for place, reward in enumerate(self.rewards):
            with said_of(f"rewards.{place}"):
                reward.check()

    def _check_texts(self) -> None:
        check_each_once(self.texts, "texts")
        if {text.language for text in self.texts} != set(LANGUAGES) or len(self.texts) != len(LANGUAGES):
            raise DomainError("earning.level_name_missing", field="texts")
        for place, text in enumerate(self.texts):
            if not text.name.strip():
                raise DomainError("earning.level_name_missing", field=f"texts.{place}.name")
            check_text(text.name, LONGEST_NAME, f"texts.{place}.name")
            for part in ("description", "promise"):
                check_text(getattr(text, part).replace("\n", " ").replace("\r", ""), LONGEST_TEXT, f"texts.{place}.{part}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTerms:
    """What a level set says. `name` is for staff, `texts` for customers (in all languages, or none); amounts are minor units of
    `currency`.

    A level is reached when all thresholds that it has are, or `any` of them.
    """

    name: str
    currency: str
    measures: tuple[Measure, ...]
    match: Match = "all"
    levels: tuple[Level, ...] = ()
    downgrade: Downgrade = NO_DOWNGRADE
    texts: tuple[LevelSetText, ...] = ()

    @property
    def by_membership(self) -> bool:
        """Whether the first purchase that counts says when years begin: of what counts, or of the periods in which levels go."""
        return "membership_year" in {self.downgrade.period, *(measure.window for measure in self.measures)}

    def called(self, language: str) -> LevelSetText:
        """What the set is called in a language; where nobody said so, by its name for staff."""
        return next((text for text in self.texts if text.language == language), LevelSetText(language=language, name=self.name))

    def in_order(self) -> LevelTerms:
        """The same, the lowest level first."""
        return replace(self, levels=tuple(sorted(self.levels, key=lambda level: level.order)))

    def level(self, code: str) -> Level | None:
        """The level with that code."""
        return next((level for level in self.levels if level.code == code), None)

    def with_level(self, level: Level, instead_of: str = "") -> LevelTerms:
        """The same with one more level, or with one `instead_of` another."""
        others = tuple(one for one in self.levels if one.code != instead_of)
        return replace(self, levels=(*others, level)).in_order()

    def without(self, code: str) -> LevelTerms:
        """The same without a level."""
        return replace(self, levels=tuple(level for level in self.levels if level.code != code))

    def check(self) -> None:
        """Raises DomainError for what no level set can say."""
        if not self.name.strip():
            raise DomainError("earning.level_set_name_missing", field="name")
        check_text(self.name, LONGEST_NAME, "name")
        check_texts(self.texts, "earning.level_set_texts_incomplete")
        if self.currency not in EXPONENTS:
            raise DomainError("money.unknown_currency", field="currency", currency=self.currency)
        self._check_measures()
        with said_of("downgrade"):
            self.downgrade.check()
        if len(self.levels) > MOST_LEVELS:
            raise DomainError("earning.too_many_levels", field=f"levels.{MOST_LEVELS}", most=MOST_LEVELS)
        for place, level in enumerate(self.levels):
            with said_of(f"levels.{place}"):
                level.check()
                self._check_thresholds(level)
        self._check_each_once()
        self._check_order()

    def _check_measures(self) -> None:
        if not 0 < len(self.measures) <= MOST_MEASURES:
            beyond = f"measures.{MOST_MEASURES}" if self.measures else "measures"
            raise DomainError("earning.level_measures_missing", field=beyond, most=MOST_MEASURES)
        if (twice := _second(measure.kind for measure in self.measures)) is not None:
            raise DomainError("earning.level_measure_twice", field=f"measures.{twice}.kind")
        for place, measure in enumerate(self.measures):
            with said_of(f"measures.{place}"):
                measure.check()
        of_purchases = [(place, one) for place, one in enumerate(self.measures) if one.kind in {"purchases", "visits"}]
        for (_, first), (place, second) in pairwise(of_purchases):
            for name in ("skus", "categories"):
                if getattr(first, name) != getattr(second, name):
                    raise DomainError("earning.level_exclusions_differ", field=f"measures.{place}.excluded_{name}")

    def _check_thresholds(self, level: Level) -> None:
        if len(level.thresholds) != len(self.measures):
            raise DomainError("earning.level_thresholds_missing", field="thresholds")
        for place, (threshold, measure) in enumerate(zip(level.thresholds, self.measures, strict=True)):
            if threshold is not None and not 0 <= threshold <= LARGEST_TOTAL:
                most = Money(LARGEST_TOTAL, self.currency) if measure.kind == "amount" else LARGEST_TOTAL
                raise DomainError("earning.level_threshold_invalid", field=f"thresholds.{place}", most=most, level=level.code)

    def _check_each_once(self) -> None:
        if (place := _second(level.code for level in self.levels)) is not None:
            raise DomainError("earning.level_code_taken", field=f"levels.{place}.code", code=self.levels[place].code)
        if (place := _second(level.fee.sku.casefold() for level in self.levels)) is not None:
            raise DomainError("earning.level_fee_taken", field=f"levels.{place}.fee.sku", sku=self.levels[place].fee.sku)

    def _check_order(self) -> None:
        earned = sorted((level for level in self.levels if level.can_be_earned), key=lambda level: level.order)
        for lower, higher in pairwise(earned):
            if (number := _crossing(lower, higher)) is not None:
                field = f"levels.{self.levels.index(higher)}.thresholds.{number}"
                raise DomainError("earning.level_thresholds_cross", field=field, level=lower.code, other=higher.code)


def _second(texts: Iterable[str]) -> int | None:
    """The place of the first text that was there before; what is empty does not count."""
    seen: set[str] = set()
    for place, text in enumerate(texts):
        if text and text in seen:
            return place
        seen.add(text)
    return None


def _crossing(lower: Level, higher: Level) -> int | None:
    """The number of the threshold, from 0, in which the higher level asks for less, or for the same where it asks for nothing more."""
    both = [(n, less, more) for n, (less, more) in enumerate(zip(lower.thresholds, higher.thresholds, strict=True))]
    same = lower.order == higher.order
    asked = ((n, less, more) for n, less, more in both if less is not None and more is not None)
    return next((n for n, less, more in asked if more < less or same), None)
