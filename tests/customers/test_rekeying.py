"""New keys of look-ups: both find everybody meanwhile, and a command that may be stopped puts all of it under the newest one."""

from __future__ import annotations

import base64
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connections

from customers import queries
from customers import rekeying as of_customers
from customers.commands import EditCustomer, EraseCustomer, LinkIdentifier, RegisterCustomer, SendCode, UnlinkIdentifier
from earning.commands import Reference
from loyalty import rekeying
from loyalty.domain.errors import Conflict
from loyalty.guards import disagreements
from loyalty.projections.rebuild import checksum
from loyalty.rekeying import rekey_lookups
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.queries import coupon_by_code, coupon_code, coupons
from tests.customers.test_inviting import invite
from tests.customers.test_sign_in import do
from tests.earning.counter import Counter, rows
from tests.rewards.given import RewardShop

pytestmark = pytest.mark.usefixtures("own_log_of_module")
PHONE, OLD_PHONE, EMAIL, CARD, FRIEND, UNKNOWN = (
    "+84912345678", "+84987000111", "hoa@example.com", "KT97040001", "+84987000222", "+84987000333",
)  # fmt: skip
VERSIONED = {
    "customers_identifier": "key_version",
    "customers_customer": "phone_key",
    "customers_invited": "key_version",
    "earning_reference": "key_version",
    "rewards_code": "key_version",
}


SHORT_LIVED = {"customers_challenge"}
"""Rows that are gone before a key is."""


@pytest.fixture
def hoa(tenant: Tenant) -> UUID:
    """Somebody with everything that is found by a digest, made under the first key."""
    counter = Counter(tenant)
    counter.customer(phone="+84987000555")
    customer = counter.customer(phone=OLD_PHONE, email=EMAIL, card=CARD, external_id="CRM-7")
    do(tenant, EditCustomer(customer_id=customer, phone=PHONE))
    for order in (LinkIdentifier, UnlinkIdentifier):
        do(tenant, order(customer_id=customer, kind="browser_id", value="b-1"))
    do(tenant, LinkIdentifier(customer_id=customer, kind="browser_id", value="b-2"))
    invite(tenant, customer, FRIEND)
    counter.sell(None, 50_000, references=(Reference("phone", UNKNOWN),))
    shop = RewardShop(tenant)
    shop.give(customer, shop.reward())
    return customer


@pytest.fixture
def rotated(hoa: UUID, settings: Any) -> str:
    """The first key; the second is in the environment from now on."""
    first = str(settings.LOYALTY_LOOKUP_KEYS)
    settings.LOYALTY_LOOKUP_KEYS = f"{first},2:{base64.b64encode(bytes(range(32))).decode()}"
    return first


def versions(tenant: Tenant) -> set[int]:
    return {version for table, column in VERSIONED.items() for (version,) in rows(table, tenant, column) if version is not None}


def is_found(tenant: Tenant, customer: UUID) -> None:
    """By everything, and nobody else takes any of it."""
    with reading(tenant.id):
        assert {queries.named(typed) and queries.named(typed).id for typed in ("0912345678", EMAIL, CARD, "CRM-7")} == {customer}  # type: ignore[union-attr]
        assert queries.led_to("browser_id", "b-2") == customer
        assert queries.led_to("browser_id", "b-1") is None
        (coupon,) = coupons(customer)
        assert coupon_by_code(coupon_code(coupon.coupon_id)) == coupon.coupon_id
    for taken in ({"phone": PHONE}, {"email": EMAIL}, {"card": CARD}):
        with pytest.raises(Conflict):
            do(tenant, RegisterCustomer(**taken))


def test_both_keys_find_and_the_command_goes_on_where_it_was_stopped(
    tenant: Tenant, hoa: UUID, rotated: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    new = Counter(tenant).customer(phone="+84987000444")
    is_found(tenant, hoa)
    assert versions(tenant) == {1, 2}
    for module in (rekeying, of_customers):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    chunks = rekey_lookups(tenant.id)
    next(chunks)
    chunks.close()
    is_found(tenant, hoa)
    told = StringIO()
    call_command("rekey_lookups", stdout=told)
    assert versions(tenant) == {2}
    assert f"{tenant.code}: customers.identifiers" in told.getvalue()
    is_found(tenant, hoa)
    assert [one for _name, one in disagreements() if one.tenant_id == tenant.id] == []
    live = checksum("customers_customer")
    call_command("rebuild", "customers.customers")
    assert checksum("customers_customer") == live
    assert list(rekey_lookups(tenant.id)) == []
    settings.LOYALTY_LOOKUP_KEYS = settings.LOYALTY_LOOKUP_KEYS.partition(",")[2]
    is_found(tenant, hoa)
    friend = do(tenant, RegisterCustomer(phone=FRIEND)).customer_id
    assert dict(rows("customers_customer", tenant, "id, referrer_id"))[friend] == hoa
    assert new != Counter(tenant).customer(phone=UNKNOWN)


def test_no_row_that_knows_its_key_is_left_out(test_database: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select table_name from information_schema.columns where column_name in ('key_version', 'phone_key')")
        assert {name for (name,) in cursor.fetchall()} == {*VERSIONED, *SHORT_LIVED}


def test_a_code_that_was_sent_under_another_key_goes_with_who_is_erased(tenant: Tenant, hoa: UUID, rotated: str) -> None:
    for to in (PHONE, OLD_PHONE):
        do(tenant, SendCode(purpose="sign_in", kind="phone", to=to, code="123456", asked_from="198.51.100.1", language="vi"))
    do(tenant, EraseCustomer(customer_id=hoa))
    assert [rows(table, tenant, "id") for table in ("customers_challenge", "outbox_message")] == [[], []]
    list(rekey_lookups(tenant.id))
    left = [
        (kind, version) for kind, version, whose in rows("customers_identifier", tenant, "kind, key_version, customer_id") if whose == hoa
    ]
    assert left == [("code", 2)], "the code of who is erased stays theirs"


def test_who_was_erased_under_another_key_is_barred_also_by_what_they_gave_up(tenant: Tenant, hoa: UUID, rotated: str) -> None:
    do(tenant, EraseCustomer(customer_id=hoa))
    for told in ({"phone": PHONE}, {"phone": OLD_PHONE}, {"card": CARD}):
        with pytest.raises(Conflict, match="was_erased"):
            Counter(tenant).do(RegisterCustomer(**told), channel="import")
