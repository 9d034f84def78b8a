"""New customers at the till: a phone number is enough, sent once or often; what is wrong is said at its field."""

from __future__ import annotations

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connections

from customers.commands import ChangeDoors, RegisterCustomer
from customers.queries import consents, customer_by, profile
from loyalty.bus import dispatch
from loyalty.tenancy import reading
from pos.forms.till import EnrolForm
from tests.customers.test_sign_in import last_code
from tests.pos.counter import HTMX, Till, errors_of
from tests.support.client import visitor
from tests.support.pages import text_of

NEW = "0987654321"


def known(till: Till, phone: str = NEW) -> Any:
    with reading(till.tenant.id):
        return customer_by("phone", phone)


def customers_of(till: Till) -> int:
    return len(till.rows("select id from customers_customer where tenant_id = %s"))


def test_a_phone_number_is_enough(till: Till) -> None:
    answer = till.enrol(NEW)
    made = known(till)
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == till.at("till-customer", made.id)
    assert "Welcome" in text_of(answer)
    assert 'id="id_amount"' in answer.content.decode(), "at the counter at once"
    with reading(till.tenant.id):
        about = profile(made.id)
    assert (about.pos_id, about.language, about.registered_by) == (till.pos_id, "vi", f"staff:{till.seller.id}")


def test_without_scripts_the_browser_is_led_to_the_customer(till: Till) -> None:
    answer = till.enrol(NEW, htmx=False, last_name="Trần", first_name="Bình")
    assert (answer.status_code, answer.headers["Location"]) == (302, till.at("till-customer", known(till).id))
    assert known(till).name == "Trần Bình"


@pytest.mark.parametrize("typed", ["０９８７６５４３２１", "+84 987 654 321", "0987.654.321"])
def test_a_phone_is_understood_in_any_spelling_and_names_are_composed(till: Till, typed: str) -> None:
    till.enrol(typed, first_name=unicodedata.normalize("NFD", "Đường"))
    assert known(till).first_name == "Đường"


def test_a_name_of_broken_characters_is_refused_at_its_field(till: Till) -> None:
    body = f"once={uuid4()}&phone={NEW}&first_name=%ED%A0%80&last_name=Le"
    answer = till.client.post(till.at("till-enrol"), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert answer.content.decode().split('id="id_first_name_error"')[1].split("</p>")[0].count("Type it anew.") == 1
    assert customers_of(till) == 1


def test_the_same_form_again_makes_nobody_anew(till: Till) -> None:
    once = str(uuid4())
    first, second = (till.enrol(NEW, once=once) for _ in range(2))
    assert first.headers["HX-Push-Url"] == second.headers["HX-Push-Url"]
    assert customers_of(till) == 2


def test_ten_presses_at_once_make_one_customer(till: Till) -> None:
    once = str(uuid4())

    def press(_: int) -> Any:
        try:
            return till.enrol(NEW, once=once).headers["HX-Push-Url"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(press, range(10)))) == 1
    assert customers_of(till) == 2


def test_who_has_the_number_already_is_offered(till: Till) -> None:
    refused = till.enrol("0912345678")
    assert refused.status_code == 422
    assert errors_of(refused) == {"phone": "Another customer has this phone number. Search for the number to find them."}
    assert "Open Nguyễn Văn Đường, who has this number" in text_of(refused)
    assert f'href="{till.at("till-customer", till.customer_id)}"' in refused.content.decode()


@pytest.mark.parametrize(
    ("told", "field", "said"),
    [
        ({"phone": ""}, "phone", "Enter the phone number."),
        ({"phone": "123"}, "phone", "Enter a complete phone number"),
        ({"phone": "\0"}, "phone", "Null characters"),
        ({"phone": "9" * 41}, "phone", "at most 40 characters"),
        ({"first_name": "a\u202eb"}, "first_name", "characters that cannot be shown"),
        ({"last_name": "a" * 101}, "last_name", "at most 100 characters"),
        ({"last_name": "a\0"}, "last_name", "Null characters"),
        ({"once": "x"}, "form", "arrived incomplete"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(till: Till, told: dict[str, str], field: str, said: str) -> None:
    refused = till.enrol(**({"phone": NEW} | told))
    assert refused.status_code == 422
    assert said in errors_of(refused)[field]
    assert len(errors_of(refused)) == 1
    assert customers_of(till) == 1


@pytest.mark.parametrize(
    ("typed", "family_first", "filled"),
    [
        ("0987 654", True, {"phone": "0987 654"}),
        ("Nguyễn Văn Đường", True, {"last_name": "Nguyễn", "first_name": "Văn Đường"}),
        ("Anna Maria Nowak", False, {"last_name": "Nowak", "first_name": "Anna Maria"}),
        ("Lan", True, {"last_name": "", "first_name": "Lan"}),
        ("Anna", False, {"last_name": "", "first_name": "Anna"}),
        ("SV000123", True, {}),
        ("", False, {"last_name": "", "first_name": ""}),
    ],
)
def test_what_was_looked_for_fills_the_form(typed: str, family_first: bool, filled: dict[str, str]) -> None:
    initial = EnrolForm.prefilled(typed, family_first=family_first).initial
    assert isinstance(initial.pop("once"), UUID)
    assert initial == filled


def test_the_form_opens_with_what_was_looked_for(till: Till) -> None:
    page = till.client.get(till.at("till-enrol"), query_params={"q": "Trần Bình"}).content.decode()
    assert 'value="Trần"' in page
    assert 'value="Bình"' in page
    assert "autofocus" in page.split('name="phone"')[1].split(">")[0]


def test_only_those_who_may_register_are_offered_it(till: Till) -> None:
    with reading(till.tenant.id):
        role = till.seller.role
        role.permissions = [p for p in role.permissions if p != "customers.register"]
        role.save()
    assert till.enrol(NEW).status_code == 403
    assert "New customer" not in text_of(till.find("nobody", htmx=False))


# -- by a code ----------------------------------------------------------------------------------


def code_asked(till: Till, phone: str = NEW, **names: str) -> str:
    """Where the code is to be told that was sent to the phone."""
    answer = till.enrol(phone, send="1", **names)
    assert answer.status_code == 200, errors_of(answer)
    found = re.search(r'action="(/till/[^"]+/new/[0-9a-f-]{36}/)"', answer.content.decode())
    assert found, text_of(answer)
    return found[1]


def test_a_phone_alone_and_the_code_that_came_there_join_somebody_proven(till: Till) -> None:
    where = code_asked(till, first_name="Bình")
    assert known(till) is None, "nobody joins by a number that is only typed"
    refused = till.client.post(where, {"code": "12", "first_name": "Bình"}, headers=HTMX)
    assert (refused.status_code, "The code has 6 digits" in errors_of(refused)["code"]) == (422, True)
    answer = till.client.post(where, {"code": last_code(till.tenant), "first_name": "Bình"}, headers=HTMX)
    made = known(till)
    assert (answer.headers["HX-Push-Url"], made.first_name, "Welcome" in text_of(answer)) == (
        till.at("till-customer", made.id),
        "Bình",
        True,
    )
    with reading(till.tenant.id):
        assert (profile(made.id).pos_id, profile(made.id).seller_id) == (till.pos_id, till.seller.id)
        assert [(one.purpose, one.source, one.text_version) for one in consents(made.id)] == [("terms", "till", "till-1")]
    assert till.rows("select e.name from event.event e where e.tenant_id = %s and e.name = 'customers.identifier_proven'")
    again = till.client.post(where, {"code": last_code(till.tenant)}, headers=HTMX)
    assert again.status_code == 422, "a code counts once"


def test_who_tells_the_code_and_is_known_already_is_at_the_counter(till: Till) -> None:
    where = code_asked(till, "0912345678")
    answer = till.client.post(where, {"code": last_code(till.tenant)}, headers=HTMX)
    assert answer.headers["HX-Push-Url"] == till.at("till-customer", till.customer_id)
    assert "Welcome" not in text_of(answer)
    assert customers_of(till) == 1


def test_the_screen_is_the_same_whoever_has_the_number(till: Till) -> None:
    texts = [text_of(till.enrol(phone, send="1")) for phone in ("0912345678", NEW)]
    assert texts[0] == texts[1]


def test_a_landline_gets_no_code_and_another_code_comes_after_a_minute(till: Till) -> None:
    refused = till.enrol("028 3823 4567", send="1")
    assert (refused.status_code, "landline" in errors_of(refused)["phone"]) == (422, True)
    where = code_asked(till)
    early = till.client.post(where, {"again": "1", "code": ""}, headers=HTMX)
    assert (early.status_code, "sent just now" in errors_of(early)["form"]) == (422, True)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert "A new code is on its way" in text_of(till.client.post(where, {"again": "1"}, headers=HTMX))


def test_over_the_api_a_till_enrols_by_a_code(till: Till, api_as: Any) -> None:
    clerk = api_as("seller")
    sent = clerk.post("/api/v1/enrolments", {"phone": NEW})
    where = f"/api/v1/enrolments/{sent.json()['challenge_id']}"
    told = {"code": last_code(till.tenant), "terms_version": "2026-01", "pos_id": str(till.pos_id)}
    assert clerk.post(where, told | {"pos_id": str(uuid4())}).json()["code"] == "pos.point_of_sale_not_found"
    joined = clerk.post(where, told).json()
    assert (joined["registered"], joined["customer_id"]) == (True, str(known(till).id))
    assert clerk.post("/api/v1/sign-in/" + sent.json()["challenge_id"], told).status_code in {400, 422}, "it opens no session"


def test_who_is_asked_who_they_are_is_confirmed_by_the_seller_who_sees_them(till: Till) -> None:
    page = till.at("till-customer", till.customer_id)
    assert "Is it them?" not in text_of(till.client.get(page))
    order = ChangeDoors(doors=("phone",), fact_above=0)
    dispatch(order, tenant_id=till.tenant.id, actor="system", channel="test")
    till.record("250000")
    browser = visitor(till.tenant)
    where = browser.post("/app/sign-in/", {"phone": "0912345678"}).headers["Location"]
    browser.post(where, {"code": last_code(till.tenant)})
    assert "Is it them?" in text_of(till.client.get(page))
    answer = till.client.post(till.at("till-confirm", till.customer_id), headers=HTMX)
    assert (answer.headers["HX-Push-Url"], "Is it them?" in text_of(answer)) == (page, False)
    assert till.client.post(till.at("till-confirm", uuid4())).status_code == 404


def test_who_was_away_for_long_says_more_or_the_number_begins_anew(till: Till) -> None:
    away = RegisterCustomer(first_name="Ngọcxưa", phone="+84987654321", birth_date=date(1990, 5, 17))
    dispatch(away, tenant_id=till.tenant.id, actor="staff:1", channel="test", at=datetime.now(UTC) - timedelta(days=3 * 365))
    where = code_asked(till)
    code = {"code": last_code(till.tenant)}
    seen = till.client.post(where, code, headers=HTMX)
    assert (seen.status_code, errors_of(seen), "numbers change hands" in text_of(seen), "Ngọcxưa" in text_of(seen)) == (
        200,
        {},
        True,
        False,
    )
    step = code | {"fact_step": "1"}
    assert "say your birth date" in errors_of(till.client.post(where, step, headers=HTMX))["fact"].lower()
    assert "This is not what is known" in errors_of(till.client.post(where, step | {"fact": "18/05/1990"}, headers=HTMX))["fact"]
    welcomed = till.client.post(where, step | {"anew": "1"}, headers=HTMX)
    assert ("Welcome" in text_of(welcomed), "Ngọcxưa" in text_of(welcomed), customers_of(till)) == (True, False, 3)
