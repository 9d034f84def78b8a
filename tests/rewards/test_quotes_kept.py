"""Quotes answer the same from contents that are kept as from contents that are read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.tenancy import reading
from rewards import contents, rewardbook
from rewards.commands import ChangeReward, DiscountAmount, DiscountPercent, HoldBasket, PauseReward, RewardWindow
from rewards.contents import KeptContents
from rewards.domain.kinds import Benefit, BenefitOfKind, Cashback, Custom, FreeDelivery, FreeProduct, ValueCode
from rewards.domain.terms import RewardTerms
from rewards.domain.totals import BasketLine, ToApply, applied, worth_alone
from rewards.queries import quote
from rewards.queries.here import asked
from rewards.rewardbook import live_now
from tests.rewards.given import LINES, RewardShop, content

BENEFITS: tuple[Benefit, ...] = (
    DiscountAmount(amount=700),
    DiscountPercent(basis_points=1_250, most=900),
    ValueCode(amount=5_000),
    FreeDelivery(most=300),
    Cashback(per_point=Decimal("0.5")),
    FreeProduct(skus=("A", "B"), quantity=1_500),
    Custom(),
)
BASKETS = st.lists(
    st.builds(
        BasketLine,
        kind=st.sampled_from(["goods", "goods", "delivery", "fee"]),
        total=st.integers(0, 10_000),
        quantity=st.sampled_from([None, 1_000, 2_500]),
        sku=st.sampled_from(["A", "B", "C"]),
        category=st.sampled_from(["", "tea"]),
    ),
    max_size=8,
)


@given(BASKETS, st.sampled_from(BENEFITS), st.sampled_from([(), ("A",)]), st.sampled_from([(), ("tea",)]), st.sampled_from([None, 0, 250]))
def test_what_a_reward_takes_off_alone_is_what_lies_on_the_lines(
    lines: list[BasketLine], benefit: Benefit, skus: Any, categories: Any, most: int | None
) -> None:
    terms = RewardTerms(gives=BenefitOfKind.of(benefit), skus=skus, categories=categories)
    one = ToApply(number=0, reward_id=UUID(int=1), terms=terms, points=301, most=most)
    if lines:
        assert worth_alone(lines, one) == applied(lines, [one])[0].worth


@pytest.mark.usefixtures("own_log_of_module")
class TestOfAProgramme:
    @pytest.fixture
    def till(self, tenant: Any) -> RewardShop:
        return RewardShop(tenant)

    @pytest.fixture(autouse=True)
    def kept(self, monkeypatch: pytest.MonkeyPatch) -> KeptContents:
        kept = KeptContents()
        monkeypatch.setattr(rewardbook, "KEPT", kept)
        return kept

    def test_a_quote_says_the_same_to_the_byte_when_contents_are_kept(self, till: RewardShop, kept: KeptContents) -> None:
        customer = till.with_points(120)
        till.give(customer, till.reward(DiscountPercent(basis_points=1_000), points=100, name="Percent"))
        till.reward(ValueCode(amount=40_000), points=300, minimum_basket=500_000)
        first = said(till, customer)
        assert kept._kept
        assert said(till, customer) == first
        assert b"Percent" in first
        assert b"rewards.basket_too_small" in first

    def test_a_change_is_seen_at_once_and_what_is_kept_is_read_once(
        self, till: RewardShop, kept: KeptContents, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        customer, reward = till.with_points(100), till.reward(name="Before")
        said(till, customer)
        decoded: list[int] = []
        monkeypatch.setattr(contents, "content_in", lambda stored: decoded.append(1) or content(name="After"))
        assert b"Before" in said(till, customer)
        assert decoded == []
        till.do(ChangeReward(reward_id=reward, content=content(name="After"), seen_version=1))
        assert b"After" in said(till, customer)
        assert decoded == [1]
        till.do(PauseReward(reward_id=reward))
        assert b"After" not in said(till, customer)

    def test_rewards_are_there_whatever_fits_into_what_is_kept(self, till: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
        made = {till.reward(name=name) for name in ("One", "Two", "Three")}
        monkeypatch.setattr(rewardbook, "KEPT", KeptContents(most=1))
        with reading(till.tenant.id):
            found = live_now(till.tenant.id, datetime.now(UTC), asked)
        assert {offer.reward_id for offer in found} == made


def test_what_was_not_asked_for_the_longest_is_forgotten_and_none_is_taken_for_another() -> None:
    stored, reward, other = orjson.dumps(content(), default=str).decode(), UUID(int=1), UUID(int=2)
    kept = KeptContents(most=2 * len(stored))
    kept.put(reward, 1, stored)
    kept.put(reward, 2, stored)
    assert (kept.get(reward, 1), kept.get(other, 1)) == (content(), None)
    kept.put(reward, 3, stored)
    assert [kept.get(reward, position) for position in (1, 2, 3)] == [content(), None, content()]


def test_a_reward_without_hours_is_seen_whatever_the_clock_says() -> None:
    now = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert content().terms.visible.is_open(now, ZoneInfo("Europe/Warsaw"))
    assert not RewardWindow(opens=60, closes=120).is_open(now, ZoneInfo("Europe/Warsaw"))


def said(till: RewardShop, customer: UUID) -> bytes:
    """The quote of a basket, as bytes."""
    order = HoldBasket(customer_id=customer, merchant_id=till.merchant_id, pos_id=till.pos_id, lines=LINES, choices=())
    with reading(till.tenant.id):
        found = quote(order)
    told = [(one.content.name, one.points, one.worth, one.missing, one.refusal and one.refusal.code) for one in found.offers]
    return orjson.dumps([told, str(found.totals)])
