"""New customers at the till: a phone number is enough, sent once or often; what is wrong is said at its field."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from customers.queries import customer_by, profile
from loyalty.tenancy import reading
from pos.forms.till import EnrolForm
from tests.pos.counter import Till, errors_of
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
