"""What a basket costs with rewards: to the minor unit, whatever is taken off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.domain.code import ALPHABET, check_character, made_code, normal_code
from rewards.domain.kinds import Benefit, BenefitOfKind, Cashback, DiscountAmount, DiscountPercent, FreeDelivery, FreeProduct
from rewards.domain.terms import RewardTerms
from rewards.domain.totals import BasketLine, ToApply, applied, spread, totals

TAXED = [BasketLine(total=total, tax_rate=1_500) for total in (560, 892, 4_491, 21_726, 240_000)]


def off(*benefits: Benefit, lines: Any = TAXED, points: int = 0, includes: bool = True, rounding: Any = "line", **more: Any) -> Any:
    chosen = [
        ToApply(number=n, reward_id=UUID(int=n), terms=RewardTerms(gives=BenefitOfKind.of(one), **more), points=points)
        for n, one in enumerate(benefits)
    ]
    return totals(lines, applied(lines, chosen), includes_tax=includes, rounding=rounding)


@pytest.mark.parametrize("rounding", ["line", "document"])
@pytest.mark.parametrize("includes", [True, False])
def test_everything_off_leaves_nothing_under_both_ways_to_round_tax(rounding: str, includes: bool) -> None:
    left = off(DiscountPercent(basis_points=10_000), includes=includes, rounding=rounding)
    assert (left.total, left.tax, left.to_pay, left.discount) == (0, 0, 0, 267_669)


def test_tax_is_rounded_by_line_or_by_document() -> None:
    by_line, by_document = (off(DiscountAmount(amount=1), includes=False, rounding=way) for way in ("line", "document"))
    assert (by_line.tax, by_document.tax) == (40_151, 40_150)


def test_points_pay_exactly_what_they_are_worth() -> None:
    left = off(Cashback(per_point=Decimal(3)), lines=[BasketLine(total=300_000)], points=3_030)
    assert (left.discount, left.total) == (9_090, 290_910)


def test_a_free_product_is_one_of_the_dearest_line_and_percent_come_after_it() -> None:
    lines = [BasketLine(total=50_000, quantity=5_000, sku="A"), BasketLine(total=12_000, quantity=1_000, sku="B")]
    left = off(DiscountPercent(basis_points=1_000), FreeProduct(skus=("A", "B")), lines=lines)
    assert (left.lines, left.discount) == ((45_000, 0), 17_000)


@pytest.mark.parametrize(("free", "pieces", "left"), [(2, 2, 0), (2, 3, 33_333), (3, 3, 0), (3, 2, 0)])
def test_each_of_several_free_products_is_a_piece(free: int, pieces: int, left: int) -> None:
    """Also where a piece costs no whole number, and where there are fewer pieces than free ones."""
    total = {2: 60_000, 3: 100_000}[pieces]
    whole = off(*[FreeProduct(skus=("A",))] * free, lines=[BasketLine(total=total, quantity=1_000 * pieces, sku="A")])
    assert whole.total == left


def test_what_is_free_already_leaves_the_next_free_product_another_line() -> None:
    lines = [BasketLine(total=50_000, quantity=1_000, sku="A"), BasketLine(total=36_000, quantity=3_000, sku="B")]
    assert off(*[FreeProduct(skus=("A", "B"))] * 2, lines=lines).lines == (0, 24_000)


def test_a_reward_for_some_goods_takes_nothing_off_others() -> None:
    lines = [BasketLine(total=10_000, sku="A"), BasketLine(total=10_000, sku="B"), BasketLine(kind="delivery", total=5_000)]
    assert off(DiscountAmount(amount=50_000), lines=lines, skus=("B",)).lines == (10_000, 0, 5_000)
    assert off(FreeDelivery(most=3_000), lines=lines).lines == (10_000, 10_000, 2_000)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.integers(0, 10**4))
def test_what_is_spread_adds_up_and_leaves_no_line_below_nothing(bases: list[int], part: int) -> None:
    worth = sum(bases) * part // 10**4
    shares = spread(worth, bases)
    assert sum(shares) == (worth if sum(bases) else 0)
    assert all(0 <= share <= base for share, base in zip(shares, bases, strict=True))


@given(st.integers(0, 2**60 - 1), st.integers(0, 11), st.integers(1, 31))
def test_a_code_tells_one_wrong_character_and_two_that_changed_places(random: int, place: int, step: int) -> None:
    code = normal_code(made_code("SEN", random).lower().replace("-", " "))
    body = code[:-1]
    assert (len(code), check_character(body)) == (16, code[-1])
    at = 3 + place
    wrong = ALPHABET[(ALPHABET.index(body[at]) + step) % 32]
    assert check_character(body[:at] + wrong + body[at + 1 :]) != code[-1]
    if at < 14 and body[at] != body[at + 1]:
        assert check_character(body[:at] + body[at + 1] + body[at] + body[at + 2 :]) != code[-1]
