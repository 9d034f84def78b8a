"""Codes that customers bring: claimed once, used in the same stroke at a till, and one that all share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import MergeCustomers
from loyalty.domain.errors import DomainError
from loyalty.lookup import unseal
from loyalty.tenancy import reading
from rewards import queries
from rewards.commands import (
    ActivateReward,
    AddSharedCode,
    CancelCoupon,
    ClaimCode,
    CustomerLimit,
    EndReward,
    PauseReward,
    UseCoupon,
    ValueCode,
    WithdrawBatch,
)
from tests.customers.test_own_pages import mine
from tests.customers.test_shell import joined
from tests.earning.counter import in_parallel, rows
from tests.rewards.given import RewardShop, codes, wrong_guards
from tests.rewards.test_api import app
from tests.rewards.test_code_batches import stocked
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def on_paper(shop: RewardShop, batch: UUID) -> list[str]:
    """The codes of a batch in their order, as they would be printed."""
    found = rows("rewards_code", shop.tenant, "number, id, sealed, batch_id", "number")
    return [unseal(sealed, "rewards_code", shop.tenant.id, key).decode() for _, key, sealed, of in found if of == batch]


def brought(shop: RewardShop, code: str, customer: UUID, **more: Any) -> ClaimCode:
    """The order of a customer who brings a code."""
    with reading(shop.tenant.id):
        found = queries.code_brought(code, customer)
    return ClaimCode(customer_id=customer, reward_id=found.reward_id, code_id=found.code_id, **more)


def refused(shop: RewardShop, code: str, customer: UUID) -> str:
    try:
        shop.do(brought(shop, code, customer, by_customer=True))
    except DomainError as refusal:
        return refusal.code
    return ""


def test_a_code_on_paper_is_claimed_by_whoever_types_it_first(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 2)
    first, second = on_paper(shop, batch)
    an, binh = shop.customer(), shop.customer()
    got = shop.do(brought(shop, f" {first.lower().replace('-', ' ')} ", an, by_customer=True))
    assert (got.state, got.points, got.code, got.reward_id) == ("active", 0, first, reward)
    assert rows("rewards_coupon", shop.tenant, "way, batch_id, customer_id") == [("voucher", batch, an)]
    with reading(shop.tenant.id):
        assert queries.coupon_code(got.coupon_id) == first
        assert queries.code_brought(first, an).coupon_id == got.coupon_id
    assert [refused(shop, one, binh) for one in (first, second)] == ["rewards.code_not_good", ""]
    assert wrong_guards(shop.tenant) == []


def test_unknown_used_withdrawn_and_over_are_answered_alike(shop: RewardShop) -> None:
    (_, taken), (_, gone), (over, ended) = stocked(shop, 1), stocked(shop, 1), stocked(shop, 1)
    stranger, holder = shop.customer(), shop.customer()
    used = shop.do(brought(shop, on_paper(shop, taken)[0], holder))
    shop.do(UseCoupon(coupon_id=used.coupon_id))
    shop.do(WithdrawBatch(batch_id=gone, reason="Wrong"))
    shop.do(EndReward(reward_id=over))
    for code in ("SEN-0000-0000-0000-0", "", "\0", "１２３４５６", *(on_paper(shop, batch)[0] for batch in (taken, gone, ended))):
        assert refused(shop, code, stranger) == "rewards.code_not_good", code
    assert rows("rewards_coupon", shop.tenant, "customer_id") == [(holder,)]


@pytest.mark.rounds
def test_of_50_who_bring_one_code_one_gets_it(shop: RewardShop) -> None:
    _reward, batch = stocked(shop, 1)
    customers = [shop.customer() for _ in range(50)]
    orders = [brought(shop, on_paper(shop, batch)[0], one, use=True) for one in customers]
    results = in_parallel(50, lambda n: shop.do(orders[n]))
    assert codes(results) == [""] + ["rewards.code_not_good"] * 49
    assert rows("rewards_coupon", shop.tenant, "state") == [("used",)]
    assert wrong_guards(shop.tenant) == []


@pytest.mark.rounds
def test_who_redeems_and_who_brings_the_same_code_do_not_both_get_it(shop: RewardShop) -> None:
    for _ in range(5):
        reward, batch = stocked(shop, 1)
        paper, points = brought(shop, on_paper(shop, batch)[0], shop.customer()), shop.with_points(100)
        results = in_parallel(2, lambda n, p=paper, r=reward, c=points: shop.redeem(c, r) if n else shop.do(p))
        assert codes(results)[0] == ""
        assert codes(results)[1] in {"rewards.code_not_good", "rewards.out_of_codes"}
    assert wrong_guards(shop.tenant) == []


def test_a_code_is_not_used_up_where_the_reward_is_not_for(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 1, merchants=(uuid4(),), stock=5)
    order = brought(shop, on_paper(shop, batch)[0], shop.customer(), use=True, merchant_id=shop.merchant_id, pos_id=shop.pos_id)
    with pytest.raises(DomainError, match=r"rewards\.not_here"):
        shop.do(order)
    with reading(shop.tenant.id):
        assert queries.code_batches(reward)[0].left == 1
    assert wrong_guards(shop.tenant) == []


@pytest.mark.rounds
def test_one_code_for_all_gives_each_customer_what_the_limits_allow(shop: RewardShop) -> None:
    reward = shop.reward(codes="shared", stock=3, limits=(CustomerLimit(most=1),))
    batch = shop.do(AddSharedCode(reward_id=reward, code="Tet-2027"))
    assert (batch.state, batch.codes) == ("open", 1)
    customers = [shop.customer() for _ in range(5)]
    orders = [brought(shop, "TET 2O27", one) for one in customers for _ in range(10)]
    results = in_parallel(50, lambda n: shop.do(orders[n]))
    assert codes(results).count("") == 3
    assert {*codes(results)} <= {"", "rewards.limit_reached", "rewards.out_of_stock"}
    assert len({*rows("rewards_coupon", shop.tenant, "customer_id")}) == 3
    assert rows("rewards_coupon", shop.tenant, "distinct batch_id, count(*) over ()")[0][0] == batch.batch_id
    (holder,) = rows("rewards_coupon", shop.tenant, "id", "issued_at limit 1")[0]
    with reading(shop.tenant.id):
        assert queries.coupon_code(holder) == "Tet-2027"
        assert queries.code_batch(batch.batch_id).issued == 3
    assert wrong_guards(shop.tenant) == []


@pytest.mark.rounds
def test_by_one_code_for_all_a_customer_gets_one_however_often_they_bring_it(shop: RewardShop) -> None:
    reward = shop.reward(ValueCode(amount=50_000), codes="shared")
    for code in ("FOR-ALL-1", "FOR-ALL-2"):
        shop.do(AddSharedCode(reward_id=reward, code=code))
    an = shop.customer()
    orders = [brought(shop, "FOR-ALL-1", an, use=True, worth=50_000) for _ in range(8)]
    results = in_parallel(8, lambda n: shop.do(orders[n]))
    assert codes(results) == [""] + ["rewards.limit_reached"] * 7
    assert (refused(shop, "FOR-ALL-1", an), refused(shop, "FOR-ALL-2", an)) == ("rewards.limit_reached", "")
    assert refused(shop, "FOR-ALL-1", shop.customer()) == ""
    assert wrong_guards(shop.tenant) == []


def test_who_turn_out_to_be_one_get_one_by_a_code_for_all(shop: RewardShop) -> None:
    shop.do(AddSharedCode(reward_id=shop.reward(codes="shared"), code="FOR-ALL-3"))
    hoa, lan = shop.customer(first_name="Hoa", phone="+84912345678"), shop.customer(first_name="Lan", phone="+84987654321")
    had = shop.do(brought(shop, "FOR-ALL-3", lan))
    shop.do(MergeCustomers(customer_id=lan, other_id=hoa, reason="one person"))
    assert refused(shop, "FOR-ALL-3", hoa) == "rewards.limit_reached"
    shop.do(CancelCoupon(coupon_id=had.coupon_id, reason="Nhầm"))
    assert refused(shop, "FOR-ALL-3", hoa) == ""
    assert wrong_guards(shop.tenant) == []


def test_nobody_gets_anything_by_a_code_of_a_reward_that_is_paused_or_scheduled(shop: RewardShop) -> None:
    paused, later = shop.reward(codes="shared"), shop.reward(codes="shared", at=datetime.now(UTC) + timedelta(days=30))
    for reward, code in ((paused, "LEAKED-1"), (later, "EARLY-01")):
        shop.do(AddSharedCode(reward_id=reward, code=code))
    stock, batch = stocked(shop, 1)
    paper, an = on_paper(shop, batch)[0], shop.customer()
    for reward in (paused, stock):
        shop.do(PauseReward(reward_id=reward))
    assert {refused(shop, code, an) for code in ("LEAKED-1", "EARLY-01", paper)} == {"rewards.code_not_good"}
    for reward in (paused, stock, later):
        shop.do(ActivateReward(reward_id=reward))
    assert {refused(shop, code, an) for code in ("LEAKED-1", "EARLY-01", paper)} == {""}
    assert wrong_guards(shop.tenant) == []


def test_used_in_the_same_stroke_it_takes_off_no_more_than_its_value(shop: RewardShop) -> None:
    _reward, batch = stocked(shop, 1, benefit=ValueCode(amount=5_000))
    code, an = on_paper(shop, batch)[0], shop.customer()
    for worth in (10**15, 5_001, -1):
        with pytest.raises(DomainError, match=r"rewards\.number_out_of_range") as refusal:
            shop.do(brought(shop, code, an, use=True, worth=worth))
        assert refusal.value.field == "worth"
    assert shop.do(brought(shop, code, an, use=True, worth=5_000)).state == "used"


def test_who_redeems_a_reward_with_one_code_for_all_is_shown_it(shop: RewardShop) -> None:
    reward = shop.reward(codes="shared")
    bare = shop.redeem(customer := shop.with_points(200), reward)
    shop.do(AddSharedCode(reward_id=reward, code="WELCOME"))
    got = shop.redeem(customer, reward)
    with reading(shop.tenant.id):
        assert [queries.coupon_code(one.coupon_id) for one in (bare, got)] == ["", "WELCOME"]


def test_a_code_that_is_there_or_nobody_can_type_is_refused(shop: RewardShop) -> None:
    shared, plain = shop.reward(codes="shared"), shop.reward()
    _stock, batch = stocked(shop, 1)
    shop.do(AddSharedCode(reward_id=shared, code="SUMMER-1"))
    for order, code in (
        (AddSharedCode(reward_id=shared, code="summer I"), "rewards.code_taken"),
        (AddSharedCode(reward_id=shared, code=on_paper(shop, batch)[0]), "rewards.code_taken"),
        (AddSharedCode(reward_id=shared, code="TẾT-2027"), "rewards.code_unreadable"),
        (AddSharedCode(reward_id=shared, code="A-B-C"), "rewards.code_unreadable"),
        (AddSharedCode(reward_id=shared, code="A" * 41), "rewards.code_unreadable"),
        (AddSharedCode(reward_id=shared, code="ABCDEF\0G"), "rewards.code_unreadable"),
        (AddSharedCode(reward_id=plain, code="ABCDEF"), "rewards.codes_not_shared"),
    ):
        with pytest.raises(DomainError) as refusal:
            shop.do(order)
        assert refusal.value.code == code
    assert len(rows("rewards_code_batch", shop.tenant, "id")) == 2
    assert wrong_guards(shop.tenant) == []


def test_over_the_api_a_customer_claims_and_a_till_uses(shop: RewardShop, api: ApiClient) -> None:
    _reward, batch = stocked(shop, 2)
    first, second = on_paper(shop, batch)
    an, binh = shop.customer(), shop.customer()
    own, other = app(shop, api, an), app(shop, api, binh)
    assert own.post("/api/v1/me/coupons/claim?dry_run=true", {"code": first}).status_code == 200
    got = own.post("/api/v1/me/coupons/claim", {"code": first})
    assert (got.status_code, got.json()["code"]) == (201, first)
    again = own.post("/api/v1/me/coupons/claim", {"code": first})
    assert (again.status_code, again.json()["code"]) == (409, "rewards.code_yours")
    for wrong in (first, "NOTHING-LIKE-IT"):
        answer = other.post("/api/v1/me/coupons/claim", {"code": wrong})
        assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (404, "rewards.code_not_good", "/code")
    till = f"/api/v1/customers/{binh}/coupons/claim"
    used = api.post(till, {"code": second, "use": True, "worth": 5_000})
    assert (used.status_code, used.json()["state"], used.json()["code"]) == (201, "used", "")
    mine = api.post(f"/api/v1/customers/{an}/coupons/claim", {"code": first, "use": True})
    assert (mine.status_code, mine.json()["state"], mine.json()["coupon_id"]) == (201, "used", got.json()["coupon_id"])
    assert [one for (one,) in rows("rewards_coupon", shop.tenant, "worth", "worth")] == [0, 5_000]


def test_in_the_administration_a_code_for_all_is_added(shop: RewardShop, admin_user: Any) -> None:
    site = visitor(shop.tenant, admin_user)
    reward = shop.reward(codes="shared")
    page = f"/admin/rewards/reward/{reward}/"
    assert "shared-code" in site.get(f"{page}change/").content.decode()
    assert "from 6 to 40" in text_of(site.post(f"{page}shared-code/", {"code": "ABC"}))
    said = text_of(site.post(f"{page}shared-code/", {"code": "TET-2027"}, follow=True))
    assert "The code can be used." in said
    assert "one code for all" in said
    assert "TET-2027" not in said


def test_a_customer_types_the_code_in_the_app(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 2)
    code, taken = on_paper(shop, batch)
    joined(shop.tenant, site := visitor(shop.tenant))
    shop.do(brought(shop, taken, shop.customer()))
    page, once = "/app/rewards/code/", str(uuid4())
    assert page in site.get("/app/rewards/mine/").content.decode()
    for wrong in (taken, "NOTHING-LIKE-IT"):
        answer = site.post(page, {"once": once, "code": wrong})
        assert (answer.status_code, "This code is not good." in text_of(answer)) == (422, True)
    first, second = (site.post(page, {"once": once, "code": code.lower()}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert code in text_of(site.get(first.headers["Location"]))
    assert sorted(rows("rewards_coupon", shop.tenant, "reward_id, way")) == [(reward, "voucher")] * 2
    assert mine(shop.tenant) in {who for (who,) in rows("rewards_coupon", shop.tenant, "customer_id")}
