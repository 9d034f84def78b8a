"""A history says what its ids belong to, with few questions, and only to those who may know."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.commands import RegisterCustomer
from earning import queries
from earning.commands import (
    ActivateLevelSet,
    ActivateRule,
    Condition,
    CreateRule,
    InstallStarterLevels,
    Limit,
    PointsPerAmount,
    RecordPurchase,
    ReturnGoods,
    RuleScope,
)
from earning.models import Rule
from loyalty.staff.models import Role
from loyalty.staff.tenants import add_user
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.given import line
from tests.earning.shops import Shops
from tests.pos.given import a_seller, nobody, say
from tests.support.client import visitor
from tests.support.pages import text_of
from tests.support.people import PASSWORD

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def sold(tenant: Tenant, shops: Shops, number: str, *, store: bool = False) -> UUID:
    command = RecordPurchase(
        customer_id=shops.customer, merchant_id=shops.tech if store else shops.cafe, pos_id=shops.store if store else shops.corner,
        document_scope="merchant" if store else "pos", document_number=number, purchased_at=datetime.now(UTC) - timedelta(minutes=1),
        zone=tenant.time_zone, currency="VND", total=120_000, lines=(line(120_000, 2, name="<b>Cà phê</b>"),),
    )  # fmt: skip
    return say(tenant, command).purchase_id


def taken_back(tenant: Tenant, shops: Shops, purchase_id: UUID, number: str) -> None:
    command = ReturnGoods(
        purchase_id=purchase_id, customer_id=shops.customer, merchant_id=shops.cafe, pos_id=shops.corner, document_scope="pos",
        document_number=number, returned_at=datetime.now(UTC), zone=tenant.time_zone,
    )  # fmt: skip
    say(tenant, command)


def account(tenant: Tenant, shops: Shops) -> str:
    with reading(tenant.id):
        return f"/admin/earning/account/{queries.account(shops.customer).account_id}/history/"


@pytest.fixture
def bought(tenant: Tenant, shops: Shops) -> str:
    """The address of the history of a purchase that came back."""
    made = sold(tenant, shops, "HD-17")
    taken_back(tenant, shops, made, "HD-17-R1")
    return f"/admin/earning/purchase/{made}/history/"


def test_a_purchase_and_its_account_name_what_they_are_about(tenant: Tenant, admin_site: Any, shops: Shops, bought: str) -> None:
    said = text_of(admin_site.get(bought))
    for shown in ("Nguyễn Thị Đường ·", "Cà phê Sáng", "Cà phê Sáng · Lê Lợi", "Purchase HD-17", "Return HD-17-R1"):
        assert shown in said, shown
    assert ID.findall(said) == []
    page = admin_site.get(account(tenant, shops))
    said = text_of(page)
    for shown in ("Earning rule: Một điểm mỗi 10.000 ₫", "Lot of points HD-17", "Points account Nguyễn Thị Đường", "Return HD-17-R1"):
        assert shown in said, shown
    assert ID.findall(said) == []
    with reading(tenant.id):
        rule = Rule.objects.get().id
    links = set(re.findall(r'href="(/admin/[^"]+/change/)"', page.content.decode()))
    assert {f"/admin/earning/rule/{rule}/change/", f"/admin/customers/customer/{shops.customer}/change/"} <= links


def test_what_counts_together_is_known_by_its_rule(tenant: Tenant, admin_site: Any, shops: Shops) -> None:
    terms = PointsPerAmount(points=Decimal(1), per=50_000, currency="VND", whole_steps=True, carry=True)
    made = say(tenant, CreateRule(name="Tích dồn", terms=terms))
    say(tenant, ActivateRule(rule_id=made.rule_id, effective_at=datetime(2020, 1, 1, tzinfo=UTC)))
    sold(tenant, shops, "HD-18")
    said = text_of(admin_site.get(account(tenant, shops)))
    assert "Counted by Tích dồn" in said
    assert ID.findall(said) == []


def test_what_people_typed_stays_text(admin_site: Any, bought: str) -> None:
    page = admin_site.get(bought).content.decode()
    assert "&lt;b&gt;Cà phê&lt;/b&gt;" in page
    assert "<b>Cà phê" not in page


def test_merchants_places_and_sellers_are_named(tenant: Tenant, admin_site: Any, seller_user: Any, shops: Shops) -> None:
    a_seller(tenant, seller_user, shops.corner)
    for page, shown in (
        (f"pos/pointofsale/{shops.corner}", "Merchant Cà phê Sáng"),
        (f"pos/merchant/{shops.cafe}", "Merchant Cà phê Sáng"),
        (f"pos/seller/{seller_user.id}", "Member of staff Seller Point of sale Cà phê Sáng · Lê Lợi"),
        (f"customers/customer/{shops.customer}", "Customer Nguyễn Thị Đường ·"),
    ):
        said = text_of(admin_site.get(f"/admin/{page}/history/"))
        assert shown in said, shown
        assert ID.findall(said) == []


def test_a_birth_date_is_a_day(tenant: Tenant, admin_site: Any) -> None:
    made = say(tenant, RegisterCustomer(first_name="An", birth_date=date(1990, 5, 1))).customer_id
    assert "Birth date 1 May 1990" in text_of(admin_site.get(f"/admin/customers/customer/{made}/history/"))


def test_an_id_that_nobody_knows_stays_an_id(tenant: Tenant, admin_site: Any, shops: Shops) -> None:
    lost = nobody()
    command = RecordPurchase(
        customer_id=None, merchant_id=shops.tech, pos_id=lost, document_scope="merchant", document_number="HD-1",
        purchased_at=datetime.now(UTC), zone=tenant.time_zone, currency="VND", total=1_000, lines=(line(1_000),),
    )  # fmt: skip
    made = say(tenant, command).purchase_id
    assert f"Point of sale {lost}" in text_of(admin_site.get(f"/admin/earning/purchase/{made}/history/"))


def test_many_events_take_no_more_questions_than_few(tenant: Tenant, admin_site: Any, shops: Shops) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin_site.get(account(tenant, shops)).status_code == 200
        return len(seen)

    sold(tenant, shops, "HD-1")
    asked()
    few = asked()
    for number in range(2, 12):
        sold(tenant, shops, f"HD-{number}", store=number % 2 == 0)
    assert asked() <= few


def test_documents_of_other_merchants_stay_unnamed(tenant: Tenant, shops: Shops) -> None:
    sold(tenant, shops, "HD-17")
    sold(tenant, shops, "HD-18", store=True)
    wanted = ["staff.enter_admin", "earning.see_purchases", "earning.see_accounts", "history.see"]
    with reading(tenant.id):
        Role.objects.create(tenant=tenant, code="keeper", name="Shopkeeper", permissions=wanted)
    keeper = a_seller(tenant, add_user(tenant.id, "keeper@example.com", PASSWORD, role_code="keeper"), shops.corner)
    page = visitor(tenant, keeper).get(account(tenant, shops))
    said = text_of(page)
    assert "Purchase HD-17" in said
    assert "HD-18" not in said
    assert f"/admin/customers/customer/{shops.customer}/change/" not in page.content.decode()


def test_a_history_says_what_a_rule_asks_and_gives_in_words(tenant: Tenant, admin_site: Any) -> None:
    sundays = Condition(op="eq", field="purchase.weekday", values=(6,))
    asked = Condition(op="and", parts=(sundays, Condition(op="ge", field="customer.purchases", values=(3,))))
    scope = RuleScope(condition=asked, minimum=50_000, limits=(Limit(of="times", most=1),))
    made = say(tenant, CreateRule(name="Tried", terms=PointsPerAmount(points=Decimal(1), per=10_000, currency="VND"), scope=scope))
    said = text_of(admin_site.get(f"/admin/earning/rule/{made.rule_id}/history/"))
    assert "If weekday is Sunday and number of the customer's purchases before is at least 3." in said
    assert "1 point for each ₫10,000 spent" in said
    assert not [code for code in ("purchase.weekday", "eq,", "and,", "times,") if code in said]


def test_the_history_of_a_level_set_says_names_and_percents(tenant: Tenant, admin_site: Any) -> None:
    set_id = say(tenant, InstallStarterLevels(starter="classic", currency="VND", language="vi")).set_id
    say(tenant, ActivateLevelSet(set_id=set_id))
    said = text_of(admin_site.get(f"/admin/earning/levelset/{set_id}/history/"))
    assert all(part in said for part in ("Level set Member, Bronze, Silver, Gold", "Discount: 5%", "Kind: Points earned"))
    assert ID.search(said) is None
