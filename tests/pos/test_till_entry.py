"""A whole document typed in at the till: with its customer and its lines, for this till only, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from earning import queries as earning
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.pos.counter import Till, errors_of
from tests.pos.given import a_place
from tests.support.client import visitor
from tests.support.pages import form_of, text_of

LINES = {
    "lines_0_sku": "CF-1", "lines_0_name": "Cà phê sữa", "lines_0_quantity": "2", "lines_0_total": "90.000",
    "lines_1_name": "Bánh", "lines_1_total": "30.000", "lines_1_category": "Bánh ngọt",
    "lines_2_kind": "discount", "lines_2_name": "Giảm giá", "lines_2_total": "20.000",
}  # fmt: skip
RECEIPT = {"customer": "0912 345 678", "document_number": "HD-7"} | LINES


def enter(till: Till, client: Any = None, **told: Any) -> Any:
    return (client or till.client).post(till.at("till-enter"), RECEIPT | told, follow=True)


def test_a_seller_enters_three_lines_for_a_customer_and_is_told_the_points(till: Till) -> None:
    blank = till.client.get(till.at("till-enter"))
    assert till.at("till-enter") in till.client.get(till.at("till")).content.decode()
    answer = enter(till, **form_of(blank) | RECEIPT)
    assert answer.redirect_chain == [(till.at("till"), 302)]
    assert "HD-7 is recorded: ₫100,000 and 10 points for " in text_of(answer)
    assert till.sold() == [("HD-7", 100_000, 10)]
    with reading(till.tenant.id):
        (sold,) = earning.purchases(pos_id=till.pos_id, limit=2)
        lines = [(line.line.name, line.line.total, line.line.category) for line in earning.purchase(sold.purchase_id).lines]
    assert lines == [("Cà phê sữa", 90_000, ""), ("Bánh", 30_000, "Bánh ngọt"), ("Giảm giá", -20_000, "")]


def test_wrong_input_is_said_at_its_field(till: Till) -> None:
    answer = enter(till, visitor(till.tenant, till.seller, "vi"), customer="0999 999 999", lines_1_total="ba mươi")
    assert answer.status_code == 422
    assert "Thông tin nhập vào chưa chính xác" in text_of(answer)
    assert {"customer", "lines_1_total"} == errors_of(answer).keys()
    assert till.sold() == []


def test_more_lines_come_without_complaints(till: Till) -> None:
    answer = enter(till, more="1", document_number="")
    assert (answer.status_code, errors_of(answer)) == (200, {})
    held = form_of(answer)
    assert held["lines_0_name"] == ["Cà phê sữa"]
    assert "lines_4_total" in held


def test_a_purchase_is_entered_for_the_own_till_only(till: Till) -> None:
    other = a_place(till.tenant, "XX-9", "Xa")
    assert till.client.get(reverse("till-enter", args=["XX-9"])).status_code == 404
    assert till.client.post(reverse("till-enter", args=["XX-9"]), RECEIPT).status_code == 404
    answer = enter(till, place=str(other))
    assert (answer.status_code, errors_of(answer).keys()) == (422, {"form"})
    assert "drawn by the till" in errors_of(enter(till, document_number="till-LL-1-1"))["document_number"]
    assert till.sold() == []


def test_the_same_document_again_answers_as_before(till: Till) -> None:
    form = form_of(till.client.get(till.at("till-enter"))) | RECEIPT
    enter(till, **form)
    assert "was recorded before, and stays as it is" in text_of(enter(till))
    assert enter(till, **form).redirect_chain == [(till.at("till"), 302)]
    assert till.sold() == [("HD-7", 100_000, 10)]
    assert "document_number" in errors_of(enter(till, lines_0_total="95.000"))


def test_nobody_dates_back_further_than_a_day_at_a_till(tenant: Tenant, admin_user: User) -> None:
    till = Till(tenant, admin_user)
    then = (timezone.now() - timedelta(hours=30)).astimezone(tenant.zone)
    assert "purchased_at" in errors_of(enter(till, purchased_at=f"{then:%Y-%m-%dT%H:%M}"))
    assert till.sold() == []
