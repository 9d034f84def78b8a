"""Criteria in the administration: written in rows, read back in a sentence with the customers they mean, and kept as they were shown."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from customers.commands import CreateSegment, Criteria, Criterion, Group, RegisterCustomer
from customers.forms.criterion_rows import criterion_of, shown_row
from customers.forms.measures import measured
from loyalty.bus import dispatch
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import rows
from tests.support.pages import field_of, text_of

SEGMENTS = "/admin/customers/segment/"
GOLD = {"group0_0_kind": "label", "group0_0_name": "tier", "group0_0_values": "Gold; silver"}
NOT_NEW = {"group1_join": "negated", "group1_0_kind": "registered", "group1_0_days": "7"}
NAMED = {"name": "Hạng vàng", "code": "gold", "description": ""}


def do(tenant: Tenant, command: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="system", channel="test")


@pytest.fixture
def somebody(tenant: Tenant) -> UUID:
    return do(tenant, RegisterCustomer(first_name="Hương", phone="+84912000001", labels={"Tier": "gold"})).customer_id


def test_a_segment_is_written_in_rows_and_read_back(tenant: Tenant, admin_site: Any, somebody: UUID) -> None:
    spoken = text_of(admin_site.post(f"{SEGMENTS}create-dynamic/", GOLD, headers={"HX-Request": "true"}))
    assert "Has the label tier: Gold or silver." in spoken
    assert "1 customer Hương" in spoken
    answer = admin_site.post(f"{SEGMENTS}create-dynamic/", NAMED | GOLD | NOT_NEW, follow=True)
    assert "The segment “Hạng vàng” is added." in text_of(answer)
    assert "Not: joined, in the last 7 days." in text_of(answer)
    ((segment, *negated),) = rows("customers_segment", tenant, "id, criteria->'groups'->0->'negated', criteria->'groups'->1->'negated'")
    assert negated == ["false", "true"]
    page = f"{SEGMENTS}{segment}/criteria/"
    assert 'value="Gold; silver"' in admin_site.get(page).content.decode()
    answer = admin_site.post(page, {"group0_0_kind": "birthday", "group0_0_days": "0"}, follow=True)
    assert "Has birthday today." in text_of(answer)
    assert "Criteria changed" in text_of(admin_site.get(f"{SEGMENTS}{segment}/history/"))
    assert admin_site.get(f"{SEGMENTS}{segment}/list/").status_code == 404
    assert admin_site.get(f"/admin/customers/customer/{somebody}/enter-segment/").content.decode().count("<option") == 0


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"group0_0_kind": "birthday"}, "group0_0_days", "needs a value"),
        ({"group2_1_kind": "level"}, "group2_1_levels", "needs a value"),
        ({"group0_0_kind": "total", "group0_0_at_least": "much"}, "group0_0_at_least", "Enter an amount"),
        ({"group0_0_kind": "purchases", "group0_0_at_least": "5", "group0_0_at_most": "2"}, "group0_0_at_most", "Exchange the two"),
        ({"group0_0_kind": "customers", "group0_0_customers": "0912000001, 0900000000"}, "group0_0_customers", "known by 0900000000"),
        ({"group0_0_kind": "label", "group0_0_name": "a\0b"}, "group0_0_name", "Null characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    tenant: Tenant, admin_site: Any, somebody: UUID, given: dict[str, str], field: str, said: str
) -> None:
    answer = admin_site.post(f"{SEGMENTS}create-dynamic/", NAMED | given)
    assert answer.status_code == 422
    assert said in field_of(answer, field)
    assert rows("customers_segment", tenant, "id") == []


def test_a_segment_without_criteria_is_refused_as_a_whole(tenant: Tenant, admin_site: Any) -> None:
    answer = admin_site.post(f"{SEGMENTS}create-dynamic/", NAMED)
    assert (answer.status_code, "Choose at least one criterion." in text_of(answer)) == (422, True)


def test_what_a_row_shows_stands_for_the_same_criterion(tenant: Tenant, somebody: UUID) -> None:
    place = UUID(int=1)
    told = [
        Criterion(kind="share_at", places=(place,), at_least=50, first=date(2025, 1, 1), last=date(2025, 1, 31)),
        Criterion(kind="total", at_least=1_250_000, days=30),
        Criterion(kind="bought", what="label", values=("roast=dark", "a,b")),
        Criterion(kind="level", values=("gold",)),
        Criterion(kind="points", wallet="points", at_least=-5, at_most=100),
        Criterion(kind="customers", customers=(somebody,)),
    ]
    with reading(tenant.id):
        assert [criterion_of(shown_row(one, tenant), tenant) for one in told] == told
        assert measured("purchases", "１２", "", tenant.currency) == 12


def test_what_can_be_chosen_no_longer_and_many_groups_outlive_an_edit(tenant: Tenant, admin_site: Any) -> None:
    """A closed point of sale, a level that is gone, and more groups than a new form has: saved as shown, all is asked as before."""
    gone = (Criterion(kind="bought_at", places=(UUID(int=7),)), Criterion(kind="level", values=("gone",)))
    asked = Criteria(groups=(Group(any=gone), *(Group(any=(Criterion(kind="birthday", days=n),)) for n in range(5))))
    segment = do(tenant, CreateSegment(code="x", name="X", criteria=asked)).segment_id
    page = f"{SEGMENTS}{segment}/criteria/"
    shown = admin_site.get(page).content.decode()
    sent: dict[str, Any] = {}
    for group, told in enumerate(asked.groups):
        assert f'name="group{group}_0_kind"' in shown
        for row, one in enumerate(told.any):
            with reading(tenant.id):
                sent |= {
                    f"group{group}_{row}_{name}": value for name, value in shown_row(one, tenant).items() if value not in (None, "", [])
                }
    assert admin_site.post(page, sent).status_code == 302
    assert rows("event.event", tenant, "name").count(("customers.segment_criteria_changed",)) == 0
    assert admin_site.post(page, sent | {"group5_0_days": "9"}).status_code == 302
    ((changed,),) = rows("customers_segment", tenant, "jsonb_array_length(criteria->'groups')")
    assert changed == 6


def test_the_page_of_a_segment_says_what_it_asks_in_three_languages(tenant: Tenant, admin_site: Any, somebody: UUID) -> None:
    asked = Criteria(groups=(Group(any=(Criterion(kind="birthday", days=7), Criterion(kind="customers", customers=(somebody,)))),))
    segment = do(tenant, CreateSegment(code="x", name="X", criteria=asked)).segment_id
    said = {
        "vi": "Có sinh nhật trong 7 ngày tới, hoặc là Hương.",
        "en": "Has birthday within 7 days, or is Hương.",
        "pl": "Urodziny w ciągu 7 dni lub to Hương.",
    }
    for language, sentence in said.items():
        admin_site.cookies["django_language"] = language
        assert sentence in text_of(admin_site.get(f"{SEGMENTS}{segment}/change/"))
