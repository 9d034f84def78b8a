"""Goods that come back come off the newest sale that is not later; what nothing answers for is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from earning.domain.matching import ComingBack, SoldLine, match_returns

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def sold(document: str, day: int, quantity: int, sku: str = "A", line: int = 1) -> SoldLine:
    return SoldLine(document, DAY + timedelta(days=day), line, sku, quantity)


def back(document: str, day: int, quantity: int, sku: str = "A", row: int = 1) -> ComingBack:
    return ComingBack(document, DAY + timedelta(days=day), row, sku, quantity)


def outcome(sales, backs):
    matched = match_returns(sales, backs)
    return [(m.back.document, m.sold.document, m.quantity) for m in matched.matches], [(b.document, q) for b, q in matched.left_over]


def test_the_newest_sale_comes_first_and_a_return_is_split_where_needed() -> None:
    assert outcome([sold("1", 1, 5), sold("2", 2, 3)], [back("C", 3, 6)]) == ([("C", "2", 3), ("C", "1", 3)], [])


def test_a_later_sale_and_another_sku_do_not_answer() -> None:
    assert outcome([sold("1", 5, 5), sold("2", 1, 5, "B")], [back("C", 3, 2)]) == ([], [("C", 2)])


def test_a_sale_of_the_same_minute_answers() -> None:
    assert outcome([sold("1", 3, 5)], [back("C", 3, 2)]) == ([("C", "1", 2)], [])


def test_returns_take_their_turn_in_order_of_time_and_the_rest_is_left_over() -> None:
    assert outcome([sold("1", 1, 4)], [back("D", 9, 3), back("C", 2, 3)]) == ([("C", "1", 3), ("D", "1", 1)], [("D", 2)])


def test_amounts_and_quantities_never_answer_for_each_other() -> None:
    by_amount = SoldLine("1", DAY, 1, "", 50_000, by_amount=True)
    assert outcome([by_amount], [back("C", 1, 1000, "")]) == ([], [("C", 1000)])


LINES = st.tuples(st.integers(0, 9), st.sampled_from("AB"), st.integers(1, 5))


@given(st.lists(LINES, max_size=8), st.lists(LINES, max_size=8))
def test_nothing_is_invented_and_nothing_is_lost(sales, backs) -> None:
    shelf = [sold(str(n), day, quantity, sku, n) for n, (day, sku, quantity) in enumerate(sales)]
    coming = [back(f"C{n}", day, quantity, sku, n) for n, (day, sku, quantity) in enumerate(backs)]
    matched = match_returns(shelf, coming)
    for line in shelf:
        assert sum(m.quantity for m in matched.matches if m.sold is line) <= line.quantity
    for b in coming:
        taken = sum(m.quantity for m in matched.matches if m.back is b)
        assert taken + sum(q for left, q in matched.left_over if left is b) == b.quantity
    assert all(m.sold.at <= m.back.at and m.sold.sku == m.back.sku and m.quantity > 0 for m in matched.matches)
