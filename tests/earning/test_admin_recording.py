"""Transaction → Add purchase: a purchase entered by hand, as it is on the receipt."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from customers.commands import EditCustomer, RegisterCustomer
from earning import queries
from earning.forms.lines import HELD
from earning.models import Purchase
from loyalty.staff.models import Role
from loyalty.staff.tenants import add_user
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.shops import Shops, recorded
from tests.pos.given import a_customer, a_seller, say
from tests.support.client import ApiClient, visitor
from tests.support.pages import field_of, text_of
from tests.support.people import PASSWORD

SALES = "/admin/earning/purchase/"
ADD = f"{SALES}add-purchase/"


def purchases(tenant: Tenant) -> list[Purchase]:
    with reading(tenant.id):
        return list(Purchase.objects.filter(tenant_id=tenant.id))


def balance(tenant: Tenant, customer_id: UUID) -> int:
    with reading(tenant.id):
        return queries.account(customer_id).balance


@pytest.fixture
def receipt(shops: Shops) -> dict[str, str]:
    """Of 250,000 ₫ in the café, for the customer with the phone 0912 345 678."""
    return {"customer": "0912 345 678", "place": str(shops.corner), "document_number": "HD-17", "total": "250.000"}


def test_an_administrator_records_a_purchase_and_reads_the_points_it_gave(
    tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]
) -> None:
    assert f'href="{ADD}"' in admin_site.get("/admin/").content.decode()
    assert f'href="{ADD}"' in admin_site.get(SALES).content.decode()
    assert admin_site.get(ADD).status_code == 200
    done = admin_site.post(ADD, receipt | {"payment_method": "cash"}, follow=True)
    (made,) = purchases(tenant)
    assert done.redirect_chain == [(f"{SALES}{made.id}/change/", 302)]
    said = text_of(done)
    for shown in ("HD-17 is recorded: ₫250,000 and 25 points for Nguyễn Thị Đường.", "Cash", "Administrator", "Administration"):
        assert shown in said, shown
    assert (made.customer_id, made.pos_id, made.total, made.points, made.channel) == (shops.customer, shops.corner, 250_000, 25, "admin")
    assert balance(tenant, shops.customer) == 25


def test_a_purchase_is_recorded_line_by_line(tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]) -> None:
    lines = {
        "lines_0_kind": "goods", "lines_0_name": "Cà phê sữa", "lines_0_sku": "CF-1", "lines_0_quantity": "2", "lines_0_total": "90.000",
        "lines_2_kind": "discount", "lines_2_name": "Sinh nhật", "lines_2_total": "10.000",
    }  # fmt: skip
    assert admin_site.post(ADD, receipt | lines | {"total": ""}).status_code == 302
    (made,) = purchases(tenant)
    assert (made.total, made.points) == (80_000, 8)
    assert [(x["kind"], x["name"], x["quantity"], x["total"]) for x in made.lines] == [
        ("goods", "Cà phê sữa", 2000, 90_000), ("discount", "Sinh nhật", None, -10_000),
    ]  # fmt: skip


def test_the_time_is_that_of_the_receipt(tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]) -> None:
    at = datetime.now(tenant.zone).replace(second=0, microsecond=0) - timedelta(days=40)
    admin_site.post(ADD, receipt | {"purchased_at": f"{at:%Y-%m-%dT%H:%M}"})
    assert [p.purchased_at for p in purchases(tenant)] == [at]


def test_without_a_customer_it_is_kept_and_earns_nothing(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    said = text_of(admin_site.post(ADD, receipt | {"customer": ""}, follow=True))
    assert "HD-17 is recorded: ₫250,000, without a customer." in said
    assert [(p.customer_id, p.points) for p in purchases(tenant)] == [(None, 0)]


def test_an_online_sale_has_no_place(tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]) -> None:
    assert "Điện Máy · Online" in field_of(admin_site.get(ADD), "place")
    assert admin_site.post(ADD, receipt | {"place": f"online:{shops.tech}"}).status_code == 302
    assert [(p.merchant_id, p.pos_id) for p in purchases(tenant)] == [(shops.tech, None)]


# -- whose it is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["+84912345678", "０９１２ ３４５ ６７８", "9704 0001", "duong@example.com", "ERP-7", "duong", "nguyen thi đường"]
)
def test_the_customer_is_found_by_what_points_to_them(
    tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str], typed: str
) -> None:
    say(tenant, EditCustomer(customer_id=shops.customer, card="97040001", email="duong@example.com", external_id="ERP-7"))
    admin_site.post(ADD, receipt | {"customer": typed})
    assert [p.customer_id for p in purchases(tenant)] == [shops.customer]


def test_one_of_several_of_a_name_is_chosen(tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]) -> None:
    other = say(tenant, RegisterCustomer(first_name="Đường", last_name="Trần", phone="+84987654321", language="vi"))
    page = admin_site.post(ADD, receipt | {"customer": "duong"})
    assert page.status_code == 422
    assert purchases(tenant) == []
    assert "It is not certain who is meant." in field_of(page, "customer")
    for shown in ("Nguyễn Thị Đường", "Trần Đường", other.code, "••• 4321"):
        assert shown in field_of(page, "buyer"), shown
    said = text_of(admin_site.post(ADD, receipt | {"customer": "duong", "buyer": str(other.customer_id)}, follow=True))
    assert "25 points for Trần Đường." in said
    assert balance(tenant, other.customer_id) == 25


def test_a_name_that_is_spelled_differently_is_only_proposed(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    a_customer(tenant, "Krzysztof", "Wiśniewski", phone=None)
    page = admin_site.post(ADD, receipt | {"customer": "wisniewsky"})
    assert page.status_code == 422
    assert "Krzysztof" in field_of(page, "buyer")
    assert purchases(tenant) == []


def test_nobody_elses_customer_is_chosen(
    tenant: Tenant, other_tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]
) -> None:
    theirs = a_customer(other_tenant, "Đường", "Lê")
    a_customer(tenant, "Đường", "Trần", phone=None)
    page = admin_site.post(ADD, receipt | {"customer": "duong", "buyer": str(theirs)})
    assert page.status_code == 422
    assert "Lê" not in field_of(page, "buyer").replace("Lê Lợi", "")


# -- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"customer": "nobody at all"}, "customer", "There is no such customer."),
        ({"customer": "a\0b"}, "customer", "Null characters are not allowed."),
        ({"place": ""}, "place", "This field is required."),
        ({"place": "x"}, "place", "Select a valid choice."),
        ({"document_number": " "}, "document_number", "This field is required."),
        ({"document_number": "x" * 65}, "document_number", "at most 64 characters"),
        ({"document_number": "A\u202eB"}, "document_number", "characters that can be printed"),
        ({"purchased_at": "2999-01-01T08:00"}, "purchased_at", "The time lies in the future: the latest possible is"),
        ({"purchased_at": "2020-01-01T08:00"}, "purchased_at", "This can be dated back 90 days at most"),
        ({"purchased_at": "soon"}, "purchased_at", "Enter a valid date/time."),
        ({"purchased_at": "9999-12-31T23:59"}, "purchased_at", "Enter a valid date/time."),
        ({"total": ""}, "total", "Enter the total, or the lines."),
        ({"total": "0"}, "total", "Enter the total, or the lines."),
        ({"total": "many"}, "total", "Enter an amount, for example"),
        ({"total": "9" * 40}, "total", "This amount is too large."),
        ({"total": "8934563138165"}, "total", "it may be a barcode"),
        ({"payment_method": "x" * 41}, "payment_method", "at most 40 characters"),
        ({"lines_0_name": "Bánh mì"}, "lines_0_total", "Enter the amount of this line."),
        ({"lines_1_total": "-5.000"}, "lines_1_total", "Line 1 is below zero."),
        ({"lines_0_total": "30.000"}, "total", "The lines add up to ₫30,000, but the total is ₫250,000."),
        ({"lines_0_total": "250.000", "lines_0_quantity": "0,0001"}, "lines_0_quantity", "at most three decimals"),
        ({"lines_0_total": "250.000", "lines_0_quantity": "0"}, "lines_0_quantity", "A quantity is above zero, at most"),
        ({"lines_0_total": "250.000", "lines_0_name": "A\u202eB"}, "lines_0_name", "characters that cannot be shown"),
        ({"lines_0_total": "250.000", "lines_0_kind": "gift"}, "lines_0_kind", "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    tenant: Tenant, admin_site: Any, receipt: dict[str, str], changes: dict[str, str], field: str, sentence: str
) -> None:
    filled = {"total": ""} if field == "lines_1_total" else {}
    page = admin_site.post(ADD, receipt | filled | changes)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert sentence in field_of(page, field)
    assert purchases(tenant) == []


def test_everything_wrong_is_said_at_once(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    wrong = {"customer": "nobody at all", "place": "", "document_number": "", "purchased_at": "soon", "total": "many"}
    page = admin_site.post(ADD, receipt | wrong)
    assert all("_error" in field_of(page, name) for name in wrong)


def test_a_document_that_was_recorded_with_something_else_is_refused_in_words(
    tenant: Tenant, admin_site: Any, receipt: dict[str, str]
) -> None:
    at = {"purchased_at": f"{datetime.now(tenant.zone):%Y-%m-%dT00:00}"}
    admin_site.post(ADD, receipt | at)
    again = admin_site.post(ADD, receipt | at, follow=True)
    assert "HD-17 was recorded before, and stays as it is." in text_of(again)
    page = admin_site.post(ADD, receipt | at | {"total": "260.000", "document_number": "hd-17"})
    assert "was recorded before with other content: Total (VND), Lines." in field_of(page, "document_number")
    assert "Total: recorded is ₫" in field_of(page, "document_number"), "with both versions"
    assert [p.total for p in purchases(tenant)] == [250_000]


def test_a_document_typed_again_without_its_time_answers_as_before(
    tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]
) -> None:
    said = [text_of(admin_site.post(ADD, receipt, follow=True)) for _ in range(2)]
    assert "HD-17 was recorded before, and stays as it is." in said[1]
    assert (balance(tenant, shops.customer), len(purchases(tenant))) == (25, 1)


def test_times_that_differ_in_seconds_only_are_told_apart(
    tenant: Tenant, api: ApiClient, admin_site: Any, shops: Shops, receipt: dict[str, str]
) -> None:
    at = datetime.now(tenant.zone).replace(second=37, microsecond=0) - timedelta(minutes=3)
    recorded(api, shops.sale(document_number="HD-17", purchased_at=at.isoformat(), lines=None, total=250_000))
    page = admin_site.post(ADD, receipt | {"purchased_at": f"{at:%Y-%m-%dT%H:%M}"})
    assert re.search(r"recorded is .*\d:37.*, entered is .*\d:00", field_of(page, "document_number"))


def test_a_double_click_is_one_purchase(tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]) -> None:
    twice = receipt | {"command_id": "01900000-0000-7000-8000-000000000002"}
    assert [admin_site.post(ADD, twice).status_code for _ in range(2)] == [302, 302]
    assert balance(tenant, shops.customer) == 25


def test_a_form_holds_a_hundred_lines(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    rows = {f"lines_{row}_total": "1.000" for row in range(101)}
    assert "at most 100 lines" in text_of(admin_site.post(ADD, receipt | rows | {"total": ""}))
    del rows["lines_100_total"]
    rows |= {f"lines_{row}_{name}": "" for row in range(100) for name in HELD if name != "total"}
    assert admin_site.post(ADD, receipt | rows | {"total": ""}).status_code == 302
    assert [(p.total, len(p.lines)) for p in purchases(tenant)] == [(100_000, 100)]


# -- who may ------------------------------------------------------------------------------------


def test_whoever_holds_the_right_records_where_they_sell_and_as_far_back_as_they_may(
    tenant: Tenant, marketer_user: Any, shops: Shops, receipt: dict[str, str]
) -> None:
    marketer = visitor(tenant, marketer_user)
    assert [marketer.get(ADD).status_code, marketer.post(ADD, receipt).status_code] == [403, 403]
    assert f'href="{ADD}"' not in marketer.get(SALES).content.decode()
    with reading(tenant.id):
        Role.objects.create(tenant=tenant, code="clerk", name="Clerk", permissions=["staff.enter_admin", "earning.record_purchase"])
    clerk = add_user(tenant.id, "clerk@example.com", PASSWORD, role_code="clerk")
    a_seller(tenant, clerk, shops.corner)
    site = visitor(tenant, clerk)
    places = field_of(site.get(ADD), "place")
    assert "Lê Lợi" in places
    assert "Hàng Bài" not in places
    assert "Online" not in places
    assert site.post(ADD, receipt | {"place": str(shops.store)}).status_code == 422
    late = site.post(ADD, receipt | {"purchased_at": f"{datetime.now(tenant.zone) - timedelta(days=2):%Y-%m-%dT%H:%M}"})
    assert "the earliest possible is" in field_of(late, "purchased_at")
    assert site.post(ADD, receipt).headers["Location"] == ADD
    assert len(purchases(tenant)) == 1
