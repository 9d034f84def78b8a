"""Custom events over HTTP: types are set up, events of them are reported once, and what they say of a person goes with the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from customers.commands import DeactivateCustomer, EraseCustomer, MergeCustomers, RegisterCustomer
from earning import queries
from earning.commands import ReportCustomEvent
from earning.domain.custom_event import custom_event_id
from loyalty.api import strict_json
from loyalty.bus import dispatch
from loyalty.disclosure import disclosed
from loyalty.eventstore import store
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import in_parallel, rows
from tests.earning.shops import refusal
from tests.support.client import ApiClient

TYPES = "/api/v1/custom-event-types"
TEXTS = [
    {"language": "vi", "name": "Đánh giá ứng dụng", "description": "Trên App Store"},
    {"language": "en", "name": "App review", "description": ""},
    {"language": "pl", "name": "Ocena aplikacji", "description": ""},
]
SCHEMA = {
    "type": "object",
    "properties": {
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        "minutes": {"type": "number", "maximum": 90.5},
        "text": {"type": "string"},
    },
    "required": ["stars"],
    "additionalProperties": False,
}


def do(tenant: Tenant, command: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="api")


@pytest.fixture
def review(api: ApiClient) -> str:
    """The address of a type that can be reported."""
    made = api.post(TYPES, {"code": "App_Review", "texts": TEXTS, "schema": SCHEMA})
    assert (made.status_code, made.json()["code"], made.json()["version"], made.json()["active"]) == (201, "app_review", 1, True)
    return f"{TYPES}/app_review"


@pytest.fixture
def somebody(tenant: Tenant) -> UUID:
    customer_id: UUID = do(tenant, RegisterCustomer(first_name="Hương")).customer_id
    return customer_id


def report(api: ApiClient, customer: UUID, reference: str = "r-1", **changes: Any) -> Any:
    body = {"type": "app_review", "reference_id": reference, "attributes": {"stars": 5}} | changes
    return api.post(f"/api/v1/customers/{customer}/events", body)


def reported(tenant: Tenant) -> list[Any]:
    return rows("earning_custom_event", tenant, "customer_id, type, reference")


# -- types --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("review")
def test_a_type_is_shown_changed_and_switched(api: ApiClient) -> None:
    shown = api.get(f"{TYPES}/app_review").json()
    assert (shown["schema"], shown["texts"]) == (SCHEMA, TEXTS)
    assert [one["code"] for one in api.get(TYPES).json()] == ["app_review"]
    changed = SCHEMA | {"required": []}
    answer = api.put(f"{TYPES}/app_review", {"texts": TEXTS, "schema": changed, "seen_version": 1})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    again = api.put(f"{TYPES}/app_review", {"texts": TEXTS, "schema": changed})
    assert again.json()["version"] == 2, "what is so already makes no version"
    stale = api.put(f"{TYPES}/app_review", {"texts": TEXTS, "schema": SCHEMA, "seen_version": 1})
    assert refusal(stale) == (409, "earning.custom_event_type_changed_meanwhile", "/seen_version")
    assert api.post(f"{TYPES}/app_review/deactivate").json()["active"] is False
    assert api.post(f"{TYPES}/app_review/activate").json()["active"] is True
    assert api.get(f"{TYPES}/app_review").json()["version"] == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "app_review"}, (409, "earning.custom_event_code_taken", "/code")),
        ({"code": "5 stars"}, (422, "earning.custom_event_code_invalid", "/code")),
        ({"code": "x" * 41}, (422, "earning.custom_event_code_invalid", "/code")),
        ({"texts": []}, (422, "earning.custom_event_names_incomplete", "/texts")),
        ({"texts": TEXTS[:2]}, (422, "earning.custom_event_names_incomplete", "/texts")),
        ({"texts": [*TEXTS[:2], TEXTS[2] | {"name": " "}]}, (422, "earning.custom_event_names_incomplete", "/texts/2/name")),
        ({"schema": {}}, (422, "earning.schema_of_no_object", "/schema/type")),
        (
            {"schema": {"type": "object", "properties": {"a": {"type": "string", "pattern": "(a+)+$"}}}},
            (422, "earning.schema_keyword_unknown", "/schema/properties/a"),
        ),
    ],
)
@pytest.mark.usefixtures("review")
def test_a_wrong_type_is_refused_at_its_place(api: ApiClient, changes: dict[str, Any], said: tuple[int, str, str]) -> None:
    body = {"code": "other", "texts": TEXTS, "schema": SCHEMA} | changes
    assert refusal(api.post(TYPES, body)) == said
    assert [one["code"] for one in api.get(TYPES).json()] == ["app_review"]


def test_a_type_of_nobody_and_of_another_tenant_is_not_there(
    api: ApiClient, review: str, other_tenant: Tenant, api_token: Callable[..., str]
) -> None:
    stranger = ApiClient(api_token(other_tenant), other_tenant.hosts[0])
    for path in (review, f"{TYPES}/nothing"):
        assert refusal(stranger.get(path))[:2] == (404, "earning.custom_event_type_unknown")
        for order in ("activate", "deactivate"):
            assert refusal(stranger.post(f"{path}/{order}"))[:2] == (404, "earning.custom_event_type_unknown")
        assert refusal(stranger.put(path, {"texts": TEXTS, "schema": SCHEMA}))[:2] == (404, "earning.custom_event_type_unknown")
    assert api.get(review).status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b'{"code":"a\\u0000","texts":[],"schema":{}}',
        b'{"code":"a","texts":[],"schema":{"\\ud800":1}}',
        b'{"code":"a","texts":[],"schema":' + b'{"a":' * 200 + b"1" + b"}" * 201,
        b'{"code":"a","texts":[],"schema":{"type":"object","properties":{"a":{"type":"integer","minimum":1e999999}}}}',
        b'{"code":"a","texts":[],"schema":{"type":"object","properties":{"a":{"type":"integer","minimum":NaN}}}}',
        b'{"code":"a","texts":[],"schema":[]}',
        '{"code":"１２３","texts":[],"schema":{}}'.encode(),
    ],
)
def test_hostile_schemas_are_refused(api: ApiClient, raw: bytes) -> None:
    assert api.send("POST", TYPES, raw, key="k-1").status_code in {400, 422}


# -- events -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("review")
def test_an_event_is_reported_once_and_listed(api: ApiClient, tenant: Tenant, somebody: UUID) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    said = {"stars": 4, "minutes": 0.50, "text": "Tuyệt vời"}
    first = report(api, somebody, attributes=said, occurred_at=at.isoformat())
    assert (first.status_code, first.json()["duplicate"], first.json()["customer_id"]) == (201, False, str(somebody))
    again = report(api, somebody, " r-1 ", attributes=dict(reversed(said.items())), occurred_at=at.isoformat())
    assert again.json() == first.json() | {"duplicate": True}
    assert reported(tenant) == [(somebody, "app_review", "r-1")]
    report(api, somebody, "r-2")
    raw = api.get(f"/api/v1/customers/{somebody}/events").content
    (second, shown) = strict_json.loads(raw)["items"]
    assert (second["reference_id"], shown["reference_id"]) == ("r-2", "r-1")
    assert shown["attributes"] == {"stars": 4, "minutes": Decimal("0.5"), "text": "Tuyệt vời"}, "exact numbers stay numbers"
    assert datetime.fromisoformat(shown["occurred_at"]) == at
    page = api.get(f"/api/v1/customers/{somebody}/events", {"limit": 1}).json()
    rest = api.get(f"/api/v1/customers/{somebody}/events", {"limit": 1, "cursor": page["next"]}).json()
    assert ([one["reference_id"] for one in page["items"] + rest["items"]], rest["next"]) == (["r-2", "r-1"], None)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"attributes": {"stars": 1}}, "Attributes"),
        ({"occurred_at": "2026-01-31T08:00:00Z"}, "Happened"),
    ],
)
@pytest.mark.usefixtures("review")
def test_another_event_under_the_same_reference_is_refused(
    api: ApiClient, tenant: Tenant, somebody: UUID, changes: dict[str, Any], fields: str
) -> None:
    report(api, somebody)
    answer = report(api, somebody, **changes)
    assert refusal(answer) == (409, "earning.custom_event_differs", "/reference_id")
    assert fields in answer.json()["detail"]
    other = do(tenant, RegisterCustomer(first_name="Lan")).customer_id
    assert refusal(report(api, other)) == (409, "earning.custom_event_differs", "/reference_id")
    assert len(reported(tenant)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"type": "unheard_of"}, (422, "earning.custom_event_type_unknown", "/type")),
        ({"type": "?"}, (422, "earning.custom_event_type_unknown", "/type")),
        ({"reference_id": " "}, (422, "earning.event_reference_missing", "/reference_id")),
        ({"reference_id": "x" * 101}, (422, "earning.text_too_long", "/reference_id")),
        ({"reference_id": "0912 345 678"}, (422, "earning.text_personal", "/reference_id")),
        ({"reference_id": "hoa@example.com"}, (422, "earning.text_personal", "/reference_id")),
        ({"attributes": {"stars": 6}}, (422, "earning.attribute_too_large", "/attributes/stars")),
        ({"attributes": {}}, (422, "earning.attribute_missing", "/attributes/stars")),
        ({"attributes": {"stars": 5, "nps": 9}}, (422, "earning.attribute_unknown", "/attributes/nps")),
        ({"attributes": {"stars": 5, "minutes": 90.51}}, (422, "earning.attribute_too_large", "/attributes/minutes")),
        ({"attributes": {"stars": 5, "text": "x" * 1001}}, (422, "earning.text_too_long", "/attributes/text")),
        ({"occurred_at": "2020-01-31T08:00:00Z"}, (422, "earning.older_than_allowed", "/occurred_at")),
        ({"occurred_at": "2999-01-31T08:00:00Z"}, (422, "earning.in_the_future", "/occurred_at")),
        ({"occurred_at": "0001-01-31T08:00:00Z"}, (400, "field.year", "/occurred_at")),
        ({"attributes": []}, (400, "field.wrong_type", "/attributes")),
        ({"bonus": 1}, (400, "field.unknown", "/bonus")),
    ],
)
@pytest.mark.usefixtures("review")
def test_a_wrong_event_is_refused_at_its_place(
    api: ApiClient, tenant: Tenant, somebody: UUID, changes: dict[str, Any], said: tuple[int, str, str]
) -> None:
    assert refusal(report(api, somebody, **changes)) == said
    assert reported(tenant) == []


def test_what_is_wrong_is_said_in_the_callers_language(api: ApiClient, review: str, somebody: UUID) -> None:
    said = {
        language: report(api.speaking(language), somebody, attributes={"stars": 6}).json()["errors"][0]["detail"]
        for language in ("vi", "en", "pl")
    }
    assert said == {"vi": "Giá trị này tối đa là 5.", "en": "This is at most 5.", "pl": "Ta wartość wynosi najwyżej 5."}


def test_what_is_not_active_is_not_taken(api: ApiClient, review: str, tenant: Tenant, somebody: UUID) -> None:
    report(api, somebody)
    api.post(f"{review}/deactivate")
    assert report(api, somebody).json()["duplicate"] is True, "what was taken before is answered as before"
    assert refusal(report(api, somebody, "r-2")) == (422, "earning.custom_event_type_inactive", "/type")
    api.post(f"{review}/activate")
    do(tenant, DeactivateCustomer(customer_id=somebody, reason="Thử"))
    assert refusal(report(api, somebody, "r-2")) == (422, "earning.customer_not_active", "/customer_id")


@pytest.mark.usefixtures("review")
def test_a_dry_run_keeps_nothing(api: ApiClient, tenant: Tenant, somebody: UUID) -> None:
    body = {"type": "app_review", "reference_id": "r-1", "attributes": {"stars": 5}}
    answer = api.send("POST", f"/api/v1/customers/{somebody}/events?dry_run=true", body)
    assert (answer.status_code, answer.json()["duplicate"]) == (200, False)
    assert reported(tenant) == []


@pytest.mark.usefixtures("review")
def test_fifty_who_report_the_same_event_at_once_report_one(tenant: Tenant, somebody: UUID) -> None:
    command = ReportCustomEvent(customer_id=somebody, type="app_review", reference_id="r-1", attributes={"stars": 5})
    answers = in_parallel(50, lambda n: do(tenant, command))
    assert [one.duplicate for one in answers].count(False) == 1
    assert len(reported(tenant)) == 1


@pytest.mark.usefixtures("review")
def test_who_is_merged_keeps_their_events_and_reports_them_but_once(api: ApiClient, tenant: Tenant, somebody: UUID) -> None:
    other = do(tenant, RegisterCustomer(first_name="Hường")).customer_id
    report(api, other)
    do(tenant, MergeCustomers(customer_id=somebody, other_id=other, reason="registered twice"))
    assert report(api, somebody).json()["duplicate"] is True
    report(api, other, "r-2")
    assert {(whose, reference) for whose, _type, reference in reported(tenant)} == {(other, "r-1"), (other, "r-2")}
    for whose in (somebody, other):
        assert len(api.get(f"/api/v1/customers/{whose}/events").json()["items"]) == 2


@pytest.mark.usefixtures("review")
def test_what_an_event_says_of_a_person_goes_with_the_person(api: ApiClient, tenant: Tenant, somebody: UUID) -> None:
    report(api, somebody, attributes={"stars": 5, "text": "Chị Hương 0912345678"})
    with reading(tenant.id):
        (told,) = disclosed([somebody])["earning.custom_events"]
    assert "Chị Hương" in told["attributes"]
    do(tenant, EraseCustomer(customer_id=somebody, reason="asked"))
    assert refusal(report(api, somebody, "r-2"))[0] == 404
    assert len(reported(tenant)) == 1, "that something happened stays, without a name"
    with reading(tenant.id):
        (left,) = queries.custom_events(somebody)
        (fact,) = store.load(custom_event_id(tenant.id, "app_review", "r-1"))
    assert (left.attributes, fact.event.attributes) == ({}, "ERASED")


@pytest.mark.parametrize(("role", "status"), [("seller", 403), ("marketer", 403), ("administrator", 201)])
@pytest.mark.usefixtures("review")
def test_who_holds_the_permission_reports(
    tenant: Tenant, somebody: UUID, api_as: Callable[..., ApiClient], make_user: Callable[..., User], role: str, status: int
) -> None:
    assert report(api_as(user=make_user(tenant, role)), somebody).status_code == status


@pytest.mark.usefixtures("review")
def test_points_given_under_a_key_of_the_event_come_once(tenant: Tenant, api: ApiClient, somebody: UUID) -> None:
    give = f"/api/v1/customers/{somebody}/account/adjust", {"points": 50, "reason": "app_review r-1"}
    for times in (False, True):
        assert report(api, somebody).json()["duplicate"] is times
        assert in_parallel(3, lambda _: api.post(*give, key="app_review:r-1").json()["balance"]) == [50] * 3
    assert rows("earning_lot", tenant, "source, points") == [("manual", 50)]
