"""What customers see and change of themselves on their own pages: profile, consents, phone, card, and how their points came."""

from __future__ import annotations

import io
from base64 import b64decode, b64encode
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from customers import queries
from customers.commands import ChangeAvatar, CreateSegment, EnterSegment, EraseCustomer, RegisterCustomer
from earning.commands import ActivateRule, Among, CreateRule, Multiplier, RuleScope
from loyalty.domain.errors import NotFound
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_shell import joined
from tests.customers.test_sign_in import do, last_code, wrong
from tests.earning.counter import Counter, rows
from tests.files.pictures import MAKER, picture
from tests.pos.given import LONG_AGO, a_rule
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

NEW = "0987 654 321"
CAMERA = Image.Exif()
CAMERA[MAKER] = "Camera of Đường"


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    found = visitor(tenant)
    joined(tenant, found)
    return found


def mine(tenant: Tenant) -> UUID:
    found = rows("customers_token", tenant, "customer_id")
    return UUID(str(found[0][0]))


def known(tenant: Tenant) -> Any:
    with reading(tenant.id):
        return queries.profile(mine(tenant)), queries.customer(mine(tenant)), queries.contacts(mine(tenant))


def sent(browser: Client, page: str, **told: str) -> Any:
    return browser.post(f"/app/me/{page}/", told)


PROFILE = {"first_name": "Hương", "last_name": "Đỗ", "gender": "female", "address": "12 Lê Lợi", "language": "vi"}


def test_a_profile_is_changed_and_a_birth_date_said_once(tenant: Tenant, browser: Client) -> None:
    assert sent(browser, "profile", **PROFILE, birth_date="1990-05-17").headers["Location"] == "/app/me/"
    profile, card, _ = known(tenant)
    assert (card.name, profile.gender, str(profile.birth_date), profile.address) == ("Đỗ Hương", "female", "1990-05-17", "12 Lê Lợi")
    sent(browser, "profile", **PROFILE | {"first_name": "Lan"}, birth_date="1991-01-01")
    profile, card, _ = known(tenant)
    assert (card.first_name, str(profile.birth_date)) == ("Lan", "1990-05-17"), "the field is shown, and what it sends is not looked at"


def test_over_the_api_another_birth_date_is_refused_at_its_field(tenant: Tenant, api: ApiClient) -> None:
    customer = do(tenant, RegisterCustomer(first_name="An")).customer_id
    me = ApiClient(api.post(f"/api/v1/customers/{customer}/tokens", {}).json()["token"], tenant.hosts[0])
    assert me.patch("/api/v1/me", {"birth_date": "1990-05-17", "address": "12 Lê Lợi"}).status_code == 200
    refused = me.patch("/api/v1/me", {"birth_date": "1990-05-18"})
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/birth_date", "customers.birth_date_known")]
    told = me.get("/api/v1/me").json()
    assert (told["birth_date"], told["address"], told["first_name"]) == ("1990-05-17", "12 Lê Lợi", "An")


def test_what_is_wrong_is_told_at_its_field(browser: Client) -> None:
    wrong = {"birth_date": "1066-01-01", "first_name": "a" * 101, "gender": "x", "last_name": "\x00", "language": ""}
    answers = {field: sent(browser, "profile", **PROFILE | {field: typed}) for field, typed in wrong.items()}
    assert {field: (a.status_code, f'id="id_{field}_error"' in a.content.decode()) for field, a in answers.items()} == dict.fromkeys(
        wrong, (422, True)
    )


def test_consents_are_given_and_withdrawn_and_the_terms_stay(tenant: Tenant, browser: Client) -> None:
    assert "You have agreed to the terms" in text_of(browser.get("/app/me/consents/"))
    sent(browser, "consents", marketing_sms="on", analytics="on")
    sent(browser, "consents", analytics="on")
    with reading(tenant.id):
        given = {one.purpose: (one.given, one.source) for one in queries.consents(mine(tenant))}
    assert given == {"terms": (True, "app"), "marketing_sms": (False, "app"), "analytics": (True, "app")}


def test_another_phone_needs_the_code_that_went_there(tenant: Tenant, browser: Client) -> None:
    where = sent(browser, "phone", phone=NEW).headers["Location"]
    refused = browser.post(where, {"code": wrong(last_code(tenant))})
    assert (refused.status_code, "This code is wrong" in text_of(refused)) == (422, True)
    assert "A code was sent just now" in text_of(browser.post(f"{where}again/"))
    assert browser.post(where, {"code": last_code(tenant)}).headers["Location"] == "/app/me/"
    assert known(tenant)[2].phone == "+84987654321"
    elsewhere = visitor(tenant)
    assert elsewhere.post(where, {"code": last_code(tenant)}).headers["Location"] == "/app/sign-in/"


def test_asking_for_a_number_tells_nothing_of_who_has_it_and_who_holds_it_is_told_what_to_do(tenant: Tenant, browser: Client) -> None:
    do(tenant, RegisterCustomer(phone="+84987654321"))
    taken, free = sent(browser, "phone", phone=NEW), sent(browser, "phone", phone="0987 654 322")
    assert (taken.status_code, free.status_code) == (302, 302)
    a_minute_later()
    where = sent(browser, "phone", phone=NEW).headers["Location"]
    refused = browser.post(where, {"code": last_code(tenant)})
    assert "cannot become yours here" in text_of(refused)
    assert "Another customer" not in text_of(refused)
    assert known(tenant)[2].phone == "+84912345678"


def test_a_purchase_says_what_each_rule_asked_but_not_which_segments_there_are(tenant: Tenant, browser: Client) -> None:
    a_rule(tenant)
    counter, friends = Counter(tenant), do(tenant, CreateSegment(code="friends", name="Friends of the house")).segment_id
    do(tenant, EnterSegment(segment_id=friends, customer_id=mine(tenant)))
    for scope in (RuleScope(minimum=200_000), RuleScope(segments=Among(any=("friends",)))):
        rule = do(tenant, CreateRule(name="Twice", terms=Multiplier(factor=Decimal(2)), scope=scope)).rule_id
        do(tenant, ActivateRule(rule_id=rule, effective_at=LONG_AGO))
    counter.sell(mine(tenant), 250_000)
    ((bought,),) = rows("earning_purchase", tenant, "id")
    shown = text_of(browser.get(f"/app/purchases/{bought}/"))
    told = ("It multiplies other multipliers", "at least ₫200,000", "For chosen customers", "Friends")
    assert [shown.count(said) for said in told] == [2, 1, 1, 0]


def test_a_purchase_says_how_its_points_came_to_its_customer_alone(tenant: Tenant, browser: Client) -> None:
    a_rule(tenant)
    counter, stranger = Counter(tenant), do(tenant, RegisterCustomer(first_name="An")).customer_id
    counter.sell(mine(tenant), 250_000)
    counter.sell(stranger, 250_000)
    bought = dict(rows("earning_purchase", tenant, "customer_id, id"))
    shown = text_of(browser.get(f"/app/purchases/{bought[mine(tenant)]}/"))
    assert ("+25 points" in shown, "250,000" in shown, "In all" in shown) == (True, True, True)
    assert browser.get(f"/app/purchases/{bought[stranger]}/").status_code == 404
    assert browser.get(f"/app/purchases/{stranger}/").status_code == 404


def test_the_card_shows_a_code_of_one_color_on_white_that_is_drawn_anew(tenant: Tenant, browser: Client) -> None:
    page = browser.get("/app/card/").content.decode()
    assert page.count('class="app-qr"') == 1
    assert '<meta http-equiv="refresh" content="30">' in page, "also without scripts"
    part = browser.get("/app/card/code/")
    assert ("no-store" in part.headers["Cache-Control"], "<html" in part.content.decode()) == (True, False)


def test_nobody_sees_a_page_who_is_not_signed_in(tenant: Tenant) -> None:
    pages = ("me", "levels", "me/profile", "me/phone", "me/consents", "me/photo", "me/confirm", "card", "card/code")
    assert {visitor(tenant).get(f"/app/{page}/").headers["Location"] for page in pages} == {"/app/sign-in/"}


# -- a picture ----------------------------------------------------------------------------------


def test_a_picture_is_kept_small_without_what_the_camera_wrote_and_shown_to_its_owner_alone(tenant: Tenant, browser: Client) -> None:
    sent_photo = SimpleUploadedFile("me.jpg", picture(size=(900, 600), exif=CAMERA), content_type="image/jpeg")
    assert browser.post("/app/me/photo/", {"photo": sent_photo}).headers["Location"] == "/app/me/"
    shown = browser.get("/app/me/photo/file/")
    with Image.open(io.BytesIO(shown.content)) as shown_picture:
        assert (shown_picture.format, max(shown_picture.size), dict(shown_picture.getexif())) == ("WEBP", 320, {})
    assert "no-store" in shown.headers["Cache-Control"]
    assert visitor(tenant).get("/app/me/photo/file/").status_code == 302
    assert shown.content[:12] not in bytes(rows("customers_avatar", tenant, "sealed")[0][0]), "sealed"
    browser.post("/app/me/photo/", {"away": "1"})
    assert browser.get("/app/me/photo/file/").status_code == 404


def test_what_is_no_picture_is_told_at_its_field(browser: Client) -> None:
    answer = browser.post("/app/me/photo/", {"photo": SimpleUploadedFile("x.jpg", b"<svg/>")})
    assert (answer.status_code, 'id="id_photo_error"' in answer.content.decode()) == (422, True)


def test_over_the_api_it_comes_and_goes_and_is_forgotten_with_the_person(tenant: Tenant, api: ApiClient) -> None:
    customer = do(tenant, RegisterCustomer(first_name="An")).customer_id
    me = ApiClient(api.post(f"/api/v1/customers/{customer}/tokens", {}).json()["token"], tenant.hosts[0])
    assert me.get("/api/v1/me/photo").json() == {"content": None}
    assert me.put("/api/v1/me/photo", {"content": b64encode(picture()).decode()}).status_code == 200
    assert b64decode(me.get("/api/v1/me/photo").json()["content"])[8:12] == b"WEBP"
    assert me.put("/api/v1/me/photo", {"content": b64encode(b"nothing").decode()}).json()["code"] == "photo.unreadable"
    do(tenant, EraseCustomer(customer_id=customer))
    assert rows("customers_avatar", tenant, "customer_id") == []
    with pytest.raises(NotFound):
        do(tenant, ChangeAvatar(customer_id=customer, content=picture()))
