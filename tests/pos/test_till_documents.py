"""Documents at the till: sales without a customer, receipts found by their number, goods that come back, and whose they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning import queries as earning
from earning.commands import Line, RecordPurchase
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.given import per
from tests.earning.test_wallets_of_rules import rule_into, set_up
from tests.pos.counter import HTMX, Till, errors_of
from tests.pos.documents import sell, take_back
from tests.pos.given import a_customer, a_merchant, a_place, a_seller, say
from tests.support.client import visitor
from tests.support.pages import text_of

# -- a sale without a customer --------------------------------------------------------------------


def test_a_sale_without_a_customer_is_recorded_and_waits_for_the_next(till: Till) -> None:
    screen = text_of(till.client.get(till.at("till-anonymous"), headers=HTMX))
    assert "Sale without a customer" in screen
    assert "New balance" not in screen
    done = till.client.post(till.at("till-record-anonymous"), {"once": str(uuid4()), "amount": "250000"}, headers=HTMX)
    said = text_of(done)
    assert "Purchase recorded" in said
    assert "Without customer" in said
    assert done.headers["HX-Push-Url"] == "/till/LL-1/"
    assert [row[1:] for row in till.sold()] == [(250_000, 0)]


def test_sent_twice_it_is_one_sale(till: Till) -> None:
    told = {"once": str(uuid4()), "amount": "250000"}
    answers = {text_of(till.client.post(till.at("till-record-anonymous"), told, headers=HTMX)) for _ in range(2)}
    assert len(answers) == 1
    assert len(till.sold()) == 1


def test_what_is_wrong_with_it_is_said_at_its_field(till: Till) -> None:
    refused = till.client.post(till.at("till-record-anonymous"), {"once": str(uuid4()), "amount": ""}, headers=HTMX)
    assert (refused.status_code, errors_of(refused)) == (422, {"amount": "Enter the amount."})
    assert till.client.get(till.at("till-record-anonymous")).headers["Location"] == till.at("till-anonymous")


# -- found by its number --------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["HD-7", " hd-7 ", "ＨＤ-7"])
def test_a_receipt_is_found_by_its_number_in_any_spelling(till: Till, typed: str) -> None:
    sold = sell(till)
    page = till.client.get(till.at("till-documents"), query_params={"number": typed}, headers=HTMX)
    said = text_of(page)
    for shown in ("HD-7", "120,000", "Nguyễn Văn Đường", "+12 points", "2 of 2 left", "Cà phê sữa", "Bánh", "Take back everything"):
        assert shown in said, shown
    assert page.headers["HX-Push-Url"] == till.at("till-document", sold)


@pytest.mark.parametrize("typed", ["HD-8", "x" * 64, "\u202e"])
def test_a_number_that_is_none_here_says_so(till: Till, typed: str) -> None:
    sell(till)
    page = till.client.get(till.at("till-documents"), query_params={"number": typed}, headers=HTMX)
    assert page.status_code == 200
    assert "at this merchant" in text_of(page)


@pytest.mark.parametrize("typed", ["", " ", "\0", "x" * 1000])
def test_what_is_no_number_finds_nothing(till: Till, typed: str) -> None:
    page = till.client.get(till.at("till-documents"), query_params={"number": typed})
    assert page.status_code == 200
    assert "Receipts and returns" in text_of(page)


def test_another_merchants_document_is_not_there(till: Till) -> None:
    other = a_merchant(till.tenant, "Điện Máy")
    place = a_place(till.tenant, "DM-1", merchant_id=other)
    command = RecordPurchase(
        customer_id=None, merchant_id=other, pos_id=place, document_scope="merchant", document_number="HD-7",
        purchased_at=datetime.now(UTC), zone="Asia/Ho_Chi_Minh", currency="VND", total=1000, lines=(Line(total=1000),),
    )  # fmt: skip
    theirs = say(till.tenant, command).purchase_id
    assert "at this merchant" in text_of(till.client.get(till.at("till-documents"), query_params={"number": "HD-7"}))
    assert till.client.get(till.at("till-document", theirs)).status_code == 404
    assert take_back(till, theirs, everything="1").status_code == 404
    assert till.client.post(till.at("till-give", theirs), {"once": str(uuid4()), "customer": "0912345678"}).status_code == 404


def test_the_latest_purchases_lead_to_their_documents(till: Till) -> None:
    sold = sell(till)
    assert till.at("till-document", sold) in till.client.get(till.at("till")).content.decode()


# -- whose it is ----------------------------------------------------------------------------------


def give(till: Till, purchase_id: UUID, customer: str) -> Any:
    return till.client.post(till.at("till-give", purchase_id), {"once": str(uuid4()), "customer": customer}, headers=HTMX)


def test_a_document_without_a_customer_is_given_to_its_customer(till: Till) -> None:
    sold = sell(till, customer=False)
    assert "Give to a customer" in text_of(till.client.get(till.at("till-document", sold)))
    said = text_of(give(till, sold, "0912 345 678"))
    assert "Given to Nguyễn Văn Đường: 12 points. New balance: 12 points." in said
    assert "Give to a customer" not in said
    assert till.balance() == 12


def test_who_is_nobody_gets_nothing_and_the_first_keeps_it(till: Till) -> None:
    sold = sell(till, customer=False)
    assert "There is no such customer" in errors_of(give(till, sold, "0900000000"))["customer"]
    assert "Enter a phone number" in errors_of(give(till, sold, ""))["customer"]
    give(till, sold, "0912345678")
    a_customer(till.tenant, "Bình", phone="+84912345679")
    assert "belongs to another customer" in text_of(give(till, sold, "0912345679")) or till.balance() == 12
    assert till.balance() == 12


def test_a_seller_without_the_right_sees_neither_form(till: Till, marketer_user: Any) -> None:
    sold = sell(till, customer=False)
    assert visitor(till.tenant, marketer_user).get(till.at("till-document", sold)).status_code == 403


def with_stars(till: Till) -> None:
    """One star, which has one decimal, for each 48,000 spent."""
    counter = Counter(till.tenant)
    set_up(counter, decimals=1)
    rule_into(counter, "stars", replace(per(48_000), currency=till.tenant.currency))


def test_what_other_wallets_got_and_lost_stands_beside_points(till: Till) -> None:
    with_stars(till)
    sold = sell(till)
    page = text_of(till.client.get(till.at("till-document", sold)))
    assert page.count("+12 points · +2.5 stars") == 2, "on the document, and among the latest"
    typed = {"once": str(uuid4()), "line_2": "30000"}
    assert "points taken back: 3 points, 0.7 stars New balance 9 points · 1.8 stars" in text_of(
        till.client.post(till.at("till-return-preview", sold), typed, headers=HTMX)
    )
    said = text_of(take_back(till, sold, line_2="30000"))
    assert "points taken back: 3 points, 0.7 stars · New balance: 9 points" in said
    assert "30,000 · − 3 points · −0.7 stars" in said
    assert "Goods taken back: 3 points, 0.7 stars." in said


def test_who_gets_a_document_is_told_the_points_of_all_wallets(till: Till) -> None:
    with_stars(till)
    assert "12 points, 2.5 stars. New balance: 12 points." in text_of(give(till, sell(till, customer=False), "0912345678"))


# -- recorded by mistake --------------------------------------------------------------------------


def void(till: Till, purchase_id: UUID, reason: str = "Wrong amount", client: Any = None) -> Any:
    return (client or till.client).post(till.at("till-void", purchase_id), {"once": str(uuid4()), "reason": reason}, headers=HTMX)


def recorded_here(till: Till) -> UUID:
    till.record("250000", document_number="HD-7")
    with reading(till.tenant.id):
        return earning.purchases(document="HD-7")[0].purchase_id


def test_who_recorded_a_purchase_voids_it(till: Till) -> None:
    sold = recorded_here(till)
    assert "Recorded by mistake?" in text_of(till.client.get(till.at("till-document", sold)))
    refused = void(till, sold, "")
    assert (refused.status_code, list(errors_of(refused))) == (422, ["reason"])
    for answer in (void(till, sold), void(till, sold)):
        said = text_of(answer)
        for shown in ("Voided", "250,000", "points taken back: 25 points", "New balance: 0 points"):
            assert shown in said, shown
        assert "Recorded by mistake?" not in said
    assert till.balance() == 0
    assert "This document was voided" in text_of(till.record("250000", document_number="HD-7"))


def test_another_seller_is_not_offered_it_and_refused(till: Till, make_user: Any) -> None:
    sold = recorded_here(till)
    colleague = visitor(till.tenant, a_seller(till.tenant, make_user(till.tenant, "seller"), till.pos_id))
    assert "Recorded by mistake?" not in text_of(colleague.get(till.at("till-document", sold)))
    assert "Only who recorded a purchase can void it" in text_of(void(till, sold, client=colleague))
    assert till.balance() == 25


# -- the same number again ------------------------------------------------------------------------


def test_a_receipt_with_other_content_is_refused_with_both_versions(till: Till) -> None:
    till.record("250000", document_number="HD-7")
    other = a_customer(till.tenant, "Bình", "Trần", phone=None)
    refused = till.record("99000", document_number="HD-7", customer_id=other)
    assert refused.status_code == 422
    said = text_of(refused)
    for shown in (
        "Total: recorded is ₫250,000, entered is ₫99,000.", "Customer: recorded is Nguyễn Văn Đường, entered is Trần Bình.",
        "Lines: recorded is Goods ₫250,000, entered is Goods ₫99,000.", "Open the document",
    ):  # fmt: skip
        assert shown in said, shown
    assert "?number=HD-7" in refused.content.decode()


def test_a_receipt_that_was_recorded_for_nobody_is_opened_and_given(till: Till) -> None:
    till.client.post(till.at("till-record-anonymous"), {"once": str(uuid4()), "amount": "250000", "document_number": "HD-7"}, headers=HTMX)
    refused = till.record("250000", document_number="HD-7")
    assert "Customer: recorded is nobody, entered is Nguyễn Văn Đường." in text_of(refused)
    with reading(till.tenant.id):
        (sold,) = earning.purchases(document="HD-7")
    assert "12 points" not in text_of(give(till, sold.purchase_id, "0912345678"))
    assert till.balance() == 25
