"""A customer's timeline: events, messages, sign-ins and looks in one row, page by page, as far as the reader may see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from customers.commands import CreateSegment, EnterSegment, RevokeCustomerToken
from loyalty.messages.outbox import write
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.test_inviting import come, link_of
from tests.customers.test_sign_in import do
from tests.earning.counter import Counter, rows
from tests.support.client import ApiClient
from tests.support.pages import text_of

TOLD = {
    "customers.customer_registered", "customers.consent_given", "customers.identifier_proven", "customers.signed_in",
    "customers.signed_out", "customers.segment_entered", "customers.friend_registered", "earning.purchase_recorded",
    "earning.points_earned", "messages.written", "staff.looked",
}  # fmt: skip


@pytest.fixture
def lan(tenant: Tenant, api: ApiClient) -> UUID:
    """Somebody who came by a friend's link, bought something, was written to, looked at, put into a segment and signed out."""
    counter = Counter(tenant)
    counter.rule()
    lan = come(tenant, "+84912345678", link_of(tenant, counter.customer(first_name="Hương")))
    do(tenant, EnterSegment(segment_id=do(tenant, CreateSegment(code="vip", name="Khách quý")).segment_id, customer_id=lan))
    counter.sell(lan, 250_000)
    with reading(tenant.id):
        write(tenant.id, lan, lan, "points_end", "vi", "Lan, 25 điểm", datetime.now(UTC))
    api.get(f"/api/v1/customers/{lan}")
    ((session,),) = rows("customers_token", tenant, "id")
    do(tenant, RevokeCustomerToken(customer_id=lan, token_id=session))
    return lan


def told(api: ApiClient, customer: UUID, limit: int) -> list[dict[str, Any]]:
    """All of a timeline, `limit` on a page."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": limit}
    while True:
        page = api.get(f"/api/v1/customers/{customer}/timeline", query).json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


def test_everything_stands_in_one_row_the_latest_first_whatever_the_pages(tenant: Tenant, api: ApiClient, lan: UUID) -> None:
    at_once = told(api, lan, 200)
    assert {one["what"] for one in at_once} >= TOLD
    assert [one["at"] for one in at_once] == sorted((one["at"] for one in at_once), reverse=True)
    for limit in (1, 3):
        looks_of_this_test = [one for one in told(api, lan, limit) if one["what"] != "staff.looked"]
        assert looks_of_this_test == [one for one in at_once if one["what"] != "staff.looked"]
    said = {one["what"]: one for one in api.speaking("vi").get(f"/api/v1/customers/{lan}/timeline", {"limit": 200}).json()["items"]}
    assert said["customers.signed_in"]["title"] == "Đã đăng nhập"
    assert {"title": "Nội dung", "text": ["Lan, 25 điểm"]} in said["messages.written"]["facts"]
    assert ["Khách quý"] in [fact["text"] for fact in said["customers.segment_entered"]["facts"]]


def test_who_corrected_points_is_named_be_it_a_program_or_somebody(tenant: Tenant, api: ApiClient, admin_site: Any, lan: UUID) -> None:
    assert api.post(f"/api/v1/customers/{lan}/account/adjust", {"points": 5, "reason": "sorry"}).status_code == 201
    events = [one for one in told(api, lan, 200) if one["what"] == "earning.points_granted"]
    (by,) = [fact["text"] for one in events for fact in one["facts"] if fact["title"] == "Corrected by"]
    assert by == [events[0]["actor"]]
    page = text_of(admin_site.get(f"/admin/customers/customer/{lan}/timeline/"))
    assert "Corrected by" in page
    assert "token:" not in page


def test_who_may_not_see_messages_or_looks_reads_the_rest(tenant: Tenant, api: ApiClient, api_as: Any, lan: UUID) -> None:
    seen = {one["what"] for one in told(api_as("support"), lan, 200)}
    assert "messages.written" in seen
    assert "staff.looked" not in seen
    assert api_as("seller").get(f"/api/v1/customers/{lan}/timeline").status_code == 403
    assert ("history.see:timeline", str(lan)) in rows("staff_privilegedread", tenant, "what, subject")


def test_a_cursor_of_another_list_is_refused_and_an_odd_address_begins_anew(api: ApiClient, admin_site: Any, lan: UUID) -> None:
    foreign = api.get("/api/v1/customers", {"limit": 1}).json()["next"]
    assert api.get(f"/api/v1/customers/{lan}/timeline", {"cursor": foreign}).status_code == 400
    address = f"/admin/customers/customer/{lan}/timeline/"
    first = text_of(admin_site.get(address))
    for words in ("Signed in", "Session ended", "Message", "Friend registered", "Looked at", "Came into a segment", "Points earned"):
        assert words in first
    for odd in ("1-2", "1-x-y", f"{10**18}-{10**18}-k", "--", "1-2-3-4"):
        assert admin_site.get(address, {"before": odd}).status_code == 200, odd
