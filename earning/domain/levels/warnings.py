"""What looks wrong about a level set, or about a change of it, though it may be meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from earning.domain.levels.terms import Benefits, Level, LevelTerms

LevelWarningCode = Literal[
    "order_changed", "counts_otherwise", "level_for_all_goes", "level_goes", "asks_more", "set_stops", "by_hand_only", "brings_less",
    "losses_unused", "months_unused", "delivery_unused",
]  # fmt: skip
Holders = Mapping[str, int]
"""By the code of a level, how many customers reached it, paid for it or were given it; under "" how many have any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelWarning:
    """What looks wrong: `code`, the `levels` that it is about, the order `before` it, and how many `customers` it touches."""

    code: LevelWarningCode
    levels: tuple[Level, ...] = ()
    before: tuple[Level, ...] = ()
    customers: int = 0


def warnings_of(terms: LevelTerms) -> Iterator[LevelWarning]:
    """What looks wrong about a set as it stands, its levels in their order."""
    for level in terms.levels:
        if not level.can_be_earned and not level.fee.sku:
            yield LevelWarning(code="by_hand_only", levels=(level,))
    earned = [level for level in terms.levels if level.can_be_earned]
    for lower, higher in pairwise(earned):
        if _brings_less(lower.benefits, higher.benefits):
            yield LevelWarning(code="brings_less", levels=(higher, lower))
    if terms.downgrade.when == "never" and (terms.downgrade.one_step or terms.downgrade.reset != "none"):
        yield LevelWarning(code="losses_unused")
    if any(measure.months and measure.window != "rolling_months" for measure in terms.measures):
        yield LevelWarning(code="months_unused")
    if any(measure.with_delivery and measure.kind != "amount" for measure in terms.measures):
        yield LevelWarning(code="delivery_unused")


def warnings_of_change(before: LevelTerms, after: LevelTerms, holders: Holders) -> Iterator[LevelWarning]:
    """What a change does that its editor may not have meant; `holders` are those of a set in force. Both have their levels in order."""
    had, has = ([level.code for level in terms.levels] for terms in (before, after))
    if [code for code in had if code in has] != [code for code in has if code in had]:
        yield LevelWarning(code="order_changed", levels=after.levels, before=before.levels)
    if _counts_otherwise(before, after):
        yield LevelWarning(code="counts_otherwise")
    for level in before.levels:
        if (now := after.level(level.code)) is None:
            yield from _goes(level, holders)
        elif holders.get(level.code) and after.downgrade.when != "never" and _asks_more(level, now):
            yield LevelWarning(code="asks_more", levels=(now,), customers=holders[level.code])


def warnings_of_stop(holders: Holders) -> Iterator[LevelWarning]:
    """What it does to take a set out of force whose levels so many customers have."""
    if holders.get(""):
        yield LevelWarning(code="set_stops", customers=holders[""])


def _goes(level: Level, holders: Holders) -> Iterator[LevelWarning]:
    if level.is_for_everybody:
        yield LevelWarning(code="level_for_all_goes", levels=(level,))
    elif holders.get(level.code):
        yield LevelWarning(code="level_goes", levels=(level,), customers=holders[level.code])


def _brings_less(lower: Benefits, higher: Benefits) -> bool:
    return (
        higher.discount < lower.discount
        or higher.multiplier < lower.multiplier
        or (lower.free_delivery and not higher.free_delivery)
        or (lower.birthday_gift and not higher.birthday_gift)
    )


def _counts_otherwise(before: LevelTerms, after: LevelTerms) -> bool:
    """Whether a measure counts another kind of thing, and the thresholds for it were left as they were."""
    both = [(level.thresholds, now.thresholds) for level in before.levels if (now := after.level(level.code)) is not None]
    for number, (old, new) in enumerate(zip(before.measures, after.measures, strict=False)):
        left = all(had[number] == has[number] for had, has in both)
        if old.kind != new.kind and left and any(had[number] for had, _has in both):
            return True
    return False


def _asks_more(level: Level, now: Level) -> bool:
    both = zip(level.thresholds, now.thresholds, strict=False)
    return any(new is not None and (old is None or new > old) for old, new in both)
