"""Rates that are set late, twice at once, in odd forms, and for currencies of all sorts of minor units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from earning.commands import ClaimPurchase, Line, ReturnLine, SetExchangeRate, Thousandths
from earning.domain.exchange import LARGEST_RATE, exchange
from earning.forms.fields import RateField
from earning.queries import exchange_rates, explanation, preview
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import line
from tests.earning.shops import Shops, recorded, refusal
from tests.support.client import ApiClient, visitor

RATES = "/api/v1/exchange-rates"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FIVE = Line(total=1250, quantity=Thousandths(5000))


def set_rate(counter: Counter, rate: int | str, since: datetime = LONG_AGO, currency: str = "USD") -> None:
    counter.do(SetExchangeRate(currency=currency, rate=Decimal(rate), into=counter.tenant.currency, effective_at=since))


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    set_rate(made, 25_000)
    return made


def in_dollars(counter: Counter, customer: Any, *lines: Line, **changes: Any) -> Any:
    return counter.order(customer, *(lines or (FIVE,)), currency="USD", home_currency=counter.tenant.currency, **changes)


# -- later rates ----------------------------------------------------------------------------------


def test_rates_set_later_change_no_points_of_purchases_returns_claims_or_voids(counter: Counter) -> None:
    customer = counter.customer()
    named, nameless = in_dollars(counter, customer), in_dollars(counter, None)
    sold, unclaimed = counter.do(named), counter.do(nameless)
    with reading(counter.tenant.id):
        explained = explanation(sold.purchase_id)
    set_rate(counter, 100_000, LONG_AGO)
    set_rate(counter, 200_000, named.purchased_at - timedelta(days=1))
    set_rate(counter, 300_000, named.purchased_at)
    assert (sold.points, counter.do(named).points, counter.do(named).duplicate) == (31, 31, True)
    assert counter.do(ClaimPurchase(purchase_id=unclaimed.purchase_id, customer_id=customer)).points == 31
    back = [counter.take_back(named, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(2000))) for _ in range(2)]
    assert [one.points for one in back] == [13, 12], "31 points, then those of 187,500, then those of 62,500"
    assert back[-1].balance == 6 + 31
    with reading(counter.tenant.id):
        assert explanation(sold.purchase_id) == explained
        assert explained.exchange is not None
        assert (explained.exchange.rate, explained.exchange.total) == (25_000, 312_500)


def test_a_purchase_of_a_time_that_a_rate_was_set_for_later_has_that_rate(counter: Counter) -> None:
    order = in_dollars(counter, counter.customer())
    set_rate(counter, 50_000, order.purchased_at)
    set_rate(counter, 90_000, order.purchased_at + timedelta(microseconds=1))
    with reading(counter.tenant.id):
        foreseen = preview(order)
    made = counter.do(order)
    assert (foreseen.exchange, foreseen.points) == (made.exchange, 62)


# -- races ----------------------------------------------------------------------------------------


def test_of_rates_set_at_once_for_one_instant_the_last_in_the_log_counts_and_every_purchase_has_one_of_them(counter: Counter) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    customers = [counter.customer() for _ in range(8)]

    def one(n: int) -> Any:
        if n % 2:
            return counter.do(in_dollars(counter, customers[n // 2]))
        return set_rate(counter, 10_000 * (n + 1), at)

    answers = in_parallel(16, one)
    possible = {25_000, *(10_000 * (n + 1) for n in range(0, 16, 2))}
    assert {answer.exchange.rate for answer in answers if answer is not None and not isinstance(answer, DomainError)} <= possible
    assert len([a for a in answers if a is not None]) == 8
    with reading(counter.tenant.id):
        listed = exchange_rates()
    last = rows("earning_exchange_rate", counter.tenant, "rate", "position desc")[0][0]
    assert len(listed) == 9
    assert listed[0].rate == counter.do(in_dollars(counter, customers[0])).exchange.rate == last


# -- amounts --------------------------------------------------------------------------------------

MINOR = {"VND": 1, "JPY": 1, "PLN": 100, "KWD": 1000}


@pytest.mark.parametrize(
    ("currency", "total", "rate", "into", "worth"),
    [
        ("JPY", 1000, "163.5", "VND", 163_500), ("VND", 25_000, "0.0000394", "KWD", 985), ("KWD", 1_500, "83500", "VND", 125_250),
        ("KWD", 1, "0.5", "PLN", 0), ("KWD", 10, "0.5", "PLN", 1), ("PLN", 1, "0.5", "VND", 0), ("PLN", 100, "0.5", "VND", 1),
        ("USD", 1, "50", "VND", 1), ("USD", 1, "49.999999999999", "VND", 0),
    ],
)  # fmt: skip
def test_minor_units_and_halves(currency: str, total: int, rate: str, into: str, worth: int) -> None:
    assert exchange([line(total)], currency, Decimal(rate), into).total == worth


@given(
    some.lists(some.integers(-(10**12), 10**12), min_size=1, max_size=20),
    some.decimals(min_value="0.000000000001", max_value=LARGEST_RATE, places=12),
    some.sampled_from(sorted(EXPONENTS)),
    some.sampled_from(sorted(EXPONENTS)),
)
def test_lines_of_any_size_and_sign_add_up(totals: list[int], rate: Decimal, currency: str, into: str) -> None:
    made = exchange([line(total, kind="goods" if total >= 0 else "discount") for total in totals], currency, rate, into)
    assert sum(made.lines) == made.total
    assert all(worth == 0 for total, worth in zip(totals, made.lines, strict=True) if total == 0)
    assert all(worth * total >= 0 for total, worth in zip(totals, made.lines, strict=True) if total > 0)


def test_what_is_worth_more_than_any_purchase_is_refused(counter: Counter) -> None:
    set_rate(counter, LARGEST_RATE)
    with pytest.raises(DomainError, match=r"^earning.total_too_large"):
        counter.do(in_dollars(counter, counter.customer(), Line(total=10**6)))


# -- forms of numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "rate"), [("25400", 25400), ("0,0000394", "0.0000394"), ("２５４００．５", "25400.5"), ("0.250", "0.25"), ("4.3210", "4.321")]
)
def test_a_rate_is_typed_as_people_do(typed: str, rate: Any) -> None:
    assert RateField(label="Rate").clean(typed) == Decimal(rate)


@pytest.mark.parametrize("typed", ["", "-1", "1e5", "NaN", "25 400", "25.400,5", "1" * 13, "0." + "1" * 13])
def test_what_is_no_rate_is_refused(typed: str) -> None:
    with pytest.raises(Exception, match=r"Enter a rate|required"):
        RateField(label="Rate").clean(typed)


def test_a_rate_that_can_be_read_in_two_ways_is_asked_for_again() -> None:
    with pytest.raises(Exception, match=r"Enter 4321 or 4\.3210"):
        RateField(label="Rate").clean("4.321")


def test_over_http_a_rate_is_plain_digits_however_small(api: ApiClient) -> None:
    assert api.put(f"{RATES}/USD", {"rate": "0.0000000001"}).status_code == 200
    assert api.get(RATES).json()[0]["rate"] == "0.0000000001"


@pytest.mark.parametrize("rate", ["0", "-0", "-1", "1e30", "1e-13", "1000000000.1"])
def test_over_http_an_absurd_rate_is_refused(api: ApiClient, rate: str) -> None:
    assert refusal(api.put(f"{RATES}/USD", {"rate": rate})) == (422, "earning.exchange_rate_invalid", "/rate")
    assert api.get(RATES).json() == []


@pytest.mark.parametrize("rate", ["NaN", "Infinity", "", "1,5", None, True])
def test_over_http_what_is_no_number_is_refused(api: ApiClient, rate: Any) -> None:
    assert api.put(f"{RATES}/USD", {"rate": rate}).status_code in {400, 422}


# -- whose ----------------------------------------------------------------------------------------


def test_a_rate_of_one_programme_is_none_of_another(
    counter: Counter, other_tenant: Tenant, seller_user: User, api_as: Callable[..., ApiClient]
) -> None:
    other = Counter(other_tenant)
    with pytest.raises(DomainError, match=r"^earning.exchange_rate_missing"):
        other.do(in_dollars(other, other.customer()))
    assert visitor(counter.tenant, seller_user).get("/admin/earning/exchangerate/set/").status_code in {302, 403}
    assert api_as("seller").put(f"{RATES}/USD", {"rate": "1"}).status_code == 403
    with reading(other_tenant.id):
        assert exchange_rates() == []


def test_the_explanation_says_the_rate(api: ApiClient, shops: Shops) -> None:
    api.put(f"{RATES}/USD", {"rate": "25400.5", "effective_at": "2020-01-01T00:00:00Z"})
    tried = api.post("/api/v1/purchases?dry_run=true", sale := shops.sale(currency="USD", total=1000, lines=[{"total": 1000}])).json()
    made = recorded(api, sale)
    assert tried["exchange"] == made["exchange"] == {"currency": "VND", "rate": "25400.5", "total": 254_005, "lines": [254_005]}
    said = api.get(f"/api/v1/purchases/{made['purchase_id']}/explanation").json()
    assert (said["currency"], said["exchange"]) == ("VND", {"currency": "VND", "rate": "25400.5", "total": 254_005})
