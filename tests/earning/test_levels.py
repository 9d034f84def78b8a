"""How level sets are made, and what they can say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from earning.domain.levels.level_set import EVER, LevelSet, level_set_id
from earning.domain.levels.measures import Measure
from earning.domain.levels.special import RewardText, SpecialReward
from earning.domain.levels.starters import NAMES, STARTERS, Starter, named, star_rule
from earning.domain.levels.terms import Benefits, Level, LevelSetText, LevelTerms
from earning.domain.scope import RuleScope
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.messages.refusals import message
from tests.earning.given import NOON, TENANT
from tests.earning.levels_given import level, terms
from tests.earning.test_downgrades import MOMENT


def a_set(place: int = 1) -> LevelSet:
    return LevelSet(level_set_id(TENANT, place))


def drafted(*levels: Level, place: int = 1) -> LevelSet:
    made = a_set(place)
    made.create(terms(*levels), [])
    return made


def test_a_level_set_is_drafted_activated_changed_and_deactivated() -> None:
    it = drafted(level("silver", 200), level("member", 0))
    assert (it.state, it.number, [one.code for one in it.terms.levels]) == ("draft", 1, ["member", "silver"])
    it.activate(NOON)
    it.change(terms(level("member", 0)), [], NOON, seen=1)
    it.deactivate(NOON)
    assert (it.state, it.number, it.codes) == ("paused", 2, {"member"})
    again = LevelSet.replay(it.id, it.pending)
    assert (again.state, again.number, again.terms, again.effective_at) == (it.state, it.number, it.terms, it.effective_at)


def test_it_is_not_activated_twice_nor_empty_nor_where_there_is_none() -> None:
    empty = drafted()
    with pytest.raises(DomainError, match=r"^earning.level_set_is_empty"):
        empty.activate(NOON)
    it = drafted(level("member", 0))
    with pytest.raises(Conflict, match=r"^earning.level_set_is_not_active"):
        it.deactivate(NOON)
    it.activate(NOON)
    with pytest.raises(Conflict, match=r"^earning.level_set_is_active"):
        it.activate(NOON)
    with pytest.raises(DomainError, match=r"^earning.level_set_is_empty"):
        it.change(terms(), [], NOON, seen=None)
    with pytest.raises(NotFound, match=r"^earning.level_set_unknown"):
        a_set(2).activate(NOON)


def test_an_editor_changes_only_what_they_saw() -> None:
    it = drafted(level("member", 0))
    it.change(terms(level("member", 0), level("gold", 9)), [], NOON, seen=1)
    with pytest.raises(Conflict, match=r"^earning.level_set_changed_meanwhile"):
        it.change(terms(level("member", 0)), [], NOON, seen=1)


def test_a_code_names_one_level_of_the_tenant() -> None:
    first = drafted(level("gold", 100))
    with pytest.raises(DomainError, match=r"^earning.level_code_taken"):
        a_set(2).create(terms(level("gold", 5)), [first])
    with pytest.raises(DomainError, match=r"^earning.level_code_taken"):
        a_set(2).create(terms(level("gold", 5), level("gold", 6)), [])
    other = a_set(2)
    other.create(terms(level("prime", 5)), [first])
    with pytest.raises(DomainError, match=r"^earning.level_code_taken"):
        other.change(terms(level("gold", 5)), [first], NOON, seen=None)


def reward_named(vi: str = "Bánh", en: str = "Cake", pl: str = "Ciastko") -> tuple[RewardText, ...]:
    return tuple(RewardText(language=language, name=name) for language, name in (("vi", vi), ("en", en), ("pl", pl)))


def test_a_special_reward_is_promised_from_its_first_instant_to_its_last_while_it_is_active() -> None:
    cake = SpecialReward(texts=reward_named(), starts_at=NOON, ends_at=NOON + 2 * MOMENT)
    it = level("gold", 1, rewards=(cake, replace(cake, active=False), SpecialReward(texts=reward_named())))
    assert [len(it.rewards_at(NOON + n * MOMENT)) for n in (-1, 0, 1, 2)] == [1, 2, 2, 1]


POINTS, MONEY = Measure(kind="points"), Measure(kind="amount", window="calendar_year")


def set_named(*names: str) -> tuple[LevelSetText, ...]:
    """What customers call a set, in as many languages."""
    return tuple(LevelSetText(language=language, name=name) for language, name in zip(("vi", "en", "pl"), names, strict=False))


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        (terms(name=" "), "earning.level_set_name_missing", "name"),
        (terms(currency="XXX"), "money.unknown_currency", "currency"),
        (terms(measures=()), "earning.level_measures_missing", "measures"),
        (terms(measures=(POINTS,) * 4), "earning.level_measures_missing", "measures.3"),
        (terms(measures=(POINTS, MONEY, POINTS)), "earning.level_measure_twice", "measures.2.kind"),
        (terms(measures=(Measure(kind="points", window="rolling_months"),)), "earning.level_months_invalid", "measures.0.months"),
        (terms(measures=(POINTS, replace(MONEY, excluded_skus=("\x00",)))), "earning.unprintable_text", "measures.1.excluded_skus.0"),
        (terms(measures=(replace(MONEY, excluded_categories=("a",) * 201),)),
            "earning.level_too_many_excluded", "measures.0.excluded_categories.200"),
        (terms(*(level(f"l{n}", n) for n in range(11))), "earning.too_many_levels", "levels.10"),
        (replace(terms(), texts=set_named("Sao", "Stars")), "earning.level_set_texts_incomplete", "texts"),
        (replace(terms(), texts=set_named("Sao", " ", "Gwiazdki")), "earning.level_set_texts_incomplete", "texts.1.name"),
        (replace(terms(), texts=set_named("Sao", "S" * 121, "Gwiazdki")), "earning.text_too_long", "texts.1.name"),
        (terms(level("Gold", 1)), "earning.level_code_invalid", "levels.0.code"),
        (terms(level("gold", -1)), "earning.level_threshold_invalid", "levels.0.thresholds.0"),
        (terms(level("gold", 10**13)), "earning.level_threshold_invalid", "levels.0.thresholds.0"),
        (terms(level("gold", 1, 1)), "earning.level_thresholds_missing", "levels.0.thresholds"),
        (terms(level("gold", 1), level("silver", 1)), "earning.level_thresholds_cross", "levels.1.thresholds.0"),
        (terms(level("b", 2, 8), level("a", 1, 9), measures=(POINTS, MONEY)), "earning.level_thresholds_cross", "levels.0.thresholds.1"),
        (terms(level("gold", 1, minimum_days=-1)), "earning.level_days_invalid", "levels.0.minimum_days"),
        (terms(level("gold", 1, color="red")), "earning.level_color_invalid", "levels.0.color"),
        (terms(level("gold", 1, benefits=Benefits(multiplier=Decimal("0.5")))),
            "earning.level_multiplier_invalid", "levels.0.benefits.multiplier"),
        (terms(level("gold", 1, benefits=Benefits(multiplier=Decimal("NaN")))),
            "earning.level_multiplier_invalid", "levels.0.benefits.multiplier"),
        (terms(level("gold", 1, benefits=Benefits(multiplier=Decimal("1.234")))),
            "earning.level_multiplier_invalid", "levels.0.benefits.multiplier"),
        (terms(level("gold", 1, benefits=Benefits(discount=10_001))), "earning.level_discount_invalid", "levels.0.benefits.discount"),
        (terms(level("gold", 1, rewards=(SpecialReward(texts=reward_named("Bánh", " ", "Ciastko")),))),
            "earning.level_reward_name_missing", "levels.0.rewards.0.texts.1.name"),
        (terms(level("gold", 1, rewards=(SpecialReward(texts=reward_named(), starts_at=NOON, ends_at=NOON),))),
            "earning.level_reward_ends_early", "levels.0.rewards.0.ends_at"),
        (terms(level("gold", 1, rewards=(SpecialReward(texts=reward_named()),) * 11)),
            "earning.level_too_many_rewards", "levels.0.rewards.10"),
        (terms(replace(level("gold", 1), texts=named("Vàng", "", "Złoty"))), "earning.level_name_missing", "levels.0.texts.1.name"),
        (terms(replace(level("gold", 1), texts=named("Vàng", "Gold", "Złoty")[:2])), "earning.level_name_missing", "levels.0.texts"),
        (terms(replace(level("gold", 1), texts=named("Vàng", "Gold", "Złoty")[:1] * 2)),
            "earning.language_twice", "levels.0.texts.1.language"),
        (replace(terms(), texts=(*set_named("Sao", "Stars"), *set_named("Ngôi sao"))), "earning.language_twice", "texts.2.language"),
        (terms(replace(level("gold", 1), texts=named("Vàng", "G" * 81, "Złoty"))), "earning.text_too_long", "levels.0.texts.1.name"),
    ],
)  # fmt: skip
def test_a_level_set_must_make_sense(said: LevelTerms, code: str, field: str) -> None:
    with pytest.raises(DomainError, match=rf"^{code}") as refused:
        a_set().create(said, [])
    assert refused.value.field == field


def test_what_is_not_asked_for_comes_last_and_a_new_measure_asks_nothing() -> None:
    both = terms(level("vip", None, None), level("gold", 5, 10), level("member", 0, None), measures=(POINTS, MONEY)).in_order()
    both.check()
    assert [one.code for one in both.levels] == ["member", "gold", "vip"]
    assert level("member", 0).fitting(2) == level("member", 0, None)
    assert level("member", 0, 3).fitting(1) == level("member", 0)
    assert [one.is_for_everybody for one in both.levels] == [True, False, False]


def test_a_level_takes_the_place_of_another() -> None:
    changed = terms(level("member", 0), level("gold", 5)).with_level(level("silver", 7), instead_of="member")
    assert [one.code for one in changed.levels] == ["gold", "silver"]
    assert changed.without("gold").levels == (level("silver", 7),)


def test_a_set_is_called_by_its_name_for_staff_where_it_has_none_for_customers() -> None:
    named = replace(terms(), name="Stars 2026", texts=set_named("Sao", "Stars", "Gwiazdki"))
    named.check()
    assert [one.called("pl").name for one in (named, replace(named, texts=()))] == ["Gwiazdki", "Stars 2026"]


@pytest.mark.parametrize("starter", STARTERS)
def test_the_ready_made_sets_have_names_in_each_language(starter: Starter) -> None:
    said = STARTERS[starter]("VND", "vi")
    assert {text.language: text.name for text in said.texts} == NAMES[starter]
    assert said.name == said.called("vi").name


@pytest.mark.parametrize("currency", ["VND", "PLN", "EUR", "JPY"])
def test_the_ready_made_sets_can_be_installed_in_any_currency(currency: str) -> None:
    there: list[LevelSet] = []
    for place, starter in enumerate(STARTERS.values(), 1):
        made = a_set(place)
        made.create(starter(currency, "en"), there)
        made.activate(NOON)
        there.append(made)
    star_rule(currency).check()


def test_the_classic_set_has_four_levels_and_their_discounts() -> None:
    said = STARTERS["classic"]("VND", "en").levels
    assert [(one.thresholds[0], one.benefits.discount) for one in said] == [(0, 0), (20, 500), (200, 1000), (999, 1500)]


def test_a_star_is_given_for_each_full_40_000_dong() -> None:
    assert [star_rule("VND").worth(amount) for amount in (39_999, 40_000, 119_999)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (lambda: terms(level("gold", -1)).check(), "A threshold of the level “gold” lies between 0 and 1,000,000,000,000."),
        (lambda: terms(level("gold", -1), measures=(MONEY,), currency="PLN").check(), "lies between 0 and PLN10,000,000,000.00."),
        (lambda: RuleScope(minimum=-1).check_basket("PLN"), "This amount lies between 0 and PLN10,000,000,000.00."),
        (lambda: RuleScope(minimum=250, maximum=1).check_basket("PLN"), "smallest: enter at least PLN2.50."),
        (lambda: terms(level("gold", 1), level("gold", 2)).check(), "Another level has the code “gold”. Choose another one."),
        (lambda: counting_since(NOON).count_past(NOON + MOMENT, NOON + 9 * MOMENT), "count already. Choose an earlier time."),
        (lambda: counting_since(EVER).count_past(NOON, NOON + 9 * MOMENT), "There is nothing left to count."),
        (lambda: counting_since(NOON).activate(NOON), "The level set “Levels” is active already. Change it, or deactivate it first."),
    ],
)
def test_a_refusal_names_the_thing_and_what_would_have_been_enough(order: Callable[[], None], said: str) -> None:
    with pytest.raises(DomainError) as refused, override("en"):
        order()
    with override("en"):
        assert message(refused.value).endswith(said)


def counting_since(since: datetime) -> LevelSet:
    """An active set to which purchases count since then."""
    it = drafted(level("gold", 1))
    it.activate(NOON)
    it.count_past(since, NOON + MOMENT)
    return it
