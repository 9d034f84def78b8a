"""What a customer shows at the till says who they are, for two minutes, to the first who reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from customers.commands import ReadMemberCode, RegisterCustomer
from customers.domain.code import code_for
from customers.domain.member_code import read, written
from customers.member_codes import member_code
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.turning import STEP, step_of
from loyalty.tenancy.models import Tenant
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient

NOW = datetime(2026, 3, 1, 9, 30, 59, tzinfo=UTC)


def shown(tenant: Tenant, now: datetime | None = None) -> tuple[Any, str]:
    """A customer, and what stands on their screen."""
    made = dispatch(RegisterCustomer(first_name="Hương"), tenant_id=tenant.id, actor="system", channel="test")
    return made.customer_id, member_code(made.code, tenant.id, now or datetime.now(UTC))


def reads(tenant: Tenant, text: str, actor: str = "staff:1", at: datetime | None = None) -> Any:
    return dispatch(ReadMemberCode(text=text), tenant_id=tenant.id, actor=actor, channel="test", at=at).customer_id


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@given(st.uuids(), MOMENTS, st.binary(min_size=32, max_size=32), st.booleans())
def test_what_is_written_is_read_again(customer: Any, now: datetime, digest: bytes, agrees: bool) -> None:
    code = code_for(1, customer)
    text = written(code, step_of(now), digest, agrees=agrees)
    found = read(f" {text}\n", now)
    assert found is not None
    assert (len(text), text.isdecimal(), found.code, found.step, found.agrees) == (34, True, code, step_of(now), agrees)
    assert [found.is_good(now + STEP * n) for n in (0, 1, 2)] == [True, True, False]
    assert not found.is_good(now - STEP), "nobody shows what comes later"


@pytest.mark.parametrize("text", ["", "7", "7" * 33, "8" * 35, "9" + "0" * 33, "7" + "9" * 33, "x" * 34, "²" * 34])
def test_whatever_else_is_typed_is_none(text: str) -> None:
    assert read(text, NOW) is None


def test_it_is_good_in_its_minute_and_the_next_and_then_over(tenant: Tenant) -> None:
    customer, text = shown(tenant, NOW)
    assert reads(tenant, text, at=NOW) == customer
    assert reads(tenant, text, at=NOW + timedelta(seconds=60)) == customer, "who has read it may ask again"
    for seconds in (61, 3600, -60):
        with pytest.raises(DomainError) as over:
            reads(tenant, text, at=NOW + timedelta(seconds=seconds))
        assert over.value.code == "customers.member_code_over"


def test_of_many_tills_at_once_one_reads_it(tenant: Tenant) -> None:
    customer, text = shown(tenant)
    answers = in_parallel(12, lambda n: reads(tenant, text, f"staff:{n}"))
    assert [a for a in answers if a == customer] == [customer]
    assert {a.code for a in answers if a != customer} == {"customers.member_code_over"}


def test_what_was_changed_or_belongs_to_another_programme_is_nobodys(tenant: Tenant, other_tenant: Tenant) -> None:
    _customer, text = shown(tenant)
    guessed = text[:-1] + str((int(text[-1]) + 1) % 10)
    for programme, said in ((tenant, guessed), (tenant, f"8{text[1:]}"), (other_tenant, text)):
        with pytest.raises(NotFound):
            reads(programme, said)
    assert rows("customers_member_code", tenant, "reader") == []


def test_over_the_api_a_card_is_shown_and_read(tenant: Tenant, api: ApiClient) -> None:
    customer, _text = shown(tenant)
    mine = ApiClient(api.post(f"/api/v1/customers/{customer}/tokens", {}).json()["token"], tenant.hosts[0])
    card = mine.get("/api/v1/me/card").json()
    found = api.post("/api/v1/member-codes", {"member_code": card["member_code"]}).json()
    assert found == {"customer_id": str(customer), "code": card["code"], "agrees": False}
    assert api.post("/api/v1/member-codes", {"member_code": card["redeem_code"]}).json() == found | {"agrees": True}
    with time_machine.travel(datetime.fromisoformat(card["good_until"])):
        late = api.post("/api/v1/member-codes", {"member_code": card["member_code"]})
    assert (late.status_code, late.json()["code"]) == (422, "customers.member_code_over")
    assert mine.post("/api/v1/member-codes", {"member_code": card["member_code"]}).status_code == 403, "no customer reads another"
