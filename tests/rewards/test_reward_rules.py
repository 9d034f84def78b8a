"""Rules that give a reward with a purchase: at once, once, within limits, and gone again with the goods."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import MergeCustomers
from earning import queries
from earning.commands import ActivateRule, ClaimPurchase, CreateRule, InstantReward, Limit, ReturnGoods, ReturnLine, RuleScope, Selection
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from rewards.commands import DiscountPercent, ReleaseBasket, UseCoupon, ValueCode
from tests.earning.counter import in_parallel, rows
from tests.earning.given import line
from tests.earning.shops import RULES, refusal
from tests.pos.given import bring_level
from tests.rewards.given import Choice, RewardShop, wrong_guards
from tests.support.client import ApiClient
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def gives(shop: RewardShop, reward: UUID, scope: RuleScope = RuleScope(), **terms: Any) -> UUID:
    """A rule in force that gives the reward."""
    made = shop.do(CreateRule(name="Gift", terms=InstantReward(reward_id=reward, **terms), scope=scope))
    shop.do(ActivateRule(rule_id=made.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    return made.rule_id


def held(shop: RewardShop) -> list[tuple[Any, ...]]:
    """What came of the rewards that rules gave, once all that follows has followed."""
    bring_level("rewards.instant_rewards")
    bring_level("rewards.returns")
    return rows("rewards_coupon", shop.tenant, "state, way, for_purchase_id", "issued_at")


def back(shop: RewardShop, sold: Any, *lines: ReturnLine) -> None:
    order = ReturnGoods(
        purchase_id=sold.purchase_id, customer_id=sold.customer_id, merchant_id=shop.merchant_id, pos_id=shop.pos_id,
        document_scope="merchant", document_number=uuid4().hex[:12], zone=shop.tenant.time_zone, lines=lines or None,
        returned_at=datetime.now(UTC),
    )  # fmt: skip
    shop.do(order)


def test_it_is_made_told_given_explained_and_taken_back_over_the_api(shop: RewardShop, api: ApiClient) -> None:
    reward, customer = shop.reward(ValueCode(amount=50_000), name="Cà phê"), shop.customer()
    terms = {"kind": "instant_reward", "reward_id": str(reward), "only": {"skus": ["CF-1"]}}
    made = api.post(RULES, {"name": "Gift", "terms": terms, "scope": {"minimum": 100_000}})
    assert made.status_code == 201, made.content
    rule = made.json()["rule_id"]
    shown = api.get(f"{RULES}/{rule}").json()
    assert (shown["kind"], shown["sentence"]) == ("instant_reward", "The reward “Free coffee”. Only SKU CF-1.")
    assert shown["terms"]["reward_id"] == str(reward)
    shop.do(ActivateRule(rule_id=UUID(rule), effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    order = shop.order(customer, line(90_000, sku="CF-1"), line(30_000, sku="X"))
    with reading(shop.tenant.id):
        foreseen = queries.preview(order, "till")
    sold = shop.do(order)
    due = [(str(one.rule_id), one.version, one.reward_id) for one in sold.instant_rewards]
    assert due == [(rule, 1, reward)] == [(str(one.rule_id), one.version, one.reward_id) for one in foreseen.instant_rewards]
    assert held(shop) == [("issued", "rule", sold.purchase_id)]
    told = api.get(f"/api/v1/purchases/{sold.purchase_id}/explanation").json()
    (turn,) = [one for one in told["rules"] if one["rule_id"] == rule]
    assert (turn["outcome"], turn["outcome_sentence"], turn["points"]) == ("gave", "It gave the reward “Free coffee”.", 0)
    coupons = api.get(f"/api/v1/customers/{customer}/coupons").json()["items"]
    assert [(one["state"], one["way"]) for one in coupons] == [("active", "rule")]
    with reading(shop.tenant.id):
        card, found = queries.purchase(sold.purchase_id), queries.explanation(sold.purchase_id)
        assert (card.why_nothing, queries.said_of_others(sold)) == (None, ["the reward “Free coffee”"])
        assert [one.points for one in queries.said_shares(found)] == ["Free coffee"]
    back(shop, sold)
    assert held(shop) == [("cancelled", "rule", sold.purchase_id)]


def test_too_small_a_purchase_is_told_what_would_have_been_enough(shop: RewardShop, api: ApiClient) -> None:
    rule = gives(shop, shop.reward(), RuleScope(minimum=100_000))
    sold = shop.sell(shop.customer(), 99_000)
    assert sold.instant_rewards == ()
    (turn,) = [one for one in api.get(f"/api/v1/purchases/{sold.purchase_id}/explanation").json()["rules"] if one["rule_id"] == str(rule)]
    assert turn["outcome"] == "not_met"
    assert any("1,000" in said for said in turn["enough"])
    assert held(shop) == []


def test_it_goes_when_what_is_kept_would_not_have_brought_it_and_stays_while_it_would(shop: RewardShop) -> None:
    gives(shop, shop.reward(), RuleScope(minimum=100_000))
    sold = shop.sell(shop.customer(), line(80_000), line(30_000), line(30_000))
    back(shop, sold, ReturnLine(line=3, amount=30_000))
    assert [state for state, *_ in held(shop)] == ["issued"], "110,000 are kept"
    back(shop, sold, ReturnLine(line=2, amount=30_000))
    assert [state for state, *_ in held(shop)] == ["cancelled"]
    back(shop, sold)
    assert [state for state, *_ in held(shop)] == ["cancelled"]


def test_what_was_used_stays_used(shop: RewardShop) -> None:
    gives(shop, shop.reward(ValueCode(amount=50_000)), RuleScope(minimum=100_000))
    sold = shop.sell(shop.customer(), line(80_000), line(30_000))
    bring_level("rewards.instant_rewards")
    ((coupon,),) = rows("rewards_coupon", shop.tenant, "id")
    shop.do(UseCoupon(coupon_id=coupon, worth=50_000))
    back(shop, sold, ReturnLine(line=2, amount=30_000))
    assert [state for state, *_ in held(shop)] == ["used"]


def test_what_a_basket_keeps_goes_once_it_lets_it_go(shop: RewardShop) -> None:
    gives(shop, shop.reward(DiscountPercent(basis_points=1_000)), RuleScope(minimum=100_000))
    customer = shop.customer()
    sold = shop.sell(customer, line(80_000), line(30_000))
    bring_level("rewards.instant_rewards")
    ((coupon,),) = rows("rewards_coupon", shop.tenant, "id")
    basket = shop.hold(customer, Choice(coupon_id=coupon), seconds=3600)
    back(shop, sold, ReturnLine(line=2, amount=30_000))
    assert [state for state, *_ in held(shop)] == ["issued"]
    shop.do(ReleaseBasket(basket_id=basket.basket_id))
    assert [state for state, *_ in held(shop)] == ["cancelled"]


@pytest.mark.parametrize("whose", ["all", "customer"])
def test_of_50_purchases_at_once_three_bring_it_where_three_may(shop: RewardShop, whose: Any) -> None:
    gives(shop, shop.reward(), RuleScope(limits=(Limit(of="times", most=3, period="ever", whose=whose),)))
    one = shop.customer()
    people = [one if whose == "customer" else shop.customer() for _ in range(50)]
    answers = in_parallel(50, lambda n: shop.sell(people[n], 10_000))
    assert not [one for one in answers if isinstance(one, DomainError)]
    assert sum(len(one.instant_rewards) for one in answers) == 3  # type: ignore[union-attr]
    assert [state for state, *_ in held(shop)] == ["issued"] * 3
    assert wrong_guards(shop.tenant) == []
    (first, *_) = [one for one in answers if one.instant_rewards]  # type: ignore[union-attr]
    back(shop, first)
    assert sorted(state for state, *_ in held(shop)) == ["cancelled", "issued", "issued"]
    assert wrong_guards(shop.tenant) == []
    assert len(shop.sell(people[0], 10_000).instant_rewards) == 1, "there is room again"
    assert shop.sell(people[0], 10_000).instant_rewards == ()


def test_a_trial_and_an_explanation_know_the_limits(shop: RewardShop, api: ApiClient) -> None:
    rule = gives(shop, shop.reward(), RuleScope(limits=(Limit(of="times", most=1),)))
    customer = shop.customer()

    def outcome(sold: Any) -> str:
        told = api.get(f"/api/v1/purchases/{sold.purchase_id}/explanation").json()["rules"]
        return str(next(one["outcome"] for one in told if one["rule_id"] == str(rule)))

    def tried() -> str:
        with reading(shop.tenant.id):
            found = queries.trial(rule, shop.order(customer, 10_000))
        return next(one.explained.outcome for one in found.rules if one.explained.rule.rule_id == rule)

    assert tried() == "gave"
    sold = shop.sell(customer, 10_000)
    assert (outcome(sold), tried(), outcome(shop.sell(customer, 10_000))) == ("gave", "limit_reached", "limit_reached")


def test_a_claimed_purchase_brings_it_as_far_as_it_is_kept(shop: RewardShop) -> None:
    gives(shop, shop.reward(), RuleScope(minimum=100_000, limits=(Limit(of="times", most=1),)))
    customer, plain = shop.customer(), shop.customer(phone="+84900000009")
    whole, less = shop.sell(None, line(80_000), line(30_000)), shop.sell(None, line(80_000), line(30_000))
    assert whole.instant_rewards == ()
    back(shop, less, ReturnLine(line=2, amount=30_000))
    shop.do(ClaimPurchase(purchase_id=whole.purchase_id, customer_id=customer))
    shop.do(ClaimPurchase(purchase_id=less.purchase_id, customer_id=plain))
    assert {(state, purchase) for state, _, purchase in held(shop)} <= {("issued", whole.purchase_id), ("cancelled", less.purchase_id)}
    assert ("issued", "rule", whole.purchase_id) in held(shop)
    assert wrong_guards(shop.tenant) == []
    assert len(shop.sell(plain, 100_000).instant_rewards) == 1, "what was lost at once took no room"


def test_who_turned_out_to_be_one_gets_it_once(shop: RewardShop) -> None:
    gives(shop, shop.reward(), RuleScope(limits=(Limit(of="times", most=1),)))
    hoa, lan = shop.customer(phone="+84912345678"), shop.customer(phone="+84987654321")
    assert len(shop.sell(hoa, 10_000).instant_rewards) == 1
    shop.do(MergeCustomers(customer_id=lan, other_id=hoa, reason="one person"))
    assert shop.sell(lan, 10_000).instant_rewards == ()


def test_it_comes_last_and_of_a_group_only_one(shop: RewardShop) -> None:
    first, second = shop.reward(), shop.reward()
    shop.rule()
    gives(shop, first, RuleScope(group="gifts"))
    gives(shop, second, RuleScope(group="gifts"))
    gives(shop, second, only=Selection(skus=("NONE",)))
    sold = shop.sell(shop.customer(), 50_000)
    assert (sold.points, [one.reward_id for one in sold.instant_rewards]) == (5, [first])


def test_what_cannot_be_given_is_refused(shop: RewardShop, api: ApiClient) -> None:
    reward = shop.reward()
    draft = {"name": "Gift", "terms": {"kind": "instant_reward", "reward_id": str(reward)}}
    limited = draft | {"scope": {"limits": [{"of": "times", "most": 1}, {"of": "points", "most": 5}]}}
    assert refusal(api.post(RULES, limited)) == (422, "earning.rule_gives_no_points", "/scope/limits/1/of")
    unknown = replace_reward(draft, uuid4())
    assert refusal(api.post(RULES, unknown)) == (422, "earning.rule_reward_unknown", "/terms/reward_id")


def replace_reward(body: dict[str, Any], reward: UUID) -> dict[str, Any]:
    return body | {"terms": body["terms"] | {"reward_id": str(reward)}}


def test_a_marketer_makes_one_in_the_administration(shop: RewardShop, admin_site: Any) -> None:
    reward = shop.reward(name="Bánh mì")
    add = "/admin/earning/rule/add-instant-reward/"
    assert "Bánh mì" in text_of(admin_site.get(add))
    form = {"name": "Gift", "reward_id": str(reward), "minimum": "100000", "zone": shop.tenant.time_zone, "command_id": str(uuid4())}
    page = text_of(admin_site.post(add, form, follow=True))
    assert "The reward “Free coffee”." in page
