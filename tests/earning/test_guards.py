"""`verify_guards` on what earning and the API keep beside the log: what is right is left in peace, a row that was changed is found."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connections

from earning.commands import ClaimPurchase
from earning.domain.references import Reference
from loyalty.guards import disagreements
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, rows
from tests.support.client import ApiClient

pytestmark = pytest.mark.usefixtures("own_log_of_module")
PHONE, CARD = Reference("phone", "+84912345678"), Reference("card", "97040001")
BROKEN = "sealed bytes do not open in this context"
TRIED = "insert into earning_attempts (tenant_id, customer_id, guess, day, tried) values (%s, %s, %s, %s, %s)"


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


def found(tenant: Tenant) -> list[tuple[str, UUID, str]]:
    return [(guard, one.stream_id, one.what) for guard, one in disagreements() if one.tenant_id == tenant.id]


def tamper(sql: str, *params: object) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("digest = sha256('x')", "keeps a phone that is found by another than what it holds"),
        (
            "sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)",
            f"keeps a phone that cannot be read: {BROKEN}",
        ),
        ("key_version = 99", "keeps a phone under key 99, which the environment lacks"),
        ("kind = 'email'", f"keeps a email that cannot be read: {BROKEN}"),
        ("kept_until = kept_until + interval '1 day'", "keeps a phone longer or shorter than 24 months"),
    ],
)
def test_a_reference_that_was_changed_is_found(counter: Counter, change: str, what: str) -> None:
    made = counter.sell(None, 10_000, references=(PHONE, CARD)).purchase_id
    assert found(counter.tenant) == []
    tamper(f"update earning_reference set {change} where purchase_id = %s and kind = 'phone'", made)
    assert found(counter.tenant) == [("earning.references", made, what)]


def test_a_reference_of_no_purchase_or_of_somebodys_is_found(counter: Counter) -> None:
    made, nothing = counter.sell(None, 10_000, references=(PHONE,)).purchase_id, uuid4()
    kept = rows("earning_reference", counter.tenant, "kind, digest, key_version, sealed, kept_until")[0]
    counter.do(ClaimPurchase(purchase_id=made, customer_id=counter.customer()))
    assert found(counter.tenant) == []
    for purchase in (made, nothing):
        columns = "tenant_id, purchase_id, kind, digest, key_version, sealed, kept_until"
        tamper(f"insert into earning_reference ({columns}) values (%s, %s, %s, %s, %s, %s, %s)", counter.tenant.id, purchase, *kept)
    assert set(found(counter.tenant)) == {
        ("earning.references", made, "keeps a phone and has its customer"),
        ("earning.references", nothing, "keeps a phone and is no purchase"),
    }


def test_tries_that_cannot_be_are_found(counter: Counter) -> None:
    today, somebody, nobody = datetime.now(UTC).date(), counter.customer(), uuid4()
    tamper(TRIED, counter.tenant.id, somebody, "receipt", today, 5)
    assert found(counter.tenant) == []
    tamper(TRIED, counter.tenant.id, somebody, "transfer", today, 6)
    tamper(TRIED, counter.tenant.id, nobody, "transfer", today, 1)
    tamper(TRIED, counter.tenant.id, somebody, "coupon", today, 1)
    assert set(found(counter.tenant)) == {
        ("earning.attempts", somebody, f"tried 6 times a transfer on {today}, of 5 that a day has"),
        ("earning.attempts", nobody, "tried and never registered"),
        ("earning.attempts", somebody, f"tried what is no guess on {today}"),
    }


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            "body = set_byte(body, 20, get_byte(body, 20) # 1)",
            f"keeps an answer that cannot be read: {BROKEN}",
        ),
        ("status = 422", "was done and is answered by 422"),
        ("status = 500", "keeps an answer of status 500, which is never kept"),
        ("status = 404", "keeps an answer of status 404, which is never kept"),
    ],
)
def test_an_answer_that_was_changed_is_found(tenant: Tenant, api: ApiClient, change: str, what: str) -> None:
    assert api.post("/api/v1/customers", {"first_name": "Hoa", "card": "97040001"}).status_code == 201
    assert api.post("/api/v1/customers", {"first_name": "An", "card": "97040001"}).status_code == 409
    assert found(tenant) == []
    (command,) = [command for command, status in rows("api_idempotency", tenant, "command_id, status") if status == 201]
    tamper(f"update api_idempotency set {change} where command_id = %s", command)
    assert found(tenant) == [("api.idempotency", command, what)]
