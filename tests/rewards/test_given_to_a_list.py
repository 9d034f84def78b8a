"""A reward for the customers of a file: each gets one, once, and who gets none stands in the report with the reason."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.commands import DeactivateCustomer
from loyalty.jobs.models import JobRun
from loyalty.staff.models import Role
from loyalty.tenancy import reading
from rewards.commands import CustomerLimit, PauseReward
from rewards.permissions import EDIT_REWARDS, GIVE, SEE_REWARDS
from rewards.tasks import give_to_listed
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, wrong_guards
from tests.rewards.test_codes_uploaded import reported
from tests.support.client import visitor
from tests.support.pages import form_of, text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def sent(shop: RewardShop, site: Any, reward: UUID, body: str) -> JobRun:
    """A file that was sent, with its column as it was found, and taken in."""
    given = SimpleUploadedFile("list.csv", body.encode())
    page = site.post(f"/admin/rewards/reward/{reward}/give-to-list/", {"file": given})
    assert page.status_code == 302, text_of(page)
    at = page.headers["Location"]
    assert site.post(at, form_of(site.get(at))).status_code == 302
    run_id = re.findall(r"[0-9a-f-]{36}", at)[0]
    give_to_listed(shop.tenant.id, run_id)
    with reading(shop.tenant.id):
        return JobRun.objects.get(pk=run_id)


def had(shop: RewardShop) -> list[Any]:
    return rows("rewards_coupon", shop.tenant, "customer_id, way, points", "issued_at")


def test_each_customer_of_a_file_gets_one_and_the_others_are_told_by_their_line(shop: RewardShop, admin_site: Any) -> None:
    hoa, lan, gone = (shop.customer(first_name="x", phone=f"+8491234567{n}") for n in range(3))
    code = dict(rows("customers_customer", shop.tenant, "id, code"))[lan]
    shop.do(DeactivateCustomer(customer_id=gone, reason="x"))
    reward = shop.reward(stock=2)
    body = "\n".join(["Khách hàng;Ghi chú", "0912345670;a", f"{code.lower()};b", "0912345672;c", "0999999999;d", ";e", "0912345670;f"])
    run = sent(shop, admin_site, reward, body)
    assert (run.state, run.summary) == ("done", {"rows": 6, "recorded": 2, "unchanged": 1, "refused": 3})
    assert reported(shop, run) == [(4, "earning.customer_not_active"), (5, "customers.not_found"), (6, "imports.empty")]
    assert sorted(had(shop)) == sorted([(hoa, "imported", 0), (lan, "imported", 0)])
    again = sent(shop, admin_site, reward, body)
    assert (again.summary["unchanged"], len(had(shop))) == (3, 2), "the same file gives nobody a second one"
    more = sent(shop, admin_site, reward, "phone\n0912345670")
    assert reported(shop, more) == [(2, "rewards.out_of_stock")]
    assert wrong_guards(shop.tenant) == []


def test_limits_hold_and_what_is_not_to_be_had_is_given_to_nobody(shop: RewardShop, admin_site: Any) -> None:
    hoa = shop.customer(phone="+84912345670")
    reward = shop.reward(limits=(CustomerLimit(most=1),))
    shop.give(hoa, reward)
    assert reported(shop, sent(shop, admin_site, reward, "phone\n0912345670")) == [(2, "rewards.limit_reached")]
    shop.do(PauseReward(reward_id=reward))
    assert len(had(shop)) == 1


def test_who_may_not_give_rewards_sends_no_list(shop: RewardShop, make_user: Any) -> None:
    reward = shop.reward()
    for code, rights, status in (("edits", (EDIT_REWARDS,), 403), ("gives", (GIVE,), 403), ("both", (EDIT_REWARDS, GIVE), 200)):
        with reading(shop.tenant.id):
            Role.objects.create(tenant_id=shop.tenant.id, code=code, name=code, permissions=["staff.enter_admin", SEE_REWARDS, *rights])
        site = visitor(shop.tenant, make_user(shop.tenant, code))
        assert site.get(f"/admin/rewards/reward/{reward}/give-to-list/").status_code == status, code
