"""The till's screens: who may stand there, who is found, who is at the counter; whole pages and what htmx swaps into them."""

from __future__ import annotations

import unicodedata
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.queries import customer
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos.commands import DeactivateMerchant, DeactivatePointOfSale, DeactivateSeller
from tests.pos.counter import HTMX, Till
from tests.pos.given import a_customer, a_merchant, a_place, a_seller, say, sold
from tests.support.client import visitor
from tests.support.pages import text_of

OPEN = 'id="id_amount"'
"""In a page that has somebody at the counter."""


# -- who may stand at which till ------------------------------------------------------------------


def test_a_seller_goes_straight_to_the_only_till(till: Till) -> None:
    answer = till.client.get("/till/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/till/LL-1/")
    page = till.client.get("/till/ll-1/")
    assert page.status_code == 200
    assert "Lê Lợi" in text_of(page)
    assert "Ready for the next customer" in text_of(page)


def test_a_seller_of_several_places_chooses(till: Till) -> None:
    a_seller(till.tenant, till.seller, till.pos_id, a_place(till.tenant, "BT-1", "Bến Thành"))
    page = till.client.get("/till/")
    assert page.status_code == 200
    assert "Where do you sell today?" in text_of(page)
    assert 'href="/till/BT-1/"' in page.content.decode()
    assert "Change till" in text_of(till.client.get("/till/BT-1/"))
    assert "Change till" not in text_of(visitor(till.tenant, a_seller(till.tenant, till.seller, till.pos_id)).get("/till/LL-1/"))


def test_a_seller_without_a_place_is_told_so(tenant: Tenant, seller_user: User) -> None:
    page = visitor(tenant, seller_user).get("/till/")
    assert page.status_code == 403
    assert "No till is yours at present" in text_of(page)
    assert "Sign out" in text_of(page)


def test_an_administrator_stands_at_every_till(till: Till, admin_user: User) -> None:
    assert visitor(till.tenant, admin_user).get("/till/").headers["Location"] == "/till/LL-1/"


def test_who_may_not_use_tills_is_kept_out(till: Till, marketer_user: User) -> None:
    for address in ("/till/", "/till/LL-1/"):
        page = visitor(till.tenant, marketer_user).get(address)
        assert page.status_code == 403
        assert "You may not open this page" in text_of(page)


def test_another_till_an_unknown_one_and_one_of_another_tenant_look_alike(till: Till, other_tenant: Tenant) -> None:
    a_place(till.tenant, "BT-1", "Bến Thành")
    a_place(other_tenant, "LIPA")
    pages = [till.client.get(f"/till/{code}/") for code in ("BT-1", "NOWHERE", "LIPA", "%00", "đ")]
    assert [p.status_code for p in pages] == [404] * 5
    assert {text_of(p).split("give the number")[0] for p in pages} == {text_of(pages[0]).split("give the number")[0]}
    assert "There is nothing here" in text_of(pages[0])


@pytest.mark.parametrize("closed", ["seller", "place", "merchant"])
def test_a_till_that_is_closed_or_taken_away_is_gone(tenant: Tenant, seller_user: User, closed: str) -> None:
    merchant = a_merchant(tenant)
    place = a_place(tenant, merchant_id=merchant)
    client = visitor(tenant, a_seller(tenant, seller_user, place))
    assert client.get("/till/LL-1/").status_code == 200
    orders = {
        "seller": DeactivateSeller(user_id=seller_user.id),
        "place": DeactivatePointOfSale(pos_id=place),
        "merchant": DeactivateMerchant(merchant_id=merchant),
    }
    say(tenant, orders[closed])
    assert client.get("/till/LL-1/").status_code == 404
    assert client.get("/till/").status_code == 403


def test_an_account_that_is_switched_off_has_to_sign_in(till: Till) -> None:
    with reading(till.tenant.id):
        User.objects.filter(pk=till.seller.pk).update(is_active=False)
    assert till.client.get("/till/LL-1/").headers["Location"] == "/login/?next=/till/LL-1/"


def test_who_is_not_signed_in_comes_back_to_where_they_were(till: Till) -> None:
    stranger = visitor(till.tenant)
    assert stranger.get("/till/LL-1/").headers["Location"] == "/login/?next=/till/LL-1/"
    here = f"http://{till.tenant.hosts[0]}/till/LL-1/"
    swapped = stranger.get("/till/LL-1/find/?q=a", headers=HTMX | {"HX-Current-URL": here})
    assert (swapped.status_code, swapped.headers["HX-Redirect"]) == (200, "/login/?next=/till/LL-1/")
    assert stranger.get("/till/LL-1/find/?q=a", headers=HTMX).headers["HX-Redirect"].startswith("/login/?next=/till/LL-1/find/")


def test_another_tenants_seller_is_nobody_here(till: Till, other_tenant: Tenant, make_user: Any) -> None:
    stranger = visitor(till.tenant, make_user(other_tenant, "seller"))
    assert stranger.get("/till/LL-1/").status_code == 302


def test_nothing_of_a_till_is_kept_by_the_browser(till: Till) -> None:
    for page in (till.client.get("/till/LL-1/"), till.find("duong"), till.client.get(till.at("till-customer", till.customer_id))):
        assert "no-store" in page.headers["Cache-Control"]
        assert "HX-Request" in page.headers["Vary"]


def test_a_page_has_no_script_or_style_of_its_own(till: Till) -> None:
    page = till.client.get(till.at("till-customer", till.customer_id))
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    source = page.content.decode()
    assert "<style" not in source
    assert " style=" not in source
    assert " onclick" not in source
    assert source.count("<script") == source.count("<script src=") == 3


# -- finding somebody -----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["duong", "Đường", "ĐƯỜNG", "nguyen duong", unicodedata.normalize("NFD", "Đường"), "  duong  "])
def test_a_name_is_listed_while_it_is_typed(till: Till, typed: str) -> None:
    page = till.find(typed)
    assert page.status_code == 200
    assert "Nguyễn Văn Đường" in text_of(page)
    assert 'role="option"' in page.content.decode()
    assert OPEN not in page.content.decode(), "listed, not opened"


def test_of_many_with_a_name_those_come_first_who_are_called_so(till: Till) -> None:
    for n in range(10):
        a_customer(till.tenant, first_name=f"Gia {'ABCDEFGHIJ'[n]}", last_name="Dương", phone=None)
    said = text_of(till.find("duong"))
    assert said.index("Nguyễn Văn Đường") < said.index("Dương Gia")
    assert said.count("Dương Gia") == 7
    assert "More of them match" in said


def test_enter_opens_a_single_match_and_lists_several(till: Till) -> None:
    opened = till.find("duong", enter=True)
    assert OPEN in opened.content.decode()
    assert opened.headers["HX-Retarget"] == "#counter"
    assert opened.headers["HX-Push-Url"] == till.at("till-customer", till.customer_id)
    a_customer(till.tenant, first_name="Đường", last_name="Lê", phone=None)
    assert OPEN not in till.find("duong", enter=True).content.decode()


@pytest.mark.parametrize("typed", ["0912345678", "+84 912 345 678", "０９１２３４５６７８", "84912345678"])
def test_a_whole_phone_opens_at_once_in_any_spelling(till: Till, typed: str) -> None:
    assert OPEN in till.find(typed).content.decode()


def test_a_code_opens_at_once_and_the_end_of_a_phone_is_listed(till: Till) -> None:
    with reading(till.tenant.id):
        code = customer(till.customer_id).code
    assert OPEN in till.find(f"{code[:4]}-{code[4:].lower()}").content.decode()
    ending = till.find("5678").content.decode()
    assert 'role="option"' in ending
    assert OPEN not in ending


@pytest.mark.parametrize(
    "typed", ["nobody", "\0", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "<b>x", "9" * 300, "%"]
)
def test_nobody_is_found_for_what_nobody_is_called(till: Till, typed: str) -> None:
    page = till.find(typed)
    assert page.status_code == 200
    assert "Nobody found" in text_of(page)
    assert "<b>x" not in page.content.decode()
    assert till.find(typed, enter=True, htmx=False).status_code == 200


def test_bytes_that_are_no_text_are_no_failure(till: Till) -> None:
    for raw in ("%ED%A0%80", "%FF%FE", "%00%00", "a" * 5000):
        assert till.client.get(f"/till/LL-1/find/?q={raw}", headers=HTMX).status_code == 200


def test_nothing_typed_lists_nothing(till: Till) -> None:
    page = till.find("   ")
    assert page.status_code == 200
    assert text_of(page).strip() == ""


def test_without_scripts_the_whole_screen_comes_with_the_list(till: Till) -> None:
    page = till.find("duong", htmx=False).content.decode()
    assert "<html" in page
    assert 'value="duong"' in page
    assert f'href="{till.at("till-customer", till.customer_id)}"' in page
    assert "hx-swap-oob" not in page
    assert OPEN in till.find("duong", enter=True, htmx=False).content.decode()


# -- somebody at the counter ----------------------------------------------------------------------


def test_somebody_at_the_counter_has_a_balance_and_the_form_of_a_purchase(till: Till) -> None:
    page = till.client.get(till.at("till-customer", till.customer_id))
    said = text_of(page)
    for shown in ("Nguyễn Văn Đường", "••• 5678", "Balance", "0 points", "Amount", "Document number", "Record purchase"):
        assert shown in said, shown
    assert "0912" not in said, "sellers see the end of a phone only"
    source = page.content.decode()
    assert source.count("autofocus") == 1
    assert "autofocus" in source.split('name="amount"')[1].split(">")[0]


def test_somebody_unknown_or_of_another_tenant_is_a_404(till: Till, other_tenant: Tenant) -> None:
    stranger = a_customer(other_tenant)
    for who in (stranger, uuid4()):
        for name in ("till-customer", "till-preview", "till-record"):
            form = {"once": str(uuid4()), "amount": "1000"}
            address = till.at(name, who)
            page = till.client.get(address) if name == "till-customer" else till.client.post(address, form)
            assert page.status_code == 404, name
    assert till.sold() == []


def test_the_latest_purchases_are_those_of_this_till(till: Till) -> None:
    till.record("250000", document_number="HERE-1")
    elsewhere = a_merchant(till.tenant, "Khác")
    there = a_place(till.tenant, "BT-1", merchant_id=elsewhere)
    sold(till.tenant, elsewhere, there, "THERE-1", 50_000, timezone.now(), till.customer_id)
    said = text_of(till.client.get("/till/LL-1/"))
    assert "HERE-1" in said
    assert "+25 points" in said
    assert "THERE-1" not in said


def test_a_role_without_the_right_to_record_sees_no_form(till: Till) -> None:
    with reading(till.tenant.id):
        role = till.seller.role
        role.permissions = [p for p in role.permissions if p != "earning.record_purchase"]
        role.save()
    page = till.client.get(till.at("till-customer", till.customer_id))
    assert page.status_code == 200
    assert OPEN not in page.content.decode()
    assert till.record().status_code == 403


@pytest.mark.parametrize("language", ["en", "vi", "pl"])
def test_every_screen_is_shown_in_every_language(tenant: Tenant, seller_user: User, language: str) -> None:
    till = Till(tenant, seller_user, language)
    pages = [till.client.get(address) for address in (reverse("till", args=["LL-1"]), till.at("till-enrol"))]
    pages += [till.client.get(till.at("till-customer", till.customer_id)), till.find("duong", htmx=False), till.record(htmx=False)]
    assert [(p.status_code, p.headers["Content-Language"]) for p in pages] == [(200, language)] * 5
