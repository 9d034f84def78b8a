"""Level sets to begin with, as known programmes have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal

from earning.domain.levels.grants import Fee
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import Benefits, Level, LevelSetText, LevelTerms, LevelText
from earning.domain.terms import PointsPerAmount
from loyalty.domain.money import EXPONENTS

Starter = Literal["stars", "classic", "prime"]
Language = str
"""A code: “vi”, “en” or “pl”."""
STAR_STEPS = {"VND": 40_000, "PLN": 800}
"""For how much, in minor units, there is one star."""
ONE_STAR_ELSEWHERE = 2
"""Major units of other currencies."""
POINTS_EVER = Measure(kind="points")


NAMES: Mapping[Starter, Mapping[Language, str]] = {
    "stars": {"vi": "Xanh & Vàng", "en": "Green & Gold", "pl": "Zielony i Złoty"},
    "classic": {
        "vi": "Thành viên, Đồng, Bạc, Vàng",
        "en": "Member, Bronze, Silver, Gold",
        "pl": "Uczestnik, Brązowy, Srebrny, Złoty",
    },
    "prime": {"vi": "Prime", "en": "Prime", "pl": "Prime"},
}
"""What the sets are called, by staff and customers."""
STAR_RULE: Mapping[Language, str] = {"vi": "Tích sao khi mua hàng", "en": "Stars for purchases", "pl": "Gwiazdki za zakupy"}
"""What the rule that gives stars is called."""


def named(vi: str, en: str, pl: str, promise: tuple[str, str, str] = ("", "", "")) -> tuple[LevelText, ...]:
    """What a level is called, and promises, in three languages."""
    names = zip(("vi", "en", "pl"), (vi, en, pl), promise, strict=True)
    return tuple(LevelText(language=language, name=name, promise=said) for language, name, said in names)


def star_rule(currency: str) -> PointsPerAmount:
    """One star for each full step that was spent."""
    per = STAR_STEPS.get(currency, ONE_STAR_ELSEWHERE * 10 ** EXPONENTS[currency])
    return PointsPerAmount(points=Decimal(1), per=per, currency=currency, whole_steps=True)


def _terms(starter: Starter, currency: str, language: Language, levels: tuple[Level, ...], measure: Measure = POINTS_EVER) -> LevelTerms:
    names = NAMES[starter]
    texts = tuple(LevelSetText(language=one, name=name) for one, name in names.items())
    return LevelTerms(name=names[language], texts=texts, currency=currency, measures=(measure,), levels=levels)


def _stars(currency: str, language: Language) -> LevelTerms:
    drink = (
        "Tặng một đồ uống trong tháng sinh nhật",
        "A drink on the house in the month of your birthday",
        "Napój gratis w miesiącu urodzin",
    )
    levels = (
        Level(code="green", thresholds=(0,), texts=named("Hạng Xanh", "Green", "Zielony"), color="#00754a"),
        Level(
            code="gold-star",
            thresholds=(100,),
            texts=named("Hạng Vàng", "Gold", "Złoty", drink),
            benefits=Benefits(birthday_gift=True),
            minimum_days=365,
            color="#b8860b",
        ),
    )
    measure = Measure(kind="points", window="rolling_months", months=12)
    return _terms("stars", currency, language, levels, measure)


def _classic(currency: str, language: Language) -> LevelTerms:
    told = (
        ("member", 0, 0, named("Thành viên", "Member", "Uczestnik"), "#6b7280"),
        ("bronze", 20, 500, named("Đồng", "Bronze", "Brązowy"), "#a0622d"),
        ("silver", 200, 1000, named("Bạc", "Silver", "Srebrny"), "#7d8aa0"),
        ("gold", 999, 1500, named("Vàng", "Gold", "Złoty"), "#b8860b"),
    )
    levels = tuple(
        Level(code=code, thresholds=(points,), texts=texts, benefits=Benefits(discount=discount), color=color)
        for code, points, discount, texts, color in told
    )
    return _terms("classic", currency, language, levels)


def _prime(currency: str, language: Language) -> LevelTerms:
    promised = ("Ưu tiên phục vụ", "Served first", "Obsługa bez kolejki")
    prime = Level(
        code="prime",
        thresholds=(None,),
        texts=named("Prime", "Prime", "Prime", promised),
        benefits=Benefits(multiplier=Decimal(2), free_delivery=True),
        color="#0b6bcb",
        fee=Fee(sku="PRIME", months=1),
    )
    return _terms("prime", currency, language, (prime,))


STARTERS: Mapping[Starter, Callable[[str, Language], LevelTerms]] = {"stars": _stars, "classic": _classic, "prime": _prime}


def starter_codes(starter: Starter) -> frozenset[str]:
    """The codes of its levels, which are the same in every currency."""
    return frozenset(level.code for level in STARTERS[starter]("VND", "en").levels)
