"""Purchases in another currency: converted once, and counted as if they had been made in the programme's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from earning import queries
from earning.commands import Line, Multiplier, ProductPoints, ReturnLine, RuleScope, SetExchangeRate, Thousandths
from earning.domain.exchange import Exchange, RateSince, check_rate, exchange, rate_at
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS
from loyalty.projections.runner import project_all
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, rows
from tests.earning.given import NOON, Shop, line, per, purchase_order, rules
from tests.earning.shops import Shops, recorded, refusal
from tests.support.client import ApiClient
from tests.support.pages import text_of

RATES = "/api/v1/exchange-rates"
amounts = some.integers(0, 10**6)
some_rates = some.decimals(min_value="0.000001", max_value="30000", places=6).filter(bool)
ALL_KINDS = rules(
    per(40_000, "1.7"),
    Multiplier(factor=Decimal(3)),
    (per(10_000), RuleScope(minimum=200_000, maximum=10**9)),
    ProductPoints(points=Decimal(7)),
)


@given(some.lists(amounts, min_size=1, max_size=8), some_rates, some.sampled_from(sorted(set(EXPONENTS) - {"VND"})))
def test_what_lines_are_worth_adds_up_and_each_is_at_most_one_unit_off(totals: list[int], rate: Decimal, currency: str) -> None:
    made = exchange([line(total) for total in totals], currency, rate, "VND")
    exact = [Decimal(total) * rate / 10 ** EXPONENTS[currency] for total in totals]
    assert sum(made.lines) == made.total
    assert abs(made.total - sum(exact)) <= Decimal("0.5")
    assert all(abs(worth - one) < 1 for worth, one in zip(made.lines, exact, strict=True))


@given(some.lists(some.tuples(amounts, some.integers(1, 5)), min_size=1, max_size=4), some_rates, some.data())
def test_points_are_those_of_what_the_lines_are_worth_before_and_after_any_return(
    sold: list[tuple[int, int]], rate: Decimal, data: Any
) -> None:
    """Whatever the rules, quantities and returns: the same goods bought in the programme's own currency for what each line is worth."""
    foreign = [line(total, quantity, sku=f"S{n}") for n, (total, quantity) in enumerate(sold)]
    made = exchange(foreign, "USD", rate, "VND")
    home = [replace(one, total=worth) for one, worth in zip(foreign, made.lines, strict=True)]
    shops = [Shop(ALL_KINDS), Shop(ALL_KINDS)]
    shops[0].record(purchase_order(*foreign, currency="USD", home_currency="VND", exchange=made))
    shops[1].record(purchase_order(*home))
    assert shops[0].account.balance == shops[1].account.balance
    back = [ReturnLine(line=n, quantity=Thousandths(1000)) for n in data.draw(some.sets(some.integers(1, len(sold)), min_size=1))]
    taken = [shop.take_back("A-1", *back) for shop in shops]
    assert taken[0].points == taken[1].points
    assert taken[0].goods.exchanged is not None
    assert taken[0].goods.exchanged.amount == taken[1].goods.amount
    assert shops[0].account.balance == shops[1].account.balance


def test_the_rate_is_that_of_the_time_of_the_purchase() -> None:
    rates = [RateSince(NOON, Decimal(25_000)), RateSince(NOON + timedelta(days=1), Decimal(26_000))]
    assert [rate_at(rates, "USD", "VND", NOON + timedelta(hours=h)) for h in (0, 23, 24)] == [25_000, 25_000, 26_000]
    with pytest.raises(DomainError, match=r"^earning.exchange_rate_later") as refused:
        rate_at(rates, "USD", "VND", NOON - timedelta(microseconds=1))
    assert (refused.value.field, refused.value.params) == (
        "currency",
        {"currency": "USD", "into": "VND", "since": NOON},
    )
    with pytest.raises(DomainError, match=r"^earning.exchange_rate_missing"):
        rate_at([], "USD", "VND", NOON)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity", "1000000001", "0.0000000000001"])
def test_a_rate_that_cannot_be_is_refused(rate: str) -> None:
    with pytest.raises(DomainError, match=r"^earning.exchange_rate_invalid"):
        check_rate("USD", Decimal(rate), "VND")


def test_a_discount_is_converted_with_its_goods() -> None:
    lines = [line(1001), line(-334, kind="discount")]
    assert exchange(lines, "USD", Decimal("0.5"), "EUR") == Exchange(currency="EUR", rate=Decimal("0.5"), total=334, lines=(501, -167))


@pytest.mark.usefixtures("own_log")
def test_totals_and_points_count_what_a_purchase_is_worth(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.rule()
    customer = counter.customer()
    counter.do(SetExchangeRate(currency="USD", rate=Decimal(25_000), into="VND", effective_at=datetime(2020, 1, 1, tzinfo=UTC)))
    order = counter.order(customer, Line(total=1250, quantity=Thousandths(5000)), currency="USD", home_currency="VND")
    with reading(tenant.id):
        assert queries.preview(order).points == 31
    sold = counter.do(order)
    assert (sold.points, sold.balance) == (31, 31)
    counter.do(SetExchangeRate(currency="USD", rate=Decimal(50_000), into="VND"))
    assert counter.do(order).duplicate
    counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(2000)))
    project_all()
    assert rows("customers_spending", tenant, "total, currency") == [(187_500, "VND")], "at the rate that it was sold at"
    assert rows("pos_takings", tenant, "revenue") == [(187_500,)]
    with reading(tenant.id):
        card = queries.purchase(sold.purchase_id)
        explained = queries.explanation(sold.purchase_id)
    assert (card.total, card.kept, card.points, card.exchange and card.exchange.total) == (1250, 750, 18, 312_500)
    assert (explained.currency, explained.rules[0].explained.amounts) == ("VND", (312_500,))


def test_rates_are_set_over_http_and_purchases_in_other_currencies_counted(
    api: ApiClient, api_as: Callable[..., ApiClient], shops: Shops
) -> None:
    sale = shops.sale(currency="USD", total=1000, lines=[{"total": 1000}])
    assert refusal(api.post("/api/v1/purchases", sale)) == (422, "earning.exchange_rate_missing", "/currency")
    assert refusal(api.put(f"{RATES}/VND", {"rate": "1"}))[:2] == (422, "earning.exchange_rate_of_its_own")
    assert refusal(api.put(f"{RATES}/XYZ", {"rate": "1"}))[:2] == (422, "money.unknown_currency")
    assert api_as("seller").put(f"{RATES}/USD", {"rate": "25400"}).status_code == 403
    set_now = api.put(f"{RATES}/USD", {"rate": "25400.5", "effective_at": "2020-01-01T00:00:00Z"})
    assert (set_now.status_code, [set_now.json()]) == (200, api.get(RATES).json())
    assert [(one["currency"], one["into"], one["rate"]) for one in api.get(RATES).json()] == [("USD", "VND", "25400.5")]
    assert api.post("/api/v1/purchases?dry_run=true", sale).json()["points"] == 25
    made = recorded(api, sale)
    shown = api.get(f"/api/v1/purchases/{made['purchase_id']}").json()
    assert (made["points"], shown["currency"], shown["total"]) == (25, "USD", 1000)
    assert shown["exchange"] == {"currency": "VND", "rate": "25400.5", "total": 254_005}


def test_an_administrator_sets_a_rate_and_sees_both_amounts(admin_site: Any, api: ApiClient, shops: Shops) -> None:
    told = {"currency": "USD", "rate": "25400.5", "effective_at": "2020-01-01 00:00"}
    said = text_of(admin_site.post("/admin/earning/exchangerate/set/", told, follow=True))
    assert ("The exchange rate is set." in said, "1 USD = 25,400.5 VND" in said) == (True, True)
    again = text_of(admin_site.post("/admin/earning/exchangerate/set/", told | {"rate": "0"}))
    assert "A rate is above zero" in again
    made = recorded(api, shops.sale(currency="USD", total=1000, lines=[{"total": 1000}]))
    page = text_of(admin_site.get(f"/admin/earning/purchase/{made['purchase_id']}/change/"))
    assert ("254,005" in page, "10.00" in page, "1 USD = 25,400.5 VND" in page) == (True, True, True)
