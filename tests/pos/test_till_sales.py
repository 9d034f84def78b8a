"""Purchases at the till: what they would bring, recorded once however often they are sent, refused at the field at fault."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test.client import ClientHandler

from customers.commands import DeactivateCustomer
from earning import queries as earning
from earning.commands import (
    ActivateLevelSet,
    ActivateRule,
    Condition,
    CreateRule,
    GiveLevel,
    InstallStarterLevels,
    Line,
    PointsPerAmount,
    RecordPurchase,
    RuleScope,
)
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos.queries import places_of
from tests.earning.counter import in_parallel
from tests.pos.counter import Till, errors_of
from tests.pos.given import a_customer, a_rule, say
from tests.support.client import visitor
from tests.support.pages import text_of

WHOLE_SCREEN = "<html"


# -- recording ------------------------------------------------------------------------------------


def test_the_seller_sees_what_the_level_promises(till: Till, tenant: Tenant) -> None:
    say(tenant, ActivateLevelSet(set_id=say(tenant, InstallStarterLevels(starter="classic", currency="VND")).set_id))
    say(tenant, GiveLevel(customer_id=till.customer_id, level="silver", ends_at=datetime.now(UTC) + timedelta(days=9), reason="A prize"))
    said = text_of(till.client.get(till.at("till-customer", till.customer_id)))
    for told in ("Silver", "10% off", "Next: Gold: 999 points"):
        assert told in said, told


def test_what_is_seldom_typed_counts_too(till: Till, tenant: Tenant) -> None:
    scope = RuleScope(condition=Condition(op="eq", field="purchase.label.table", values=("5",)))
    made = say(tenant, CreateRule(name="Table", terms=PointsPerAmount(points=Decimal(1), per=1_000, currency="VND"), scope=scope))
    say(tenant, ActivateRule(rule_id=made.rule_id))
    assert '<details class="till-seldom">' in till.client.get(till.at("till-customer", till.customer_id)).content.decode()
    told = {"labels": "table=5, gift", "payment_method": "cash"}
    assert "+275 points" in text_of(till.preview("250000", **told))
    till.record("250000", **told)
    kept = till.rows("select labels ->> 'table', labels ? 'gift', payment_method, points from earning_purchase where tenant_id = %s")
    assert kept == [("5", True, "cash", 275)]
    ((sold,),) = till.rows("select id from earning_purchase where tenant_id = %s")
    said = text_of(till.client.get(till.at("till-document", sold)))
    assert "Payment method Cash" in said
    assert "table: 5" in said
    page = till.record("250000", labels="table=5, table=6", payment_method="x" * 41)
    assert errors_of(page).keys() == {"labels", "payment_method"}
    assert '<details class="till-seldom" open>' in page.content.decode()


def test_a_level_is_bought_for_its_fee(till: Till, tenant: Tenant) -> None:
    set_id = say(tenant, InstallStarterLevels(starter="prime", currency="VND")).set_id
    assert "What is sold" not in text_of(till.client.get(till.at("till-customer", till.customer_id)))
    say(tenant, ActivateLevelSet(set_id=set_id))
    assert "Fee: Prime for 1 month" in text_of(till.client.get(till.at("till-customer", till.customer_id)))
    assert "Fee" not in text_of(till.client.get(till.at("till-anonymous")))
    assert errors_of(till.record("99000", fee="OTHER")).keys() == {"fee"}
    assert "Prime" not in text_of(till.preview("99000"))
    assert "Prime" in text_of(till.preview("99000", fee="PRIME"))
    assert "Level Prime" in text_of(till.record("99000", fee="PRIME"))
    with reading(tenant.id):
        (card,) = earning.customer_levels(till.customer_id)
    assert (card.source, card.level and card.level.code) == ("paid", "prime")


def test_a_recorded_purchase_says_points_and_balance_and_waits_for_the_next_customer(till: Till) -> None:
    till.record("100000")
    answer = till.record("250000", document_number=" HD-7 ")
    said = text_of(answer)
    for shown in ("Purchase recorded", "Nguyễn Văn Đường", "250,000", "+25 points", "35 points", "HD-7", "Một điểm mỗi 10.000 ₫"):
        assert shown in said, shown
    source = answer.content.decode()
    assert WHOLE_SCREEN not in source
    assert "autofocus" not in source, "the find field, which stays, takes the cursor"
    assert 'id="latest" hx-swap-oob' in source
    assert "25 points for Nguyễn Văn Đường. New balance: 35 points." in said
    assert answer.headers["HX-Push-Url"] == "/till/LL-1/"
    assert [row[1:] for row in till.sold()] == [(100_000, 10), (250_000, 25)]


def test_without_scripts_the_whole_screen_comes_back(till: Till) -> None:
    page = till.record(htmx=False)
    assert page.status_code == 200
    source = page.content.decode()
    assert WHOLE_SCREEN in source
    assert "autofocus" in source.split('id="q"')[1].split(">")[0]
    assert "hx-swap-oob" not in source


def test_without_a_number_the_till_draws_the_next_of_the_day(till: Till) -> None:
    for _ in range(3):
        till.record("1000")
    numbers = [row[0] for row in till.sold()]
    day = datetime.now(till.tenant.zone).strftime("%y%m%d")
    assert numbers == [f"TILL-LL-1-{day}-000{n}" for n in (1, 2, 3)]


def drawn(till: Till, number: int) -> str:
    return f"TILL-LL-1-{datetime.now(till.tenant.zone):%y%m%d}-{number:04}"


def sold_by_a_program(till: Till, number: str) -> None:
    """A sale of 250,000 of this moment, as the till itself would record it."""
    with reading(till.tenant.id):
        (place,) = places_of(till.seller.id)
    command = RecordPurchase(
        customer_id=till.customer_id, merchant_id=place.merchant_id, pos_id=place.pos_id, document_scope=place.document_scope,
        document_number=number, purchased_at=datetime.now(UTC), zone=place.zone, currency=place.currency, total=250_000,
        lines=(Line(total=250_000),),
    )  # fmt: skip
    say(till.tenant, command)


def test_a_number_that_something_else_took_is_drawn_anew(till: Till) -> None:
    till.record("5000")
    sold_by_a_program(till, drawn(till, 2))
    with reading(till.tenant.id):
        *_, first = earning.purchases()
        back = earning.goods_return(first.purchase_id, document_number=drawn(till, 3), returned_at=datetime.now(UTC))
    say(till.tenant, back)
    once = str(uuid4())
    answers = [text_of(till.record("250000", once=once)) for _ in range(2)]
    assert answers[0] == answers[1]
    assert "Purchase recorded" in answers[0]
    assert sorted(row[0] for row in till.sold()) == [drawn(till, 1), drawn(till, 2), drawn(till, 4)]
    assert "with another amount" in errors_of(till.record("1000", once=once))["amount"]


def test_twenty_presses_at_once_on_a_number_that_is_taken_are_one_purchase(till: Till) -> None:
    sold_by_a_program(till, drawn(till, 1))
    once, clients = str(uuid4()), [visitor(till.tenant, till.seller) for _ in range(20)]
    answers = in_parallel(20, lambda n: text_of(till.record("250000", once=once, client=clients[n])))
    assert len(set(answers)) == 1
    assert "Purchase recorded" in answers[0]
    assert [row[1] for row in till.sold()] == [250_000] * 2


def test_the_same_form_again_is_the_same_purchase_with_the_same_answer(till: Till) -> None:
    once = str(uuid4())
    first, second = (till.record("250000", once=once) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert text_of(first) == text_of(second)
    assert len(till.sold()) == 1
    assert till.balance() == 25


def test_twenty_presses_at_once_are_one_purchase(till: Till) -> None:
    once = str(uuid4())
    clients = [visitor(till.tenant, till.seller) for _ in range(20)]

    def press(client: Any) -> Any:
        try:
            return till.record("250000", client=client, once=once)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(press, clients))
    assert [a.status_code for a in answers] == [200] * 20
    assert len({text_of(a) for a in answers}) == 1
    assert len(till.sold()) == 1
    assert till.balance() == 25


def test_a_form_sent_again_with_another_amount_changes_nothing_and_becomes_a_new_one(till: Till) -> None:
    once = str(uuid4())
    till.record("250000", once=once)
    refused = till.record("300000", once=once)
    assert refused.status_code == 422
    assert "with another amount. Press Enter again for a new purchase." in errors_of(refused)["amount"]
    assert [row[1] for row in till.sold()] == [250_000]
    (renewed,) = set(re.findall(r'name="once" value="([^"]+)"', refused.content.decode()))
    assert renewed != once
    assert till.record("300000", once=renewed).status_code == 200
    assert [row[1] for row in till.sold()] == [250_000, 300_000]


def test_a_receipt_typed_in_twice_is_said_to_be_there_and_counts_once(till: Till) -> None:
    till.record("250000", document_number="HD-7")
    again = till.record("250000", document_number="hd-7")
    assert again.status_code == 200
    said = text_of(again)
    assert "Recorded before" in said
    assert "Nothing was added" in said
    assert "+25 points" in said
    assert len(till.sold()) == 1
    assert till.balance() == 25


def test_a_receipt_of_another_amount_or_customer_is_refused_at_its_number(till: Till) -> None:
    till.record("250000", document_number="HD-7")
    other = a_customer(till.tenant, "Bình", "Trần", phone=None)
    for refused in (till.record("99000", document_number="HD-7"), till.record("250000", document_number="HD-7", customer_id=other)):
        assert refused.status_code == 422
        assert errors_of(refused) == {
            "document_number": "The document HD-7 was recorded before, with another amount or for another customer. Check its number."
        }
        assert "autofocus" in refused.content.decode().split('name="document_number"')[1].split(">")[0]
    assert len(till.sold()) == 1


@pytest.mark.parametrize(
    ("told", "field", "said"),
    [
        ({"amount": ""}, "amount", "Enter the amount."),
        ({"amount": "0"}, "amount", "Enter an amount above zero."),
        ({"amount": "abc"}, "amount", "for example 250,000"),
        ({"amount": "-5000"}, "amount", "for example"),
        ({"amount": "\0"}, "amount", "for example"),
        ({"amount": "9" * 40}, "amount", "This amount is too large."),
        ({"amount": "1" * 5000}, "amount", "This amount is too large."),
        ({"document_number": "A" * 65}, "document_number", "at most 64 characters"),
        ({"document_number": "A\0B"}, "document_number", "Null characters"),
        ({"document_number": "A\u200eB"}, "document_number", "characters that can be printed"),
        ({"document_number": "till-LL-1-1"}, "document_number", "Numbers that begin with TILL- are drawn by the till"),
        ({"document_number": "ＴＩＬＬ-1"}, "document_number", "Numbers that begin with TILL-"),
        ({"amount": "1000000000001"}, "amount", "The total is above 1,000,000,000,000 VND."),
        ({"amount": "8934563138165"}, "amount", "it may be a barcode"),
        ({"once": "nonsense"}, "form", "arrived incomplete"),
        ({"once": ""}, "form", "arrived incomplete"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(till: Till, told: dict[str, str], field: str, said: str) -> None:
    refused = till.record(**({"amount": "1000"} | told))
    assert refused.status_code == 422
    assert said in errors_of(refused)[field]
    assert len(errors_of(refused)) == 1
    assert refused.headers["HX-Retarget"] == "#counter"
    assert till.sold() == []


@pytest.mark.parametrize(("language", "said"), [("vi", "250.000"), ("pl", "250\u00a0000")])
def test_a_refusal_reads_in_the_language_of_the_seller(tenant: Tenant, seller_user: User, language: str, said: str) -> None:
    assert said in errors_of(Till(tenant, seller_user, language).record("abc"))["amount"]


def test_full_width_digits_and_decomposed_numbers_are_understood(till: Till) -> None:
    assert till.record("２５００００", document_number="ＨＤ-9").status_code == 200
    assert till.record("250000", document_number="HD-9").status_code == 200
    assert [row[1] for row in till.sold()] == [250_000]


def test_zlotys_have_decimals(other_tenant: Tenant, make_user: Any) -> None:
    till = Till(other_tenant, make_user(other_tenant, "seller"), "pl")
    assert till.record("12,50").status_code == 200
    assert till.record("12,5051").status_code == 422
    assert [row[1] for row in till.sold()] == [1250]


def test_an_inactive_customer_gets_no_points_and_the_seller_is_told(till: Till) -> None:
    say(till.tenant, DeactivateCustomer(customer_id=till.customer_id, reason="asked for it"))
    assert "bring no points" in text_of(till.client.get(till.at("till-customer", till.customer_id)))
    said = text_of(till.record())
    assert "0 points" in said
    assert "the customer is inactive" in said
    assert till.balance() == 0


def test_why_there_are_no_points_is_said(till: Till) -> None:
    assert "the amount is too small" in text_of(till.record("9000"))


def test_two_rules_are_two_reasons(till: Till) -> None:
    a_rule(till.tenant, 50_000)
    assert "+30 points" in text_of(till.record("250000"))


def test_going_to_the_address_of_a_sent_form_leads_back_to_the_customer(till: Till) -> None:
    answer = till.client.get(till.at("till-record", till.customer_id))
    assert (answer.status_code, answer.headers["Location"]) == (302, till.at("till-customer", till.customer_id))


def test_a_form_from_elsewhere_is_refused(till: Till) -> None:
    strict = visitor(till.tenant, till.seller)
    strict.handler = ClientHandler(enforce_csrf_checks=True)
    assert till.record(client=strict).status_code == 403
    assert till.sold() == []
