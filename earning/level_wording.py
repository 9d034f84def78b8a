"""What levels ask for and what they bring, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from earning.domain.levels.ahead import LevelAhead, NextReward
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.grants import Fee
from earning.domain.levels.measures import Measure, MeasureKind
from earning.domain.levels.special import SpecialReward
from earning.domain.levels.terms import Level, LevelTerms
from earning.domain.wallets import POINTS
from earning.units import phrase
from earning.walletbook import wallets_here
from loyalty.house import formats

if TYPE_CHECKING:
    from earning.queries import LevelCard

KINDS = {
    "points": pgettext_lazy("level", "Points earned"),
    "amount": _("Amount spent"),
    "purchases": _("Number of purchases"),
    "visits": _("Visits: days with a purchase"),
}
WINDOWS = {
    "lifetime": _("Since ever"),
    "rolling_months": _("In the last months"),
    "calendar_year": _("In the calendar year"),
    "membership_year": _("In the membership year"),
}
MATCHES = {"all": _("All thresholds are reached"), "any": _("One of the thresholds is reached")}
DOWNGRADES = {
    "never": _("It is kept"),
    "at_once": _("It is lost as soon as what counts leaves its window"),
    "after_days": _("It is lost so many days later"),
    "period_end": _("It is lost at the end of the period"),
}
DOWNGRADE_PERIODS = {
    "month": _("Month"),
    "quarter": _("Quarter"),
    "year": _("Calendar year"),
    "membership_year": _("Membership year"),
}
RESETS = {
    "none": _("Nothing else is taken"),
    "progress": _("What counts begins anew at zero"),
    "points": _("What is left of the points ends too"),
}
STARTER_NAMES = {
    "stars": _("Green and Gold: stars for every purchase"),
    "prime": _("Prime: paid by the month, with free delivery and points that count twice"),
    "classic": _("Four levels at 0, 20, 200 and 999 points, with 0, 5, 10 and 15 percent off"),
}


def measure_sentence(measure: Measure) -> str:
    """“Points earned, in the last 12 months”."""
    return ", ".join([str(KINDS[measure.kind]), *_details(measure)])


def qualifies_said(terms: LevelTerms) -> list[str]:
    """What qualifies for the levels of a set: its measures, unless all of its levels are only bought."""
    if _only_bought(terms):
        return [gettext("Only the fee: purchases do not count towards a level")]
    return [measure_sentence(measure) for measure in terms.measures]


def downgrade_sentence(policy: Downgrade) -> str:
    """“It is lost at the end of the period; period: month; the customer is told 14 days before. What is left of the points ends too”."""
    told = [str(DOWNGRADES[policy.when])]
    if policy.when == "after_days":
        told[0] = ngettext("It is lost after %(number)s day", "It is lost after %(number)s days", policy.days) % {"number": policy.days}
    if policy.when == "period_end" or (policy.lands_softly and policy.when != "never"):
        told.append(gettext("period: %(period)s") % {"period": DOWNGRADE_PERIODS[policy.period]})
    if policy.one_step and policy.when != "never":
        told.append(gettext("one step at most in a period"))
    if days := policy.warn_days:
        told.append(
            ngettext("the customer is told %(number)s day before", "the customer is told %(number)s days before", days) % {"number": days}
        )
    reset = [str(RESETS[policy.reset])] if policy.reset != "none" and policy.when != "never" else []
    return ". ".join(["; ".join(told), *reset])


def lost_sentence(terms: LevelTerms) -> str:
    """How levels of a set are lost: those that are paid for end with their period, whatever becomes of the others."""
    bought = gettext("A level that was paid for ends with its period")
    told = [bought] if _only_bought(terms) else [downgrade_sentence(terms.downgrade)]
    if not _only_bought(terms) and any(level.fee.sku for level in terms.levels):
        told.append(bought)
    return ". ".join(told)


def _only_bought(terms: LevelTerms) -> bool:
    levels = terms.levels
    return bool(levels) and all(level.fee.sku and not any(one is not None for one in level.thresholds) for level in levels)


def threshold_text(measure: Measure, threshold: int, currency: str) -> str:
    """“200 points”, “₫5,000,000”, “10 purchases”."""
    return measure_text(measure.kind, threshold, currency)


def measure_text(kind: MeasureKind, threshold: int, currency: str) -> str:
    """The same of a kind of measure."""
    if kind == "amount":
        return formats.money(threshold, currency, _language())
    if kind == "points":
        return phrase(wallets_here().unit(POINTS), threshold, _language())
    if kind == "visits":
        return ngettext("%(number)s visit", "%(number)s visits", threshold) % {"number": formats.number(Decimal(threshold), _language())}
    return ngettext("%(number)s purchase", "%(number)s purchases", threshold) % {"number": formats.number(Decimal(threshold), _language())}


def asked_text(level: Level, terms: LevelTerms) -> str:
    """What a level asks for: “200 points” or “200 points or 10 purchases”."""
    if level.is_for_everybody:
        return gettext("Everybody")
    told = [
        threshold_text(measure, threshold, terms.currency)
        for measure, threshold in zip(terms.measures, level.thresholds, strict=True)
        if threshold is not None
    ]
    if level.fee.sku:
        return " · ".join([*([_joined(told, _match(terms.match))] if told else []), fee_text(level.fee)])
    return _joined(told, _match(terms.match)) if told else gettext("Only given by hand")


def missing_text(card: LevelCard) -> str:
    """“Gold: 88 points”: what is missing to the next level; nothing at the top."""
    if card.next_level is None:
        return ""
    told = [threshold_text(one.measure, one.missing, card.currency) for one in card.reaching if one.missing]
    return f"{level_name(card.next_level)}: {_joined(told, _match(card.match))}" if told else level_name(card.next_level)


def ahead_text(ahead: LevelAhead | NextReward, level: Level) -> str:
    """“Gold: 88 points”: what is missing to a level that lies ahead."""
    told = [measure_text(one.kind, one.missing, ahead.currency) for one in ahead.missing]
    return f"{level_name(level)}: {_joined(told, _match(ahead.match))}" if told else level_name(level)


def reward_text(reward: NextReward, level: Level, zone: ZoneInfo) -> str:
    """“10% off · free delivery · Autumn cake: one for two”: what a level brings that is not had yet."""
    kept = level if reward.promised else replace(level, texts=tuple(replace(text, promise="") for text in level.texts))
    told = [benefits_text(replace(kept, benefits=reward.benefits)), *(_reward_said(one, zone) for one in reward.rewards)]
    return " · ".join(text for text in told if text)


def fee_text(fee: Fee) -> str:
    """“PRIME for 1 month”."""
    months = ngettext("fee %(sku)s for %(number)s month", "fee %(sku)s for %(number)s months", fee.months)
    days = ngettext("fee %(sku)s for %(number)s day", "fee %(sku)s for %(number)s days", fee.days)
    return (months if fee.months else days) % {"sku": fee.sku, "number": fee.months or fee.days}


def bought_text(level: Level) -> str:
    """“Prime for 1 month”: what the fee of a level buys."""
    fee = level.fee
    months = ngettext("%(level)s for %(number)s month", "%(level)s for %(number)s months", fee.months)
    days = ngettext("%(level)s for %(number)s day", "%(level)s for %(number)s days", fee.days)
    return (months if fee.months else days) % {"level": level_name(level), "number": fee.months or fee.days}


def _match(match: str) -> str:
    return gettext("%(first)s and %(second)s") if match == "all" else gettext("%(first)s or %(second)s")


def benefits_text(level: Level) -> str:
    """What a level brings, in one line; nothing where it brings nothing."""
    benefits, told = level.benefits, [level.text(_language()).promise]
    if benefits.multiplier != 1:
        told.append(gettext("points × %(number)s") % {"number": formats.number(benefits.multiplier, _language())})
    if benefits.discount:
        told.append(gettext("%(percent)s off") % {"percent": formats.percent(benefits.discount, _language())})
    if benefits.free_delivery:
        told.append(gettext("free delivery"))
    if benefits.birthday_gift:
        told.append(gettext("a gift on the birthday"))
    return " · ".join(text for text in told if text)


def rewards_said(level: Level, at: datetime, zone: ZoneInfo) -> list[str]:
    """The special rewards of a level that are promised then: “Autumn cake: one for two (until 30 Nov 2026)”."""
    return [_reward_said(reward, zone) for reward in level.rewards_at(at)]


def _reward_said(reward: SpecialReward, zone: ZoneInfo) -> str:
    text = reward.text(_language())
    said = f"{text.name}: {text.text}" if text.text else text.name
    if reward.ends_at is None:
        return said
    return gettext("%(reward)s (until %(end)s)") % {"reward": said, "end": formats.until(reward.ends_at, zone, _language())}


def set_name(terms: LevelTerms) -> str:
    """What a level set is called in the reader's language."""
    return terms.called(_language()).name


def level_name(level: Level) -> str:
    """What a level is called in the reader's language."""
    return level.text(_language()).name


def _details(measure: Measure) -> Iterator[str]:
    match measure.window:
        case "lifetime":
            pass
        case "rolling_months":
            number = {"number": measure.months}
            yield ngettext("in the last %(number)s month", "in the last %(number)s months", measure.months) % number
        case "calendar_year":
            yield gettext("in the calendar year")
        case "membership_year":
            yield gettext("in the membership year")
    if measure.with_delivery:
        yield gettext("with delivery")
    if excluded := (*measure.excluded_skus, *measure.excluded_categories):
        yield gettext("without %(articles)s") % {"articles": ", ".join(excluded)}


def _joined(told: Sequence[str], two: str) -> str:
    joined = told[0]
    for one in told[1:]:
        joined = two % {"first": joined, "second": one}
    return joined


def _language() -> str:
    return get_language() or formats.FALLBACK
