"""A reward for everybody in a segment: decided once, given once to each, stopped and taken up again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

import rewards.giving
from customers.commands import CreateSegment, DeactivateCustomer, DeactivateSegment, EnterSegment
from loyalty.domain.errors import DomainError
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import ask_to_stop, let_go_on
from loyalty.tenancy import reading
from rewards.commands import DiscountAmount, GiveReward, GiveToSegment
from rewards.tasks import give_to_segment
from tests.earning.counter import rows
from tests.pos.given import bring_level
from tests.rewards.given import RewardShop, wrong_guards
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def segment(shop: RewardShop, customers: int) -> tuple[UUID, list[UUID]]:
    """A segment, and who is in it."""
    made = shop.do(CreateSegment(code=f"s{uuid4().hex[:8]}", name="Regulars")).segment_id
    whose = sorted(shop.with_points(0) for _ in range(customers))
    for one in whose:
        shop.do(EnterSegment(segment_id=made, customer_id=one))
    return made, whose


def had(shop: RewardShop) -> list[UUID]:
    return [one for (one,) in rows("rewards_coupon", shop.tenant, "customer_id", "customer_id")]


def work(shop: RewardShop) -> None:
    """What waits is worked off, as a worker does."""
    bring_level("rewards.givings")
    give_to_segment(shop.tenant.id, str(run_of(shop).pk))


def run_of(shop: RewardShop) -> JobRun:
    with reading(shop.tenant.id):
        return JobRun.objects.get(tenant_id=shop.tenant.id, kind=rewards.giving.KIND)


def test_everybody_gets_one_and_who_cannot_stands_in_the_report(shop: RewardShop) -> None:
    made, whose = segment(shop, 5)
    reward = shop.reward(DiscountAmount(amount=20_000), points=100, stock=4)
    shop.do(DeactivateCustomer(customer_id=whose[1], reason="Moved away"))
    tried = shop.do(GiveToSegment(reward_id=reward, segment_id=made), dry_run=True)
    assert (tried.customers, tried.left, tried.cost) == (5, 4, 80_000)
    assert had(shop) == []
    shop.do(GiveToSegment(reward_id=reward, segment_id=made))
    for _ in range(2):
        work(shop)
    assert had(shop) == [one for one in whose if one != whose[1]]
    assert rows("jobs_reportline", shop.tenant, "code") == [("earning.customer_not_active",)]
    assert (run_of(shop).state, run_of(shop).done) == ("done", 5)
    assert run_of(shop).summary == {"coupons_given": 4, "coupons_not_given": 1}
    assert rows("rewards_coupon", shop.tenant, "distinct way, points") == [("campaign", 0)]
    assert wrong_guards(shop.tenant) == []


def test_what_was_stopped_goes_on_and_gives_nobody_two(shop: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    made, whose = segment(shop, 5)
    reward = shop.reward(points=100)
    monkeypatch.setattr(rewards.giving, "AT_ONCE", 2)
    monkeypatch.setattr("loyalty.jobs.work.EVERY_SECONDS", 0)
    give, stops = rewards.giving._give, iter([True])

    def stopping(work: Any, *told: Any) -> None:
        give(work, *told)
        if next(stops, False):
            ask_to_stop(work.tenant_id, work.run_id)

    monkeypatch.setattr(rewards.giving, "_give", stopping)
    shop.do(GiveToSegment(reward_id=reward, segment_id=made))
    work(shop)
    assert (run_of(shop).state, had(shop)) == ("cancelled", whose[:2])
    assert let_go_on(shop.tenant.id, run_of(shop).pk)
    work(shop)
    assert (run_of(shop).state, had(shop), run_of(shop).summary["coupons_given"]) == ("done", whose, 5)


def test_nobody_and_nothing_is_refused(shop: RewardShop) -> None:
    empty, _none = segment(shop, 0)
    full, _one = segment(shop, 1)
    reward = shop.reward()
    ended = {"segment_id": full, "reward_id": uuid4()}
    for wrong, code in (
        ({"segment_id": empty, "reward_id": reward}, "rewards.segment_empty"),
        ({"segment_id": uuid4(), "reward_id": reward}, "customers.segment_unknown"),
        (ended, "rewards.reward_unknown"),
    ):
        with pytest.raises(DomainError) as refused:
            shop.do(GiveToSegment(**wrong))
        assert refused.value.code == code
    shop.do(DeactivateSegment(segment_id=full))
    with pytest.raises(DomainError, match=r"customers\.segment_unknown"):
        shop.do(GiveToSegment(segment_id=full, reward_id=reward))


def test_over_the_api_it_is_tried_and_begun(shop: RewardShop, api: ApiClient) -> None:
    made, whose = segment(shop, 2)
    shop.do(GiveReward(customer_id=whose[0], reward_id=(reward := shop.reward())))
    at = f"/api/v1/rewards/{reward}/give-to-segment"
    tried = api.post(f"{at}?dry_run=true", {"segment_id": str(made)})
    assert (tried.status_code, tried.json()["customers"], tried.json()["left"]) == (200, 2, None)
    assert api.post(at, {"segment_id": str(made)}).status_code == 202
    assert api.post(f"/api/v1/rewards/{uuid4()}/give-to-segment", {"segment_id": str(made)}).status_code == 404


def test_in_the_administration_it_is_foreseen_and_begun(shop: RewardShop, admin_user: Any) -> None:
    admin_client = visitor(shop.tenant, admin_user)
    made, _whose = segment(shop, 3)
    reward = shop.reward(DiscountAmount(amount=20_000), stock=2)
    at = f"/admin/rewards/reward/{reward}/give-to-segment/"
    assert "Regulars (3)" in text_of(admin_client.get(at))
    said = text_of(admin_client.post(at, {"segment_id": str(made)}, headers={"HX-Request": "true"}))
    for part in ("3 customers are in it.", "There are only 2 left", "It costs you"):
        assert part in said, said
    assert "Choose a segment." in text_of(admin_client.post(at, {"segment_id": ""}))
    begun = admin_client.post(at, {"segment_id": str(made), "command_id": str(uuid4())})
    assert begun.headers["Location"] == "/admin/jobs/jobrun/"
    bring_level("rewards.givings")
    assert (run_of(shop).state, str(run_of(shop).title)) == ("waiting", "“Coffee” cho “Regulars”")
