"""Goods that come back at the till: by line or all, once, refused at the line at fault."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from earning import queries as earning
from earning.commands import Line, Thousandths
from loyalty.tenancy import reading
from tests.earning.counter import in_parallel
from tests.pos.counter import HTMX, Till, errors_of
from tests.pos.documents import returns, sell, take_back
from tests.support.client import visitor
from tests.support.pages import text_of


def test_a_line_comes_back_with_its_points(till: Till) -> None:
    sold = sell(till)
    foreseen = text_of(till.client.post(till.at("till-return-preview", sold), {"once": str(uuid4()), "line_1": "1"}, headers=HTMX))
    assert "45,000" in foreseen
    assert "5 points" in foreseen
    assert "New balance 7 points" in foreseen
    answer = take_back(till, sold, line_1="1")
    said = text_of(answer)
    assert answer.status_code == 200
    for shown in ("Taken back", "45,000", "points taken back: 5 points", "New balance: 7 points", "Partly returned", "1 of 2 left"):
        assert shown in said, shown
    assert returns(till) == [(1, "partly_returned", 75_000, 7)]
    assert till.balance() == 7


def test_everything_comes_back_whatever_was_typed(till: Till) -> None:
    sold = sell(till)
    said = text_of(take_back(till, sold, line_1="nonsense", everything="1"))
    assert "Returned" in said
    assert "Take back everything" not in said
    assert returns(till) == [(1, "returned", 0, 0)]
    assert till.balance() == 0


def test_a_sale_by_amount_comes_back_by_amount(till: Till) -> None:
    till.record("250000", document_number="HD-9")
    with reading(till.tenant.id):
        (sold,) = earning.purchases(document="HD-9")
    take_back(till, sold.purchase_id, line_1="100.000")
    assert returns(till) == [(1, "partly_returned", 150_000, 15)]


def test_the_same_form_again_is_the_same_return_with_the_same_answer(till: Till) -> None:
    sold, once = sell(till), str(uuid4())
    for told in ({"line_2": "30000"}, {"everything": "1"}):
        once = str(uuid4())
        first, again = (take_back(till, sold, once=once, **told) for _ in range(2))
        assert (first.status_code, again.status_code) == (200, 200)
        assert strip(first) == strip(again)
    assert returns(till) == [(2, "returned", 0, 0)]


def strip(answer: Any) -> str:
    return re.sub(r'name="once" value="[^"]+"', "", text_of(answer))


def test_twenty_presses_at_once_are_one_return(till: Till) -> None:
    sold, once = sell(till), str(uuid4())
    clients = [visitor(till.tenant, till.seller) for _ in range(20)]
    answers = in_parallel(20, lambda n: take_back(till, sold, clients[n], once=once, line_1="1").status_code)
    assert set(answers) == {200}
    assert returns(till) == [(1, "partly_returned", 75_000, 7)]


def test_of_ten_tills_that_take_the_last_piece_back_one_does(till: Till) -> None:
    sold = sell(till, Line(total=50_000, quantity=Thousandths(1000), name="Ly"))
    clients = [visitor(till.tenant, till.seller) for _ in range(10)]
    answers = in_parallel(10, lambda n: take_back(till, sold, clients[n], line_1="1").status_code)
    assert sorted(answers) == [200] + [422] * 9
    assert returns(till) == [(1, "returned", 0, 0)]
    assert till.balance() == 0


@pytest.mark.parametrize(
    ("told", "field", "said"),
    [
        ({}, "form", "Enter how much comes back, or return everything."),
        ({"line_1": "0"}, "form", "Enter how much comes back"),
        ({"line_1": "3"}, "line_1", "Only 2 of line 1 is left to return."),
        ({"line_1": "-1"}, "line_1", "A quantity is above zero"),
        ({"line_1": "1.0001"}, "line_1", "A quantity is above zero"),
        ({"line_1": "\0"}, "line_1", "A quantity is above zero"),
        ({"line_1": "9" * 5000}, "line_1", "A quantity is above zero"),
        ({"line_2": "abc"}, "line_2", "for example"),
        ({"line_1": "1", "once": ""}, "form", "arrived incomplete"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_line(till: Till, told: dict[str, str], field: str, said: str) -> None:
    refused = take_back(till, sell(till), **told)
    assert refused.status_code == 422
    assert said in errors_of(refused)[field]
    assert returns(till) == [(0, "recorded", 120_000, 12)]


def test_full_width_digits_and_a_comma_are_understood(till: Till) -> None:
    sold = sell(till, Line(total=100_000, quantity=Thousandths(2500), name="Cam"))
    take_back(till, sold, line_1="１,５")
    assert returns(till) == [(1, "partly_returned", 40_000, 4)]
    assert "còn 1 trên 2,5" in text_of(visitor(till.tenant, till.seller, "vi").get(till.at("till-document", sold)))


def test_a_discount_comes_back_with_its_goods_and_is_not_asked_for(till: Till) -> None:
    off = Line(kind="discount", total=-18_000, name="Sinh nhật", line_shares=(18_000,))
    sold = sell(till, Line(total=90_000, quantity=Thousandths(2000), name="Cà phê sữa"), off)
    page = till.client.get(till.at("till-document", sold))
    assert 'name="line_2"' not in page.content.decode()
    assert "Sinhnhậtcomesbackwithitsgoods·−₫18,000" in close(page)
    foreseen = till.client.post(till.at("till-return-preview", sold), {"once": str(uuid4()), "line_1": "1"}, headers=HTMX)
    assert "Comesback₫36,000" in close(foreseen)
    said = close(take_back(till, sold, line_1="1"))
    assert "Takenback₫36,000" in said
    assert "comesbackwithitsgoods·−₫9,000" in said
    assert returns(till) == [(1, "partly_returned", 36_000, 3)]
    take_back(till, sold, everything="1")
    assert returns(till) == [(2, "returned", 0, 0)]


def test_of_a_discount_that_does_not_say_where_it_lies_the_seller_says_how_much_goes_along(till: Till) -> None:
    off = Line(kind="discount", total=-18_000, name="Sinh nhật")
    sold = sell(till, Line(total=90_000, quantity=Thousandths(2000), name="Cà phê sữa"), off)
    page = till.client.get(till.at("till-document", sold))
    assert "Howmuchofitgoeswiththegoodsthatcomeback?" in close(page)
    assert "Bao nhiêu của khoản này đi cùng hàng trả lại?" in text_of(
        visitor(till.tenant, till.seller, "vi").get(till.at("till-document", sold))
    )
    refused = take_back(till, sold, line_1="2")
    assert errors_of(refused) == {
        "line_2": "More would come back than was paid: ₫72,000 at most. Line 2 took something off: say how much of it goes too."
    }
    assert returns(till) == [(0, "recorded", 72_000, 7)]
    assert "Takenback₫36,000" in close(take_back(till, sold, line_1="1", line_2="9000"))
    assert returns(till) == [(1, "partly_returned", 36_000, 3)]
    assert "A discount comes back together with its goods" in errors_of(take_back(till, sold, line_2="9000"))["form"]
    take_back(till, sold, line_1="1", line_2="9000")
    assert returns(till) == [(2, "returned", 0, 0)]


def close(page: Any) -> str:
    """What is read on a page, without spaces."""
    return re.sub(r"\s", "", text_of(page))
