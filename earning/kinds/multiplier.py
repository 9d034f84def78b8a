"""Multipliers, as people and programs meet them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from django.utils.translation import gettext as _

from earning.domain.terms import LabelFactor, LevelFactor, Multiplier
from earning.domain.wallets import POINTS, Unit
from earning.kinds.selections import Lines, sentences
from earning.kinds.values import words
from earning.kinds.words import language, number
from earning.units import several

FactorNumber = Annotated[Decimal, msgspec.Meta(description='Above zero, at most 1000 and four decimals: "2" or "1.5".')]


class FactorOfLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines whose `label` has this `value` count `factor` times."""

    label: str
    value: str
    factor: FactorNumber


class FactorOfLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Customers at the level with this code get `factor` times the points."""

    level: str
    factor: FactorNumber


class MultiplierTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="multiplier"):
    """Points per amount count `factor` times, or as often as a label or the level says: the largest that fits a line.

    Factors of several rules are multiplied with each other («compound»), or the «best» of those that say so counts.
    """

    factor: FactorNumber | None = None
    by_label: tuple[FactorOfLabel, ...] = ()
    by_level: tuple[FactorOfLevel, ...] = ()
    combine: Literal["compound", "best"] = "compound"
    only: Lines = Lines()
    never: Lines = Lines()


def sentence(terms: Multiplier, unit: Unit) -> str:
    """“Points per amount ×3. Only SKU 123.” Of another wallet than `points` its units are named."""
    return " ".join([*_factors(terms), *_wallet(unit), *sentences(terms.only, terms.never), _combined(terms)])


def _wallet(unit: Unit) -> Iterator[str]:
    if unit.wallet != POINTS:
        yield _("Wallet: %(unit)s.") % {"unit": several(unit, language())}


def _factors(terms: Multiplier) -> Iterator[str]:
    if terms.factor is not None:
        yield _("Points per amount ×%(factor)s.") % {"factor": number(terms.factor)}
    if terms.by_label:
        yield _("By label: %(factors)s.") % {"factors": by_label(terms.by_label)}
    if terms.by_level:
        yield _("By level: %(factors)s.") % {"factors": by_level(terms.by_level)}


def by_label(factors: Iterable[LabelFactor]) -> str:
    """“color: red ×3, color: blue ×2”."""
    return ", ".join(f"{one.label}: {one.value} ×{number(one.factor)}" for one in factors)


def by_level(factors: Sequence[LevelFactor]) -> str:
    """“Gold ×2”."""
    named = zip(factors, words("customer.level", [one.level for one in factors]), strict=True)
    return ", ".join(f"{word or one.level} ×{number(one.factor)}" for one, word in named)


def _combined(terms: Multiplier) -> str:
    if terms.combine == "best":
        return _("Of several best multipliers the largest counts.")
    return _("It multiplies other multipliers.")
