"""Transaction → Add purchase: whatever a sale document can say is entered by hand, and read again where the purchase is shown."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from customers.commands import RegisterCustomer
from earning import queries
from earning.api.naming import REFERENCES
from earning.api.recording import LineBody, RecordPurchaseBody
from earning.commands import ActivateRule, Condition, CreateRule, Line, PointsPerAmount, RuleScope
from earning.forms import lines, referred
from earning.forms.purchases import RecordPurchaseForm
from earning.models import Purchase
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import rows
from tests.earning.shops import PURCHASES, Shops, recorded
from tests.pos.given import LONG_AGO, bring_level, say
from tests.support.client import ApiClient
from tests.support.pages import field_of, text_of

SALES = "/admin/earning/purchase/"
ADD = f"{SALES}add-purchase/"
COFFEE = {
    "lines_0_kind": "goods", "lines_0_sku": "CF-1", "lines_0_name": "Cà phê sữa", "lines_0_quantity": "2", "lines_0_total": "90.000",
    "lines_0_unit_price": "45.000,5", "lines_0_tax_rate": "7,5 %", "lines_0_category": "Cà phê", "lines_0_maker": "Sen Vàng",
    "lines_0_labels": 'color=red; "milk=oat, warm", gift',
}  # fmt: skip


@pytest.fixture
def receipt(shops: Shops) -> dict[str, str]:
    """Of 90,000 ₫ in the café, for the customer with the phone 0912 345 678; everything of it is told."""
    document = {"payment_method": "cash", "labels": "table=5, delivered", "prices_include_tax": "no"}
    return {"customer": "0912 345 678", "place": str(shops.corner), "document_number": "HD-17", "total": "", **document, **COFFEE}


def the_purchase(tenant: Tenant) -> Purchase:
    with reading(tenant.id):
        return Purchase.objects.get(tenant_id=tenant.id)


def test_the_form_has_whatever_the_api_takes() -> None:
    assert (
        {*lines.HELD, *lines.WORKED_OUT}
        == {field.name for field in fields(Line)}
        == {field.name for field in msgspec.structs.fields(LineBody)}
    )
    named = {"pos": "place", "merchant_id": "place", "lines": "customer", "customer_id": "customer", "currency": "total"}
    named |= {field: f"receipt_{kind}" for field, kind in REFERENCES.items()}
    asked = {named.get(field.name, field.name) for field in msgspec.structs.fields(RecordPurchaseBody)}
    assert asked <= {*RecordPurchaseForm.base_fields, *referred.FIELDS}


def test_what_is_entered_by_hand_is_what_a_program_sends(
    tenant: Tenant, admin_site: Any, api: ApiClient, shops: Shops, receipt: dict[str, str]
) -> None:
    page = text_of(admin_site.post(ADD, receipt, follow=True))
    by_hand = the_purchase(tenant)
    line = {
        "total": 90_000, "quantity": "2", "sku": "CF-1", "name": "Cà phê sữa", "unit_price": "45000.5", "category": "Cà phê",
        "maker": "Sen Vàng", "labels": {"color": "red", "milk": "oat, warm", "gift": ""}, "tax_rate": 750,
    }  # fmt: skip
    told = {"labels": {"table": "5", "delivered": ""}, "prices_include_tax": False, "payment_method": "cash", "document_number": "HD-17"}
    sent = shops.sale(line, purchased_at=by_hand.purchased_at.isoformat(), **told)
    assert recorded(api, sent)["duplicate"], "it is the same document"
    shown = api.get(f"{PURCHASES}/{by_hand.id}").json()
    assert told.items() <= shown.items()
    assert line.items() <= shown["lines"][0].items()
    seen = ("Cà phê · Sen Vàng · ", "color: red", "milk: oat, warm", "45,000.5", "7.5%", "table: 5", "Prices include tax no")
    for part in seen:
        assert part in page, part


@pytest.mark.parametrize(("field", "value"), [("line.label.color", "red"), ("purchase.label.table", "5")])
def test_a_rule_for_a_label_counts_for_what_was_entered_by_hand(
    tenant: Tenant, admin_site: Any, receipt: dict[str, str], field: str, value: str
) -> None:
    scope = RuleScope(condition=Condition(op="eq", field=field, values=(value,)))
    made = say(tenant, CreateRule(name="By label", terms=PointsPerAmount(points=Decimal(1), per=1_000, currency="VND"), scope=scope))
    say(tenant, ActivateRule(rule_id=made.rule_id, effective_at=LONG_AGO))
    said = text_of(admin_site.post(ADD, receipt, follow=True))
    assert "99 points for Nguyễn Thị Đường." in said
    explained = said.split("Rules that were in force")[1]
    assert "By label, version 1" in explained
    assert re.search(rf"Seen: label \w+ of [a-z ]+: {value} It gave points", explained)
    without = {"document_number": "HD-18", "labels": "table=6", "lines_0_labels": "color=blue"}
    assert "9 points for Nguyễn Thị Đường." in text_of(admin_site.post(ADD, receipt | without, follow=True))


# -- whom the receipt names ---------------------------------------------------------------------


def test_a_purchase_waits_for_the_customer_whom_its_receipt_names(tenant: Tenant, admin_site: Any, receipt: dict[str, str]) -> None:
    unknown = receipt | {"customer": "", "receipt_phone": "0987 654 321", "receipt_card": "9704 0002"}
    assert "HD-17 is recorded: ₫90,000. It waits for the customer whom the receipt names." in text_of(
        admin_site.post(ADD, unknown, follow=True)
    )
    assert {kind for (kind,) in rows("earning_reference", tenant, "kind")} == {"phone", "card"}
    lan = say(tenant, RegisterCustomer(first_name="Lan", phone="+84987654321", language="vi")).customer_id
    bring_level("earning.matching")
    found = the_purchase(tenant)
    assert found.customer_id == lan
    with reading(tenant.id):
        assert queries.matched_by(found) == "phone"


def test_a_receipt_that_names_somebody_known_is_theirs(tenant: Tenant, admin_site: Any, shops: Shops, receipt: dict[str, str]) -> None:
    said = text_of(admin_site.post(ADD, receipt | {"customer": "", "receipt_phone": "0912.345.678"}, follow=True))
    assert "9 points for Nguyễn Thị Đường. Customer found by: Phone." in said
    assert the_purchase(tenant).customer_id == shops.customer


# -- what is wrong ------------------------------------------------------------------------------

HALF = "a\ufffdb"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"lines_0_unit_price": "many"}, "lines_0_unit_price", "Enter a price, such as 45000."),
        ({"lines_0_unit_price": "-5"}, "lines_0_unit_price", "Enter a price, such as 45000."),
        ({"lines_0_unit_price": "9" * 16}, "lines_0_unit_price", "at most 6 decimals and 15 digits"),
        ({"lines_0_unit_price": "1\0"}, "lines_0_unit_price", "Enter a price"),
        ({"lines_0_tax_rate": "101 %"}, "lines_0_tax_rate", "Enter a percentage between 0 and 100"),
        ({"lines_0_tax_rate": "8,125"}, "lines_0_tax_rate", "Enter a percentage between 0 and 100"),
        ({"lines_0_tax_rate": "-8"}, "lines_0_tax_rate", "Enter a percentage between 0 and 100"),
        ({"lines_0_labels": "=red"}, "lines_0_labels", "Before “=red” the name of the label is missing."),
        ({"lines_0_labels": "color=red, Color=blue"}, "lines_0_labels", "The label “Color” is there twice."),
        ({"lines_0_labels": "a\0b"}, "lines_0_labels", "Null characters are not allowed."),
        ({"lines_0_labels": HALF}, "lines_0_labels", "This text has broken characters."),
        ({"lines_0_labels": "a\u202eb"}, "lines_0_labels", "characters that cannot be shown"),
        ({"lines_0_labels": "x" * 201}, "lines_0_labels", "200 characters"),
        ({"lines_2_labels": "color=red"}, "lines_2_total", "Enter the amount of this line."),
        ({"labels": ",".join(f"l{n}" for n in range(51))}, "labels", "At most 50 labels are possible."),
        ({"labels": "x" * 25_001}, "labels", "at most 25000 characters"),
        ({"prices_include_tax": "perhaps"}, "prices_include_tax", "Select a valid choice."),
        ({"receipt_phone": "0987 654 321"}, "receipt_phone", "Name the customer in one way only"),
        ({"customer": "", "receipt_phone": "12"}, "receipt_phone", "Enter a complete phone number"),
        ({"customer": "", "receipt_email": "a@"}, "receipt_email", "email"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_which_stands_open(
    tenant: Tenant, admin_site: Any, receipt: dict[str, str], changes: dict[str, str], field: str, sentence: str
) -> None:
    page = admin_site.post(ADD, receipt | changes)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert f'id="id_{field}_error"' in field_of(page, field), text_of(page)
    assert sentence in field_of(page, field)
    closed = re.findall(r'<details class="kit-more">.*?</details>', page.content.decode(), re.S)
    assert not any(f'data-field="{field}"' in part for part in closed)
    with reading(tenant.id):
        assert not Purchase.objects.exists()


def test_what_is_seldom_typed_stays_closed(admin_site: Any, shops: Shops) -> None:
    page = admin_site.get(ADD).content.decode()
    assert page.count('<details class="kit-more">') == 2 + 3
    assert '<details class="kit-more" open' not in page
