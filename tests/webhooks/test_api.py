"""Endpoints and deliveries over the API: what somebody may have told, a secret that is said once, and what is sent again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from standardwebhooks import Webhook

from loyalty.staff.models import ApiToken, Role
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from loyalty.webhooks import tasks
from loyalty.webhooks.event_types import EVENT_TYPES, published, told
from loyalty.webhooks.examples import example_of
from loyalty.webhooks.transport import Answer
from tests.earning.counter import rows
from tests.support.client import ApiClient
from tests.webhooks.facts import fact_of
from tests.webhooks.hooked import POINTS, Hooked, Outlet
from tests.webhooks.receiver import Receiver

ENDPOINTS, DELIVERIES = "/api/v1/webhooks/endpoints", "/api/v1/webhooks/deliveries"
BODY = {"url": "https://shop.example/hooks", "types": [POINTS, "customer.registered.v1"], "description": "Shop"}
DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"


def caller(tenant: Tenant, *permissions: str) -> ApiClient:
    with reading(tenant.id):
        role = Role.objects.create(tenant_id=tenant.id, code=f"r{uuid4().hex[:8]}", name="Hooks", permissions=list(permissions))
        return ApiClient(ApiToken.issue(tenant_id=tenant.id, name="test", role=role)[1], tenant.hosts[0])


def test_an_endpoint_is_added_changed_paused_and_removed_and_its_secret_is_told_once(api: ApiClient, tenant: Tenant) -> None:
    added = api.post(ENDPOINTS, BODY, key="once")
    assert added.status_code == 201
    told_once = added.json()
    assert told_once["secret"].startswith("whsec_")
    assert api.post(ENDPOINTS, BODY, key="once").content == added.content
    address = f"{ENDPOINTS}/{told_once['id']}"
    assert api.put(address, BODY | {"types": [POINTS]}).status_code == 200
    assert api.post(f"{address}/pause").status_code == 200
    shown = api.get(address).json()
    assert (shown["types"], shown["state"], shown["paused_because"]) == ([POINTS], "paused", "by_hand")
    assert api.post(f"{address}/test").json()["code"] == "webhooks.paused"
    assert api.post(f"{address}/resume").status_code == 200
    assert [one["id"] for one in api.get(ENDPOINTS).json()] == [told_once["id"]]
    assert "whsec_" not in api.get(ENDPOINTS).content.decode()
    rotated = api.post(f"{address}/secret", {"grace_hours": 1}).json()
    assert rotated["secret"] != told_once["secret"]
    assert api.post(f"{address}/secret", {"grace_hours": 169}).status_code == 400
    assert api.post(f"{address}/remove").status_code == 200
    assert api.get(address).status_code == 404
    done = [what for (what,) in rows("staff_staffchange", tenant, "what", "at, id")]
    assert done == [f"webhook.{what}" for what in ("added", "changed", "paused", "resumed", "secret", "removed")]
    assert "whsec_" not in str(rows("staff_staffchange", tenant, "facts"))


def test_what_is_wrong_of_an_endpoint_is_said_at_its_place(api: ApiClient) -> None:
    for wrong, pointer, code in (
        ({"url": "https://169.254.169.254/latest"}, "/url", "webhooks.url_private"),
        ({"types": []}, "/types", "webhooks.types_missing"),
        ({"types": ["points.stolen.v1"]}, "/types", "webhooks.type_unknown"),
    ):
        answer = api.post(ENDPOINTS, BODY | wrong)
        assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (422, code, pointer)


def test_nobody_has_others_told_what_they_may_not_see(tenant: Tenant) -> None:
    some = caller(tenant, "webhooks.see", "webhooks.edit", "customers.see")
    names = [one["name"] for one in some.get("/api/v1/webhooks/event-types").json()]
    assert "customer.registered.v1" in names
    assert POINTS not in names
    refused = some.post(ENDPOINTS, BODY)
    assert (refused.status_code, refused.json()["code"], refused.json()["params"]) == (422, "webhooks.type_forbidden", {"type": POINTS})
    made = some.post(ENDPOINTS, BODY | {"types": ["customer.registered.v1"]}).json()
    assert some.put(f"{ENDPOINTS}/{made['id']}", BODY).json()["code"] == "webhooks.type_forbidden"
    assert caller(tenant, "webhooks.see", "earning.see_accounts").post(ENDPOINTS, BODY).status_code == 403


def test_nobody_leads_elsewhere_what_waits_and_what_they_may_not_see(tenant: Tenant, hooked: Hooked) -> None:
    endpoint = hooked.endpoint(POINTS, "customer.registered.v1")
    some, address = caller(tenant, "webhooks.see", "webhooks.edit", "customers.see"), f"{ENDPOINTS}/{endpoint}"
    mine = {"url": "https://mine.example/", "types": ["customer.registered.v1"]}
    assert some.put(address, mine).json()["code"] == "webhooks.type_forbidden"
    hooked.give(hooked.customer(), 1)
    hooked.told()
    assert some.put(address, mine | {"url": "https://shop.example/hooks"}).status_code == 200, "to tell less there is no harm"
    assert some.put(address, mine).json()["code"] == "webhooks.type_forbidden", "points wait for it"
    whoever = caller(tenant, "webhooks.see", "webhooks.edit", "customers.see", "earning.see_accounts")
    assert whoever.put(address, mine).status_code == 200
    assert some.put(f"{ENDPOINTS}/{uuid4()}", mine).status_code == 404


def test_who_may_not_see_what_it_tells_sees_that_it_was_told(tenant: Tenant, hooked: Hooked) -> None:
    hooked.endpoint(POINTS)
    hooked.give(hooked.customer(), 1)
    hooked.told()
    (delivery,) = (row[0] for row in hooked.deliveries("id"))
    shown = {
        name: caller(tenant, "webhooks.see", name).get(f"{DELIVERIES}/{delivery}").json()
        for name in ("customers.see", "earning.see_accounts")
    }
    assert shown["customers.see"]["body"] is None
    assert '"points":1' in shown["earning.see_accounts"]["body"]
    assert shown["customers.see"]["delivery"] == shown["earning.see_accounts"]["delivery"]


def test_deliveries_are_listed_narrowed_shown_and_sent_again(api: ApiClient, hooked: Hooked) -> None:
    made = api.post(ENDPOINTS, BODY).json()
    whose = hooked.customer()
    hooked.give(whose, 1, 2, 3)
    hooked.told()
    endpoint = next(row[0] for row in rows("webhooks_endpoint", hooked.tenant, "id"))
    outlet = Outlet([Answer(410, "gone for good")])
    hooked.send(endpoint, outlet)
    first = api.get(DELIVERIES, {"limit": 3}).json()
    second = api.get(DELIVERIES, {"limit": 3, "cursor": first["next"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 1, None)
    assert len({one["id"] for one in first["items"] + second["items"]}) == 4
    for asked, number in (
        ({"state": "failed"}, 1),
        ({"type": POINTS}, 3),
        ({"customer_id": str(whose)}, 4),
        ({"customer_id": str(uuid4())}, 0),
        ({"endpoint_id": made["id"]}, 4),
    ):
        assert len(api.get(DELIVERIES, asked).json()["items"]) == number, asked
    (failed,) = api.get(DELIVERIES, {"state": "failed"}).json()["items"]
    shown = api.get(f"{DELIVERIES}/{failed['id']}").json()
    assert json.loads(shown["body"])["event_id"] == failed["event_id"]
    assert [(one["status"], one["failure"], one["answer"]) for one in shown["attempts"]] == [(410, "gone", "gone for good")]
    assert api.post(f"{ENDPOINTS}/{made['id']}/resume").status_code == 200
    assert api.post(f"{DELIVERIES}/{failed['id']}/replay").status_code == 202
    again = Outlet()
    assert hooked.send(endpoint, again) == 4
    assert failed["id"] in again.ids


def test_the_documentation_lists_every_event() -> None:
    documentation = DOCUMENTATION.read_text()
    missing = [one.name for one in EVENT_TYPES.values() if f"| `{one.name}` | {one.meaning} |" not in documentation]
    assert missing == []
    assert example_of(EVENT_TYPES["points.earned.v1"]) in documentation


def test_every_shape_is_made_of_every_event_that_it_tells_of() -> None:
    """A field that the event does not have would be noticed by the receiver only."""
    for one in EVENT_TYPES.values():
        for kind in one.events:
            fact = fact_of(kind)
            if hasattr(fact, "pooled"):
                assert told(one, replace(fact, pooled=True)) is None, "between accounts of one person nothing is told"
                fact = replace(fact, pooled=False)
            assert isinstance(told(one, fact), one.shape), (one.name, kind)


@pytest.mark.parametrize("name", ["points.earned", "points.earned.v0", "Points.earned.v1", "points.earned.v1"])
def test_a_name_that_is_none_or_taken_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"no event type|declared twice"):
        published(name, "", permission="earning.see_accounts")(object)


def test_a_test_arrives_at_once_by_the_task(api: ApiClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "HttpOutlet", lambda: receiver.outlet)
    monkeypatch.setattr(tasks.send_webhooks, "apply_async", lambda args, **_: tasks.send_webhooks(*args))
    made = api.post(ENDPOINTS, BODY | {"url": receiver.url}).json()
    sent = api.post(f"{ENDPOINTS}/{made['id']}/test")
    assert sent.status_code == 202
    (received,) = receiver.received
    assert Webhook(made["secret"]).verify(received.body, received.headers)["type"] == "webhook.test.v1"
    assert api.get(f"{DELIVERIES}/{sent.json()['id']}").json()["delivery"]["state"] == "sent"
