"""What the codes that conditions compare are called, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from customers.queries import segments
from earning import queries
from earning.domain.facts import FIRSTS, SEGMENT
from earning.domain.wallets import LANGUAGES
from earning.kinds.words import month, weekday
from earning.level_wording import level_name
from loyalty.admin.facts import CODES
from loyalty.domain.errors import NotFound
from loyalty.search.fold import fold

CHANNELS = {"pos": _("at a point of sale"), "online": _("online")}
LINE_KINDS = {
    "goods": _("Goods"),
    "delivery": _("Delivery"),
    "fee": _("Fee"),
    "discount": _("Discount"),
    "rounding": _("Rounding"),
}


def levels() -> dict[str, str]:
    """By code, what the levels of all level sets are called."""
    return {level.code: level_name(level) for card in queries.level_sets() for level in card.terms.levels}


def event_name(code: str) -> str:
    """What a type of custom events is called; its code where there is none."""
    try:
        return queries.custom_event_type(code).name(get_language() or "")
    except NotFound:
        return code


def event_code(typed: str) -> str:
    """The code of the type of custom events that somebody means who typed it, or its name in the reader's language or another.

    What was typed where there is none such.
    """
    language, meant = get_language() or "", fold(typed)
    names = {one.code: [one.code, one.name(language), *(text.name for text in one.texts)] for one in queries.custom_event_types()}
    places = ((list(map(fold, said)).index(meant), code) for code, said in names.items() if meant in map(fold, said))
    return min(places, default=(0, typed))[1]


WORDS: dict[str, Callable[[], Mapping[Any, Any]]] = {
    "purchase.channel": lambda: CHANNELS,
    "purchase.weekday": lambda: {day: weekday(day) for day in range(7)},
    "line.kind": lambda: LINE_KINDS,
    "customer.level": levels,
    SEGMENT: lambda: {one.code: one.name for one in segments()},
    "customer.standing": lambda: CODES.get("standing", {}),
    "customer.gender": lambda: CODES.get("gender", {}),
    "customer.language": lambda: {code: get_language_info(code)["name_translated"] for code in LANGUAGES},
    "customer.birth_month": lambda: {number: month(number) for number in range(1, 13)},
    **dict.fromkeys(FIRSTS, lambda: {"yes": _("yes"), "no": _("no")}),
}
"""By field, the words for its codes: those with a choice of few."""


def words(field: str, values: Sequence[Any]) -> list[str | None]:
    """What values are called; None where one is called as it is."""
    known = {_key(value): str(said) for value, said in WORDS[field]().items()} if field in WORDS else {}
    return [known.get(_key(value)) for value in values]


def code(field: str, typed: str) -> Any:
    """The code that somebody means who typed it, or its word; None where there is none such."""
    known = WORDS[field]() if field in WORDS else {}
    return next((value for value, said in known.items() if fold(typed) in {fold(str(said)), fold(str(value))}), None)


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
