"""Purchases in another currency, entered by hand and from a file: the same amounts, the same points, the same returns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from earning.commands import SetExchangeRate
from loyalty.tenancy.models import Tenant
from tests.earning.importing import ImportingShop
from tests.earning.shops import Shops
from tests.earning.test_admin_recording import ADD, SALES, balance, purchases
from tests.pos.given import say
from tests.support.pages import field_of, text_of

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HEADER = "invoice,ts,customer_id,sku,qty,unit_price,currency\n"


def rate(tenant: Tenant, currency: str, units: str, since: datetime = LONG_AGO) -> None:
    say(tenant, SetExchangeRate(currency=currency, rate=Decimal(units), into=tenant.currency, effective_at=since))


@pytest.fixture
def receipt(shops: Shops) -> dict[str, str]:
    """Of 12.50 USD in the café, for the customer with the phone 0912 345 678."""
    return {"customer": "0912 345 678", "place": str(shops.corner), "document_number": "HD-17", "total": "12.50", "currency": "USD"}


# -- by hand --------------------------------------------------------------------------------------


def test_by_hand_another_currency_is_offered_once_it_has_a_rate(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    assert 'name="currency"' not in admin_site.get(ADD).content.decode()
    assert "Total (VND)" in text_of(admin_site.get(ADD))
    rate(tenant, "USD", "25000")
    field = field_of(admin_site.get(ADD), "currency")
    assert ('value="USD"' in field, 'value="EUR"' in field) == (True, False)
    said = text_of(admin_site.post(ADD, receipt, follow=True))
    assert "HD-17 is recorded: $12.50 (= ₫312,500) and 31 points for Nguyễn Thị Đường." in said
    (made,) = purchases(tenant)
    assert (made.currency, made.total, made.points, made.exchange["total"]) == ("USD", 1250, 31, 312_500)


def test_by_hand_lines_are_in_the_currency_of_the_document(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    rate(tenant, "USD", "25000")
    lines = {"lines_0_name": "Cà phê", "lines_0_total": "10.25", "lines_1_name": "Bánh", "lines_1_total": "2.25"}
    assert admin_site.post(ADD, receipt | lines | {"total": ""}).status_code == 302
    assert [(p.total, [x["total"] for x in p.lines]) for p in purchases(tenant)] == [(1250, [1025, 225])]


@pytest.mark.parametrize("wrong", ["EUR", "usd", "\0"])
def test_by_hand_a_currency_without_a_rate_is_refused(tenant: Tenant, admin_site: Any, receipt: dict[str, str], wrong: str) -> None:
    rate(tenant, "USD", "25000")
    assert "Select a valid choice" in field_of(admin_site.post(ADD, receipt | {"currency": wrong}), "currency")
    assert purchases(tenant) == []


def test_by_hand_a_time_before_the_first_rate_is_refused_at_the_currency(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    rate(tenant, "USD", "25000", datetime.now(UTC))
    at = datetime.now(tenant.zone) - timedelta(days=3)
    page = admin_site.post(ADD, receipt | {"purchased_at": f"{at:%Y-%m-%dT%H:%M}"})
    assert "There is an exchange rate from USD to VND only since" in field_of(page, "currency")
    assert purchases(tenant) == []


def test_both_versions_of_a_document_are_each_in_their_own_currency(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    rate(tenant, "USD", "25000")
    admin_site.post(ADD, receipt)
    said = field_of(admin_site.post(ADD, receipt | {"currency": "VND", "total": "312.500"}), "document_number")
    assert "recorded is $12.50, entered is ₫312,500" in said
    assert "recorded is USD, entered is VND" in said


def test_by_hand_goods_come_back_at_the_rate_of_the_purchase(
    tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]
) -> None:
    rate(tenant, "USD", "25000")
    admin_site.post(ADD, receipt)
    (made,) = purchases(tenant)
    rate(tenant, "USD", "50000")
    back = {"document_number": "HD-17-R", "line_1": "6.25", "pos_id": str(shops.corner)}
    said = text_of(admin_site.post(f"{SALES}{made.id}/take-back-lines/", back, follow=True))
    assert "Goods worth $6.25 came back from HD-17, and 16 points with them." in said
    assert balance(tenant, shops.customer) == 15, "of 156,250 ₫"


# -- from a file ----------------------------------------------------------------------------------


@pytest.fixture
def shop() -> ImportingShop:
    """In pounds, with a point for each."""
    opened = ImportingShop.opened()
    opened.do(SetExchangeRate(currency="USD", rate=Decimal("0.8"), into="GBP", effective_at=datetime(2026, 1, 1, tzinfo=UTC)))
    opened.do(SetExchangeRate(currency="JPY", rate=Decimal("0.005"), into="GBP", effective_at=datetime(2026, 1, 1, tzinfo=UTC)))
    return opened


def test_a_file_says_the_currency_of_each_document(shop: ImportingShop, tmp_path: Path) -> None:
    run = shop.take_in_lines(
        tmp_path / "sales.csv",
        "1,2026-01-02 10:00,ann,A,2,10.00,USD",
        "2,2026-01-02 10:01,ann,A,1,10.00,",
        "3,2026-01-02 10:02,ann,B,1,1000,jpy",
        "4,2025-12-31 10:00,ann,A,1,10.00,USD",
        "5,2026-01-02 10:03,ann,A,1,10.00,Mr Smith",
        "6,2026-01-02 10:04,ann,A,1,10.00,USD",
        "6,2026-01-02 10:04,ann,B,1,10.00,GBP",
        header=HEADER,
    )
    made = shop.asked(
        "select document_number, currency, total, exchange->>'total', points from earning_purchase where tenant_id = %s order by 1"
    )
    assert made == [("1", "USD", 2000, "1600", 16), ("2", "GBP", 1000, None, 10), ("3", "JPY", 1000, "500", 5)]
    assert [(line, code) for line, _, code, _ in shop.report(run)] == [
        (5, "earning.exchange_rate_later"), (6, "imports.currency_unknown"), (7, "imports.several_currencies"),
        (8, "imports.several_currencies"),
    ]  # fmt: skip
    assert "Smith" not in str(shop.report(run))
    assert run.summary == {"rows": 7, "customers": 1, "purchases": 3, "recorded": 3, "refused": 4}


def test_goods_of_a_file_come_off_a_sale_in_their_currency(shop: ImportingShop, tmp_path: Path) -> None:
    run = shop.take_in_lines(
        tmp_path / "sales.csv",
        "1,2026-01-02 10:00,ann,A,2,10.00,USD",
        "2,2026-01-02 11:00,ann,A,2,10.00,GBP",
        "3,2026-01-03 10:00,ann,A,-1,10.00,USD",
        "4,2026-01-03 10:00,ann,A,-1,10.00,JPY",
        header=HEADER,
    )
    kept = shop.asked("select document_number, kept, points from earning_purchase where tenant_id = %s order by 1")
    assert kept == [("1", 1000, 8), ("2", 2000, 20)]
    assert [(line, code) for line, _, code, _ in shop.report(run)] == [(5, "imports.return_unmatched")]
    again = shop.take_in(tmp_path / "sales.csv")
    assert again.summary == {"rows": 4, "unchanged": 3, "unmatched": 1}
