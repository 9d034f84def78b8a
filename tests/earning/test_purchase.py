"""A purchase earns once; what comes back takes its points with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from earning.commands import ReturnLine, Thousandths
from earning.domain.account import Account
from earning.domain.purchase import Purchase
from earning.domain.selling import sale_of
from earning.events import GoodsReturned, PointsClawedBack, PointsEarned, PurchaseRecorded, ReturnDocumented
from loyalty.domain.errors import Conflict, DomainError, NotFound
from tests.earning.given import CUSTOMER, NOON, Shop, line, per, purchase_order, rules

ONE_PER_10000 = rules(per(10_000))


def test_a_purchase_brings_points_by_the_rule_in_force() -> None:
    shop = Shop(ONE_PER_10000)
    sold = shop.record(purchase_order(250_000))
    [earned] = shop.account.pending
    [recorded] = shop.document("A-1").pending
    assert sold.new
    assert isinstance(recorded, PurchaseRecorded)
    assert isinstance(earned, PointsEarned)
    assert (earned.points, earned.purchase_id, earned.earned_at) == (25, recorded.purchase_id, NOON)
    assert [(c.points, c.amounts) for c in earned.contributions] == [(25, (250_000,))]
    assert (earned.active_from, earned.expires_at) == (None, None)


def test_each_rule_rounds_once_and_stands_in_the_lot() -> None:
    shop = Shop(rules(per(10_000), per(40_000, "5", rounding="half_up"), per(10**9)))
    sold = shop.record(purchase_order(line(40_000, 2), line(20_000, 1)))
    assert sold.lot is not None
    assert [c.points for c in sold.lot.earned.contributions] == [6, 8]
    assert shop.account.balance == 14


def test_the_same_document_again_changes_nothing() -> None:
    shop = Shop(ONE_PER_10000)
    first = shop.record(purchase_order(250_000))
    again = shop.record(purchase_order(250_000, document_number=" a-1"))
    assert (first.new, again.new) == (True, False)
    assert again.lot is first.lot
    assert (len(shop.account.pending), len(shop.document("A-1").pending)) == (1, 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer_id": None}, "customer_id"),
        ({"purchased_at": NOON + timedelta(seconds=1)}, "purchased_at"),
        ({"labels": {"table": "7"}}, "labels"),
        ({"prices_include_tax": False}, "prices_include_tax"),
        ({"payment_method": "cash"}, "payment_method"),
        ({"currency": "JPY"}, "currency"),
        ({"lines": (line(249_999), line(1))}, "lines"),
    ],
)
def test_the_same_document_with_other_content_is_refused_with_both_versions(change, field: str) -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(250_000))
    with pytest.raises(Conflict) as refusal:
        shop.record(purchase_order(250_000, **change))
    assert refusal.value.code == "earning.document_differs"
    assert set(refusal.value.params["recorded"]) == set(refusal.value.params["given"]) == {field}
    assert refusal.value.params["given"][field] == change[field]


def test_a_label_is_had_once_in_the_spelling_that_came_first() -> None:
    shop = Shop(ONE_PER_10000)
    twice = {"Color": "red", "COLOR": "red", "gift": ""}
    shop.record(purchase_order(line(250_000, labels=twice), labels=twice))
    sale = shop.document("A-1").sale
    assert sale is not None
    assert sale.labels == sale.lines[0].labels == {"Color": "red", "gift": ""}
    assert not shop.record(purchase_order(line(250_000, labels=twice), labels=twice)).new


def test_a_document_that_was_recorded_with_a_label_twice_answers_as_before() -> None:
    shop = Shop(ONE_PER_10000)
    before = sale_of(purchase_order(250_000), shop.document("A-1").id, "active", ONE_PER_10000)
    shop.document("A-1").record(replace(before, labels={"Color": "red", "color": "red", "COLOR": "blue"}))
    assert not shop.record(purchase_order(250_000, labels={"Color": "red", "color": "red", "COLOR": "blue"})).new
    with pytest.raises(Conflict, match=r"^earning.document_differs"):
        shop.record(purchase_order(250_000, labels={"Color": "blue"}))


@pytest.mark.parametrize("where", ["labels", "lines.0.labels"])
def test_a_label_with_two_values_is_refused(where: str) -> None:
    said = {"Color": "red", "color": "blue"}
    order = purchase_order(250_000, labels=said) if where == "labels" else purchase_order(line(250_000, labels=said))
    with pytest.raises(DomainError, match=r"^earning.label_twice") as refusal:
        Shop(ONE_PER_10000).record(order)
    assert (refusal.value.field, refusal.value.params["label"]) == (where, "color")


@pytest.mark.parametrize("standing", [None, "erased"])
def test_nobody_is_nobody_whether_unknown_or_erased(standing: str | None) -> None:
    shop = Shop(ONE_PER_10000)
    with pytest.raises(DomainError, match=r"^earning.customer_unknown"):
        shop.record(purchase_order(250_000), standing)
    assert shop.document("A-1").pending == []


def test_an_inactive_customers_purchase_is_kept_and_earns_nothing() -> None:
    shop = Shop(ONE_PER_10000)
    assert shop.record(purchase_order(250_000), "inactive").lot is None
    assert shop.document("A-1").sale is not None
    assert shop.account.pending == []


def test_the_same_document_answers_as_before_however_late_it_comes_again() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(250_000))
    shop.clock += timedelta(days=30)
    assert not shop.record(purchase_order(250_000), "erased").new
    with pytest.raises(DomainError, match=r"^earning.too_long_ago"):
        shop.record(purchase_order(250_000, document_number="A-2"))
    with pytest.raises(DomainError, match=r"^earning.too_long_ago"):
        shop.take_back("A-1")


def test_a_purchase_of_nobody_known_is_kept() -> None:
    shop = Shop(ONE_PER_10000)
    sold = shop.record(purchase_order(250_000, customer_id=None), None)
    assert (sold.new, sold.lot) == (True, None)


def test_a_purchase_in_another_currency_is_worth_nothing() -> None:
    shop = Shop(ONE_PER_10000)
    assert shop.record(purchase_order(250_000, currency="EUR")).lot is None


def test_a_full_return_takes_all_points_back() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(line(200_000, 4), line(50_000)))
    taken = shop.take_back("A-1")
    assert isinstance(taken.goods, GoodsReturned)
    assert (taken.points, taken.goods.amount, taken.goods.amount_kept, taken.goods.nothing_left) == (25, 250_000, 0, True)
    assert shop.account.balance == 0
    assert [type(e) for e in shop.document("R-1").pending] == [ReturnDocumented]


def test_a_partial_return_takes_what_the_kept_goods_no_longer_earn() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(line(100_000, 3), line(15_000, 1)))
    taken = shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(1000)))
    # 2 of 3 kept are 66,667 (half up) of 100,000: 81,667 in all are worth 8 of 11 points.
    assert (taken.goods.amount, taken.points, shop.account.balance) == (33_333, 3, 8)
    [_, clawed] = shop.account.pending
    assert isinstance(clawed, PointsClawedBack)
    assert [(c.points, c.amounts) for c in clawed.contributions] == [(3, (33_333, 0))]


def test_a_sale_by_amount_comes_back_by_amount() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(250_000))
    assert shop.take_back("A-1", ReturnLine(line=1, amount=100_001)).points == 11
    with pytest.raises(DomainError, match=r"^earning.returned_by_amount"):
        shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(1000)), by="R-2")
    with pytest.raises(DomainError, match=r"^earning.returned_too_much .*'left': Money\(minor=149999, currency='VND'\)"):
        shop.take_back("A-1", ReturnLine(line=1, amount=150_000), by="R-2")


def test_never_more_comes_back_than_was_sold() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(line(100_000, 3)))
    shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(1500)))
    twice = ReturnLine(line=1, quantity=Thousandths(1000))
    with pytest.raises(DomainError, match=r"^earning.returned_too_much .*'left': '1.5'"):
        shop.take_back("A-1", twice, twice, by="R-2")
    shop.take_back("A-1", by="R-2")
    with pytest.raises(DomainError, match=r"^earning.nothing_left"):
        shop.take_back("A-1", by="R-3")


@pytest.mark.parametrize(
    ("back", "code"),
    [
        (ReturnLine(line=3, quantity=Thousandths(1)), "line_unknown"),
        (ReturnLine(line=0, quantity=Thousandths(1)), "line_unknown"),
        (ReturnLine(line=1, amount=1), "returned_by_quantity"),
        (ReturnLine(line=1), "returned_nothing"),
        (ReturnLine(line=1, quantity=Thousandths(0)), "returned_nothing"),
        (ReturnLine(line=2, amount=10_000), "return_of_less_than_nothing"),
        (ReturnLine(line=1, quantity=Thousandths(3000)), "return_of_more_than_paid"),
    ],
)
def test_a_return_must_make_sense(back: ReturnLine, code: str) -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(line(100_000, 3), line(-10_000, kind="discount")))
    with pytest.raises(DomainError, match=rf"^earning.{code}"):
        shop.take_back("A-1", back)


def test_the_same_return_again_answers_as_before() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(line(100_000, 3)))
    one = ReturnLine(line=1, quantity=Thousandths(1000))
    first = shop.take_back("A-1", one)
    shop.take_back("A-1", one, by="R-2")
    again = shop.take_back("A-1", one)
    assert (again.new, again.points, again.goods) == (False, first.points, first.goods)
    with pytest.raises(Conflict, match=r"^earning.document_differs"):
        shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(2000)))
    shop.take_back("A-1", by="R-3")
    assert not shop.take_back("A-1", by="R-3").new


def test_sales_and_returns_share_the_numbers() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(100_000))
    shop.record(purchase_order(100_000, document_number="A-2"))
    with pytest.raises(Conflict, match=r"^earning.document_is_a_purchase"):
        shop.take_back("A-1", by="a-2")
    shop.take_back("A-1", by="R-1")
    with pytest.raises(Conflict, match=r"^earning.document_is_a_return"):
        shop.record(purchase_order(100_000, document_number="r-1"))
    assert shop.take_back("A-2", by="R-1").points == 10


def test_the_number_of_a_return_is_kept_without_the_blanks_around_it() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(100_000))
    returned = shop.take_back("A-1", by=" R-1\u3000").goods
    [documented] = shop.document("R-1").pending
    assert (returned.document_number, documented.document_number) == ("R-1", "R-1")


def test_only_what_was_sold_to_them_comes_back() -> None:
    shop = Shop(ONE_PER_10000)
    with pytest.raises(NotFound, match=r"^earning.purchase_unknown"):
        shop.take_back("A-1")
    shop.record(purchase_order(100_000))
    with pytest.raises(Conflict, match=r"^earning.other_customer"):
        shop.take_back("A-1", by="R-2", customer_id=None)
    with pytest.raises(DomainError, match=r"^earning.other_merchant"):
        shop.take_back("A-1", by="R-3", merchant_id=CUSTOMER)
    with pytest.raises(DomainError, match=r"^earning.returned_before_sale"):
        shop.take_back("A-1", by="R-4", returned_at=NOON - timedelta(seconds=1))


def test_buying_and_returning_ten_times_leaves_nothing() -> None:
    shop = Shop(ONE_PER_10000)
    for n in range(10):
        shop.record(purchase_order(200_000, document_number=f"A-{n}"))
        shop.take_back(f"A-{n}", by=f"R-{n}")
        assert shop.account.balance == 0


def test_an_account_holds_no_more_than_it_can_count() -> None:
    shop = Shop(rules(per(1, "1000000")))
    with pytest.raises(DomainError, match=r"^earning.too_many_points"):
        shop.record(purchase_order(10**10))


def test_replay_gives_the_same_state() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(line(100_000, 3), line(5_000)))
    shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(1000)))
    account = Account.replay(shop.account.id, shop.account.pending)
    document = Purchase.replay(shop.document("A-1").id, shop.document("A-1").pending)
    assert (account.balance, account.version) == (shop.account.balance, 2)
    assert document.values() == shop.document("A-1").values()
