"""What a new version of a rule says otherwise than the one before: field by field, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from django.utils.translation import get_language_info, gettext

from earning import queries
from earning.domain.scope import RuleScope
from earning.domain.terms import Terms, kind_of
from earning.domain.wallets import Unit
from earning.events import EarningRuleChanged, EarningRuleCreated
from earning.kinds import KINDS
from earning.kinds.multiplier import by_label, by_level
from earning.kinds.scopes import asked, limits
from earning.kinds.selections import named
from earning.kinds.words import ROUNDINGS, money, number
from loyalty.admin.changes import NONE, Difference, Said, changed
from loyalty.admin.facts import Around, fact_title, fact_value

TERMS: dict[str, Callable[[Any, str], str]] = {
    "points": lambda points, currency: number(points),
    "per": money,
    "rounding": lambda rounding, currency: str(ROUNDINGS[rounding]),
    "only": lambda lines, currency: named(lines),
    "never": lambda lines, currency: named(lines),
    "reward_id": lambda reward_id, currency: queries.rewards_called([reward_id])[reward_id],
    "by_label": lambda factors, currency: by_label(factors),
    "by_level": lambda factors, currency: by_level(factors),
}
"""How fields of terms are said; the others are plain."""


def differences(
    before: EarningRuleCreated | EarningRuleChanged | None, after: EarningRuleCreated | EarningRuleChanged, currency: str, unit: Unit
) -> list[Difference]:
    """What `after` says otherwise than `before`, of a rule whose points are called `unit`; nothing of a first version, which has none."""
    if before is None:
        return []
    return changed(_said(before, currency, unit), _said(after, currency, unit))


def _said(content: EarningRuleCreated | EarningRuleChanged, currency: str, unit: Unit) -> dict[str, Said]:
    return {
        "name": Said(fact_title("name"), content.name, content.name),
        **dict(_texts(content)),
        "photo": Said(fact_title("photo"), content.photo, gettext("yes") if content.photo else NONE),
        **dict(_terms(content.terms.terms, currency)),
        **dict(_scope(content.scope, currency, unit)),
    }


def _texts(content: EarningRuleCreated | EarningRuleChanged) -> Iterator[tuple[str, Said]]:
    for text in content.texts:
        language = get_language_info(text.language)["name_translated"]
        for field in ("name", "description"):
            words = getattr(text, field)
            yield f"texts.{text.language}.{field}", Said(f"{fact_title(field)}, {language}", words, words or NONE)


def _terms(terms: Terms, currency: str) -> Iterator[tuple[str, Said]]:
    kind = kind_of(terms)
    yield "terms.kind", Said(fact_title("kind"), kind, str(KINDS[kind].title))
    for one in fields(terms):
        value = getattr(terms, one.name)
        words = TERMS[one.name](value, currency) if one.name in TERMS else _plain(one.name, value, currency)
        yield f"terms.{one.name}", Said(fact_title(one.name), value, words or NONE)


def _scope(scope: RuleScope, currency: str, unit: Unit) -> Iterator[tuple[str, Said]]:
    words = dict(asked(scope, currency)) | {"limits": " ".join(limits(scope, unit))}
    for one in fields(scope):
        value = getattr(scope, one.name)
        said = words.get(one.name) or (NONE if value in (None, (), "") else _plain(one.name, value, currency))
        yield f"scope.{one.name}", Said(fact_title(one.name), value, said)


def _plain(field: str, value: Any, currency: str) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, tuple) or (hasattr(value, "__bool__") and not value):
        return NONE
    return str(fact_value(field, value, Around(currency)))
