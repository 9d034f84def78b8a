"""At the till in another currency: chosen among those that have a rate, shown in both, given back at the rate it was sold at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loyalty.tenancy.models import Tenant
from tests.earning.test_exchange_entered import rate
from tests.pos.counter import HTMX, Till, errors_of
from tests.support.pages import text_of


def test_at_the_till_a_seller_chooses_a_currency_that_has_a_rate(tenant: Tenant, till: Till) -> None:
    opened = till.at("till-customer", till.customer_id)
    assert 'name="currency"' not in till.client.get(opened).content.decode()
    rate(tenant, "USD", "25000")
    rate(tenant, "EUR", "27000", datetime(2100, 1, 1, tzinfo=UTC))
    page = till.client.get(opened).content.decode()
    assert 'value="USD" data-decimals="2" data-symbol="$"' in page
    assert ('value="EUR"' in page, 'value="VND" selected' in page) == (False, True)
    said = text_of(till.preview("12.50", currency="USD"))
    for shown in ("= ₫ 312,500", "1 USD = 25,000 VND", "+31 points", "New balance 31 points"):
        assert shown in said, (shown, said)
    done = till.record("12.50", currency="USD")
    assert till.sold() == [(till.sold()[0][0], 1250, 31)]
    assert "1 USD = 25,000 VND" in text_of(done)


def test_at_the_till_nothing_chosen_is_the_programmes_own_currency(tenant: Tenant, till: Till) -> None:
    rate(tenant, "USD", "25000")
    assert "₫" in till.record("250.000").content.decode()
    assert till.sold()[0][1:] == (250_000, 25)


@pytest.mark.parametrize(("currency", "field"), [("EUR", "currency"), ("usd", "currency"), ("\0", "currency")])
def test_at_the_till_a_currency_without_a_rate_is_refused(tenant: Tenant, till: Till, currency: str, field: str) -> None:
    rate(tenant, "USD", "25000")
    assert till.preview("12", currency=currency).status_code == 200
    refused = till.record("12", currency=currency)
    assert (refused.status_code, list(errors_of(refused))) == (422, [field])
    assert till.sold() == []


def test_at_the_till_a_purchase_comes_back_and_is_voided_at_its_own_rate(tenant: Tenant, till: Till) -> None:
    rate(tenant, "USD", "25000")
    for number in ("A-1", "A-2"):
        till.record("12.50", currency="USD", document_number=number)
    rate(tenant, "USD", "50000")
    ids = [row[0] for row in till.rows("select id from earning_purchase where tenant_id = %s order by position")]
    once = {"once": "018f0000-0000-7000-8000-000000000001"}
    foreseen = text_of(till.client.post(till.at("till-return-preview", ids[0]), once | {"line_1": "6.25"}, headers=HTMX))
    assert ("6.25" in foreseen, "16 points" in foreseen) == (True, True)
    till.client.post(till.at("till-return", ids[0]), once | {"line_1": "6.25"}, headers=HTMX)
    assert till.balance() == 15 + 31
    till.client.post(till.at("till-void", ids[1]), once | {"reason": "twice"}, headers=HTMX)
    assert till.balance() == 15
