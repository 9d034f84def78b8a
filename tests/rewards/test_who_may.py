"""Who may do what with rewards: over the API, in the administration and at the till; and what is not theirs is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib import admin

from customers.commands import CreateSegment
from loyalty.api.schema import roles_of
from loyalty.staff.models import Role, User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos.urls import urlpatterns as pos_urlpatterns
from rewards.commands import CreateReward, EndReward, GiftAddress, MaterialGift, RedeemReward, ShipGift, UseCoupon
from rewards.permissions import SEE_COUPONS, USE
from rewards.urls import api_urlpatterns
from tests.pos.counter import Till
from tests.pos.given import a_place, a_seller
from tests.rewards.doors import EVERYBODY, IN_THE_ADMINISTRATION, OVER_THE_API, OWN, STAFF
from tests.rewards.given import RewardShop, content
from tests.rewards.test_code_batches import stocked
from tests.support.client import visitor
from tests.support.pages import text_of

ROW = re.compile(r"\{\w+\}")
WITHOUT_FILE = {"codebatch/export/"}
"""Lists that have no columns for a file: who may export hears that there is none."""
OF_REWARDS = {"pos.views.paper", "pos.views.rewards"}


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


def had(shop: RewardShop) -> dict[str, UUID]:
    """A reward, and a coupon of it."""
    reward = shop.reward()
    return {"reward": reward, "coupon": shop.give(shop.customer(first_name="Hoa"), reward).coupon_id}


def one_of_each(shop: RewardShop) -> dict[str, UUID]:
    """What every page is about, in the state in which it is offered."""
    sent, hoa = shop.reward(MaterialGift(delivered=True)), shop.with_points(1_000)
    ordered, shipped = (
        shop.do(RedeemReward(customer_id=hoa, reward_id=sent, send_to=GiftAddress(recipient="Hoa", phone="0912345678", address="1 Lê Lợi")))
        for _ in range(2)
    )
    shop.do(ShipGift(coupon_id=shipped.coupon_id))
    used = shop.give(hoa, shop.reward()).coupon_id
    shop.do(UseCoupon(coupon_id=used))
    (stock, batch), ending = stocked(shop, 1), shop.reward()
    shop.do(EndReward(reward_id=ending, ends_at=datetime.now(UTC) + timedelta(days=30)))
    draft = shop.do(CreateReward(content=content())).reward_id
    made = {"ordered": ordered.coupon_id, "shipped": shipped.coupon_id, "used": used, "stocked": stock, "batch": batch}
    return had(shop) | made | {"shared": shop.reward(codes="shared"), "ending": ending, "draft": draft}


def test_over_the_api_each_role_may_what_it_is_there_for() -> None:
    parts = {f"{method} {one.pattern}": view for one in api_urlpatterns for method, view in one.callback.cls.parts.items()}  # type: ignore[union-attr]
    open_to = {name: " ".join(role for role in roles_of(view) if role in {*STAFF, OWN, EVERYBODY}) for name, view in parts.items()}
    assert open_to == OVER_THE_API


def test_every_page_of_the_administration_has_a_row() -> None:
    pages = {
        f"{model._meta.model_name}/{page.pattern}"
        for model, each in admin.site._registry.items()
        if model._meta.app_label == "rewards"
        for page in each.get_urls()
    }
    assert pages - {f"{name}/<path:object_id>/" for name in ("codebatch", "coupon", "reward")} == {
        ROW.sub("<path:object_id>", page) for page in IN_THE_ADMINISTRATION
    }


def test_in_the_administration_each_role_opens_what_it_is_there_for(shop: RewardShop, make_user: Callable[..., User]) -> None:
    ids = one_of_each(shop)
    shop.do(CreateSegment(code="all", name="All"))
    seen: dict[str, list[str]] = {page: [] for page in IN_THE_ADMINISTRATION}
    for role in STAFF:
        site = visitor(shop.tenant, make_user(shop.tenant, role))
        for page, roles in seen.items():
            status = site.get(f"/admin/rewards/{page.format(**ids)}").status_code
            assert status in ({404, 403, 302} if page in WITHOUT_FILE else {200, 302, 403}), (role, page, status)
            if status == 200:
                roles.append(role)
    assert {page: " ".join(roles) for page, roles in seen.items()} == IN_THE_ADMINISTRATION


def test_what_another_programme_has_is_not_there_in_the_administration(shop: RewardShop, other_tenant: Tenant, admin_site: Any) -> None:
    theirs = one_of_each(RewardShop(other_tenant))
    random = {name: uuid4() for name in theirs}
    for page in filter(ROW.search, IN_THE_ADMINISTRATION):
        answers = [admin_site.get(f"/admin/rewards/{page.format(**ids)}", follow=True) for ids in (theirs, random)]
        assert len({(one.status_code, len(one.content)) for one in answers}) == 1, page
        assert "Coffee" not in text_of(answers[0]), page
    told = {"command_id": str(uuid4()), "reason": "x"}
    for deed in ("use", "cancel"):
        assert [admin_site.post(f"/admin/rewards/coupon/{one['coupon']}/{deed}/", told).status_code for one in (theirs, random)] == [
            404
        ] * 2


def test_who_may_not_see_customers_learns_no_name_from_redemptions(shop: RewardShop, make_user: Callable[..., User]) -> None:
    hoa = shop.customer(first_name="Hoa", last_name="Nguyễn", phone="+84912345678")
    shop.give(hoa, shop.reward(name="Coffee"))
    with reading(shop.tenant.id):
        Role.objects.create(tenant_id=shop.tenant.id, code="blind", name="x", permissions=["staff.enter_admin", SEE_COUPONS, USE])
    site, seeing = (visitor(shop.tenant, make_user(shop.tenant, role)) for role in ("blind", "support"))
    for query in ("", f"customer={hoa}", "q=coffee"):
        page = text_of(site.get(f"/admin/rewards/coupon/?{query}"))
        assert ("Coffee" in page, "Hoa" in page) == (True, False), query
    for query in ("q=hoa", "q=0912345678", "q=%2B84912345678"):
        assert "Coffee" not in text_of(site.get(f"/admin/rewards/coupon/?{query}")), query
        assert "Coffee" in text_of(seeing.get(f"/admin/rewards/coupon/?{query}")), query
    assert "Hoa" in text_of(seeing.get(f"/admin/rewards/coupon/?customer={hoa}"))


@dataclass
class Screens:
    """The screens of rewards at a till, each with what is sent to it."""

    till: Till
    reward: UUID
    coupon: UUID

    def __iter__(self) -> Iterator[tuple[str, str, UUID, dict[str, Any]]]:
        chosen = {"amount": "100000", "choice": [f"coupon:{self.coupon}"]}
        yield "get", "till-rewards", self.till.customer_id, {}
        yield "post", "till-rewards", self.till.customer_id, chosen
        yield "get", "till-use-coupon", self.coupon, {}
        yield "post", "till-keep-rewards", self.till.customer_id, chosen
        yield "get", "till-basket", self.basket, {}
        yield "post", "till-confirm-basket", self.basket, {"total": "80000"}
        yield "post", "till-release-basket", self.basket, {}

    @property
    def basket(self) -> UUID:
        found = self.till.rows("select id from rewards_basket where tenant_id = %s")
        return UUID(str(found[0][0])) if found else uuid4()

    def answer(self, client: Any, method: str, name: str, about: UUID, told: dict[str, Any]) -> Any:
        return getattr(client, method)(self.till.at(name, about), told | ({"once": str(uuid4())} if method == "post" else {}))


@pytest.fixture
def screens(tenant: Tenant, seller_user: User) -> Screens:
    till, shop = Till(tenant, seller_user), RewardShop(tenant)
    reward = shop.reward()
    return Screens(till, reward, shop.give(till.customer_id, reward).coupon_id)


def test_every_screen_of_a_till_has_a_row(screens: Screens) -> None:
    """Who may claim a code is tested with the codes, for nothing is there without one."""
    known = {one.name for one in pos_urlpatterns if one.callback.__module__ in OF_REWARDS}
    assert known == {"till-claim-code", *(name for _method, name, _about, _told in screens)}


def test_the_screens_of_a_till_are_for_who_sells_there(
    screens: Screens, make_user: Callable[..., User], other_tenant: Tenant, tenant: Tenant
) -> None:
    elsewhere = a_seller(tenant, make_user(tenant, "seller"), a_place(tenant, "LL-2"))
    visitors = {role: visitor(tenant, make_user(tenant, role)) for role in ("marketer", "support", "reporter")}
    visitors |= {"nobody": visitor(tenant), "elsewhere": visitor(tenant, elsewhere)}
    visitors |= {"another programme": visitor(tenant, make_user(other_tenant, "seller"))}
    expected = dict.fromkeys(("marketer", "support", "reporter"), 403) | {"nobody": 302, "elsewhere": 404, "another programme": 302}
    for method, name, about, told in screens:
        for who, client in visitors.items():
            assert screens.answer(client, method, name, about, told).status_code == expected[who], (who, name)
        assert screens.answer(screens.till.client, method, name, about, told).status_code == 200, name
    assert screens.till.rows("select state from rewards_basket where tenant_id = %s") == [("confirmed",)]


def test_what_is_not_at_this_till_is_as_what_never_was(screens: Screens, other_tenant: Tenant) -> None:
    beside = RewardShop(other_tenant)
    stranger = beside.customer()
    theirs = beside.give(stranger, beside.reward()).coupon_id
    for method, name, _about, told in screens:
        for about in (theirs, stranger, uuid4()):
            assert screens.answer(screens.till.client, method, name, about, told).status_code == 404, (name, about)
    for foreign in (theirs, uuid4()):
        answer = screens.till.client.post(
            screens.till.at("till-keep-rewards", screens.till.customer_id),
            {"once": str(uuid4()), "amount": "100000", "choice": [f"coupon:{foreign}"]},
        )
        assert answer.status_code == 422
    assert screens.till.rows("select state from rewards_basket where tenant_id = %s") == []
