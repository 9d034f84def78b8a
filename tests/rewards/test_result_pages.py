"""The results of a reward in the administration, as a file, and over the API."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from uuid import UUID

import pytest

from loyalty.projections.runner import project_all
from loyalty.staff.models import PrivilegedRead
from loyalty.staff.permissions import SELLER, SUPPORT
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.admin.charts import rounded_up
from rewards.commands import DiscountAmount
from tests.rewards.given import RewardShop, bought
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


@pytest.fixture
def reward(shop: RewardShop) -> UUID:
    """A reward used on one purchase of 95,000 ₫, beside another purchase of 70,000 ₫."""
    found = shop.reward(DiscountAmount(amount=5_000), points=10, name="=Coffee")
    customer = shop.with_points(500)
    shop.sell(customer, 70_000)
    shop.confirm(shop.hold(customer, bought(found)).basket_id)
    project_all()
    return found


def test_the_page_says_what_a_reward_brought_in_words_charts_and_tables(tenant: Tenant, marketer_user: Any, reward: UUID) -> None:
    marketer = visitor(tenant, marketer_user)
    assert f"/admin/rewards/reward/{reward}/results/" in marketer.get(f"/admin/rewards/reward/{reward}/change/").content.decode()
    page = marketer.get(f"/admin/rewards/reward/{reward}/results/")
    told, shown = text_of(page), page.content.decode()
    assert page.status_code == 200
    assert all(one in told for one in ("95,000", "70,000", "5,000", "Revenue with", "Issued: 1, Used: 1"))
    assert shown.count('role="img"') == 2
    assert f"reward={reward}" in shown


def test_the_file_has_every_day_and_taking_it_is_noted(tenant: Tenant, marketer_user: Any, reward: UUID) -> None:
    answer = visitor(tenant, marketer_user).get(f"/admin/rewards/reward/{reward}/results/export/")
    table = [*csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))]  # type: ignore[attr-defined]
    assert (len(table), table[0][:3]) == (31, ["Day", "Issued", "Used"])
    assert table[-1][1:3] == ["1", "1"]
    assert table[-1][-5:] == ["5000", "1", "95000", "1", "70000"]
    with reading(tenant.id):
        noted = PrivilegedRead.objects.filter(tenant_id=tenant.id, what__contains="rewards.results")
        assert [one.subject for one in noted] == [str(reward)]


@pytest.mark.parametrize(
    "asked", ["first=tomorrow", "first=2026-03-02&last=2026-03-01", "first=0001-01-01", "last=9999-12-31", "first=%00"]
)
def test_days_that_are_none_are_told_beside_the_usual_ones(tenant: Tenant, marketer_user: Any, reward: UUID, asked: str) -> None:
    page = visitor(tenant, marketer_user).get(f"/admin/rewards/reward/{reward}/results/?{asked}")
    assert page.status_code == 200
    assert 'id="id_wrong"' in page.content.decode()


@pytest.mark.parametrize("role", [SUPPORT, SELLER])
def test_who_may_not_see_results_is_offered_none(tenant: Tenant, make_user: Any, reward: UUID, role: str) -> None:
    member = visitor(tenant, make_user(tenant, role))
    assert member.get(f"/admin/rewards/reward/{reward}/results/").status_code in {302, 403}
    assert f"/{reward}/results/" not in member.get(f"/admin/rewards/reward/{reward}/change/").content.decode()


def test_the_api_says_the_same(api: ApiClient, reward: UUID) -> None:
    found = api.get(f"/api/v1/rewards/{reward}/results").json()
    assert (found["total"]["revenue"], found["total"]["other_revenue"], len(found["days"])) == ({"VND": 95_000}, {"VND": 70_000}, 30)
    assert found["days"][-1]["figures"]["used"] == 1
    wrong = api.get(f"/api/v1/rewards/{reward}/results?first=2026-03-02&last=2026-03-01")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "rewards.period_invalid")
    assert api.get(f"/api/v1/rewards/{reward}/results?last=9999-12-31").json()["code"] == "rewards.date_out_of_range"
    assert api.get(f"/api/v1/rewards/{UUID(int=3)}/results").status_code == 404


@pytest.mark.parametrize(("value", "top"), [(0, 1), (1, 1), (3, 4), (7, 10), (95_000, 100_000), (100_001, 200_000)])
def test_a_chart_goes_up_to_a_round_number(value: int, top: int) -> None:
    assert rounded_up(value) == top
