"""Merchants, points of sale and sellers in the administration: lists, pages, forms, what they confirm and refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from loyalty.staff.models import Role, User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos import queries
from tests.pos.given import a_merchant, a_place, a_seller, bring_level, sold
from tests.support.client import visitor
from tests.support.pages import columns_of, field_of, text_of

MERCHANTS, PLACES, SELLERS = "/admin/pos/merchant/", "/admin/pos/pointofsale/", "/admin/pos/seller/"
CAFE = {
    "name": "Cà phê Sáng",
    "phone": "028 3823 4567",
    "email": "sang@example.com",
    "address": "12 Lê Lợi\nQuận 1",
    "document_scope": "pos_day",
}


def test_add_a_merchant_then_its_point_of_sale_then_a_seller(tenant: Tenant, admin_site: Any, seller_user: User) -> None:
    assert "Add merchant" in text_of(admin_site.get(MERCHANTS))
    said = text_of(admin_site.post(f"{MERCHANTS}add-merchant/", CAFE | {"latitude": "10.776889, 106.700806"}, follow=True))
    for shown in ("Cà phê Sáng is added.", "028 3823 4567", "12 Lê Lợi, Quận 1", "10.776889, 106.700806", "Active"):
        assert shown in said, shown
    with reading(tenant.id):
        (cafe,) = queries.merchants()
    given = {"merchant_id": cafe.merchant_id, "code": "ll-1", "name": "Lê Lợi", "latitude": "10,5", "longitude": "106,5"}
    said = text_of(admin_site.post(f"{PLACES}add-place/", given, follow=True))
    for shown in ("Lê Lợi is added.", "LL-1", "10.500000, 106.500000", "₫0"):
        assert shown in said, shown
    with reading(tenant.id):
        (shop,) = queries.points_of_sale()
    said = text_of(admin_site.post(f"{SELLERS}add-seller/", {"user_id": seller_user.id, "pos_ids": [shop.pos_id]}, follow=True))
    for shown in (f"Seller ({seller_user.email}) may sell now.", "Lê Lợi", "Active"):
        assert shown in said, shown
    with reading(tenant.id):
        assert [p.pos_code for p in queries.places_of(seller_user.id)] == ["LL-1"]


def test_the_lists_have_their_columns(tenant: Tenant, admin_site: Any, seller_user: User) -> None:
    cafe = a_merchant(tenant, phone="+842838234567", email="sang@example.com", address="Quận 1")
    shop = a_place(tenant, "A", "An Phú", merchant_id=cafe, description="Góc đường", address="1 An Phú")
    a_place(tenant, "B", "Bến Thành", merchant_id=cafe)
    for number, total in (("1", 1_000_000), ("2", 250_000)):
        sold(tenant, cafe, shop, number, total, datetime(2026, 3, 7, 8, 5, tzinfo=UTC))
    bring_level("pos.takings")
    a_seller(tenant, seller_user, shop)
    assert columns_of(admin_site.get(MERCHANTS)) == ["Name", "Phone", "Email", "Points of sale", "Location", "Status"]
    sold_there = ["Description", "Location", "Total revenue", "Purchases", "Status"]
    assert columns_of(admin_site.get(PLACES)) == ["Name", "Code", "Merchant", *sold_there]
    assert columns_of(admin_site.get(SELLERS)) == ["Name", "Account", "Points of sale", "Status"]
    merchants = text_of(admin_site.get(MERCHANTS))
    for shown in ("028 3823 4567", "sang@example.com", "An Phú, Bến Thành", "Quận 1", "Active"):
        assert shown in merchants, shown
    places = text_of(admin_site.get(PLACES))
    for shown in ("Góc đường", "1 An Phú", "₫1,250,000", " 2 "):
        assert shown in places, shown
    assert "An Phú" not in text_of(admin_site.get(PLACES, {"q": "bến"}))
    for order in range(1, 9):
        assert admin_site.get(PLACES, {"o": f"-{order}"}).status_code == 200
        assert admin_site.get(MERCHANTS, {"o": f"{min(order, 6)}"}).status_code == 200


def test_takings_of_other_merchants_are_neither_shown_nor_sorted_by(tenant: Tenant, make_user: Callable[..., User]) -> None:
    places = {}
    for code, total in (("A", 20_000), ("B", 90_000), ("C", 70_000)):
        merchant = a_merchant(tenant, f"Quán {code}")
        places[code] = a_place(tenant, code, f"Phố {code}", merchant_id=merchant)
        sold(tenant, merchant, places[code], code, total, datetime(2026, 3, 7, 8, 5, tzinfo=UTC))
    bring_level("pos.takings")
    with reading(tenant.id):
        role = Role.objects.get(tenant=tenant, code="seller")
        Role.objects.create(tenant=tenant, code="keeper", name="Keeper", permissions=[*role.permissions, "staff.enter_admin"])
    keeper = visitor(tenant, a_seller(tenant, make_user(tenant, "keeper"), places["A"]))
    for order in ("6", "-6"):
        said = text_of(keeper.get(PLACES, {"o": order}))
        assert "₫20,000" in said
        assert "₫90,000" not in said
        assert "₫70,000" not in said
    first, second, third = (said.index(f"Phố {code}") for code in "ABC")
    assert first < min(second, third), "what is not seen comes last"
    theirs = text_of(keeper.get(f"{PLACES}{places['B']}/change/"))
    assert "Phố B" in theirs
    assert "90,000" not in theirs
    nobody_yet = visitor(tenant, make_user(tenant, "keeper"))
    assert "₫" not in text_of(nobody_yet.get(PLACES, {"o": "-6"}))


def test_a_merchant_is_edited_deactivated_and_activated(tenant: Tenant, admin_site: Any) -> None:
    cafe = a_merchant(tenant, phone="+842838234567", latitude=1, longitude=2)
    page = f"{MERCHANTS}{cafe}/"
    form = admin_site.get(f"{page}edit/").content.decode()
    assert 'value="028 3823 4567"' in form
    assert 'value="0.000001"' in form
    assert "document_scope" not in form
    assert "Chiều is changed." in text_of(admin_site.post(f"{page}edit/", {"name": "Chiều"}, follow=True))
    assert "Chiều is deactivated." in text_of(admin_site.post(f"{page}deactivate/", {}, follow=True))
    assert admin_site.get(f"{page}deactivate/").status_code == 404
    said = text_of(admin_site.get(f"{page}change/"))
    assert "Inactive" in said
    assert "Activate" in said
    assert "Chiều is active." in text_of(admin_site.post(f"{page}activate/", {}, follow=True))
    with reading(tenant.id):
        card = queries.merchant(cafe)
    assert (card.name, card.phone, card.latitude, card.active) == ("Chiều", "", None, True)


def test_a_point_of_sale_and_a_seller_are_edited_and_switched(tenant: Tenant, admin_site: Any, seller_user: User) -> None:
    cafe = a_merchant(tenant)
    shop, other = a_place(tenant, "A", merchant_id=cafe), a_place(tenant, "B", "Bến Thành", merchant_id=cafe)
    a_seller(tenant, seller_user, shop)
    assert "An Phú is changed." in text_of(admin_site.post(f"{PLACES}{shop}/edit/", {"name": "An Phú", "description": "x"}, follow=True))
    assert "An Phú is deactivated." in text_of(admin_site.post(f"{PLACES}{shop}/deactivate/", {}, follow=True))
    assert "An Phú is active." in text_of(admin_site.post(f"{PLACES}{shop}/activate/", {}, follow=True))
    page = f"{SELLERS}{seller_user.id}/"
    assert re.search(rf'value="{shop}"[^>]*checked', admin_site.get(f"{page}edit/").content.decode())
    said = text_of(admin_site.post(f"{page}edit/", {"pos_ids": [str(other)]}, follow=True))
    assert "Bến Thành" in said
    assert "An Phú" not in said.split("Points of sale")[-1]
    assert "is deactivated." in text_of(admin_site.post(f"{page}deactivate/", {}, follow=True))
    assert "is active." in text_of(admin_site.post(f"{page}activate/", {}, follow=True))
    with reading(tenant.id):
        assert [p.pos_id for p in queries.places_of(seller_user.id)] == [other]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": " "}, "name", "This field is required."),
        ({"phone": "12"}, "phone", "Enter a complete phone number"),
        ({"email": "x"}, "email", "Enter a complete email address"),
        ({"latitude": "95", "longitude": "1"}, "latitude", "between -90 and 90"),
        ({"longitude": "1"}, "latitude", "together, or neither"),
    ],
)
def test_wrong_input_keeps_what_was_typed_and_speaks_below_the_field(
    tenant: Tenant, admin_site: Any, changes: dict[str, str], field: str, sentence: str
) -> None:
    page = admin_site.post(f"{MERCHANTS}add-merchant/", CAFE | changes)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert sentence in field_of(page, field)
    assert "sang@example.com" in page.content.decode() or "email" in changes
    with reading(tenant.id):
        assert queries.merchants() == []


def test_a_code_that_is_taken_is_refused_below_its_field(tenant: Tenant, admin_site: Any) -> None:
    cafe = a_merchant(tenant)
    a_place(tenant, "LL-1", merchant_id=cafe)
    page = admin_site.post(f"{PLACES}add-place/", {"merchant_id": cafe, "code": "ll-1", "name": "x"})
    assert page.status_code == 422
    assert "The code LL-1 belongs to another point of sale." in field_of(page, "code")


def test_the_history_shows_the_stream(tenant: Tenant, admin_site: Any, seller_user: User) -> None:
    cafe = a_merchant(tenant)
    shop = a_place(tenant, merchant_id=cafe)
    a_seller(tenant, seller_user, shop)
    admin_site.post(f"{MERCHANTS}{cafe}/deactivate/", {})
    said = text_of(admin_site.get(f"{MERCHANTS}{cafe}/history/"))
    assert said.index("Deactivated") < said.index("Added")
    assert "Administrator, Administration" in said
    assert "Assigned to a point of sale" in text_of(admin_site.get(f"{SELLERS}{seller_user.id}/history/"))
    assert admin_site.get(f"{PLACES}{shop}/history/").status_code == 200


def test_who_may(tenant: Tenant, other_tenant: Tenant, marketer_user: User, admin_site: Any) -> None:
    cafe, theirs = a_merchant(tenant), a_merchant(other_tenant)
    marketer = visitor(tenant, marketer_user)
    assert marketer.get(MERCHANTS).status_code == marketer.get(PLACES).status_code == 200
    assert "Add merchant" not in text_of(marketer.get(MERCHANTS))
    assert marketer.get(SELLERS).status_code == 403
    assert marketer.post(f"{MERCHANTS}add-merchant/", CAFE).status_code == 403
    assert marketer.post(f"{MERCHANTS}{cafe}/deactivate/", {}).status_code == 403
    assert admin_site.post(f"{MERCHANTS}{theirs}/deactivate/", {}).status_code == 404
