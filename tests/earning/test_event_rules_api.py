"""Rules for custom events over HTTP and in the administration: made, tried by a dry run, counted, explained."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import RegisterCustomer
from earning.commands import ActivateRule, CreateRule, CustomEventPoints, ReportCustomEvent
from earning.queries import balance
from earning.streams import account_of
from earning.wording import warning_sentence
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel
from tests.earning.shops import refusal
from tests.support.client import ApiClient
from tests.support.pages import text_of

TYPES, RULES = "/api/v1/custom-event-types", "/api/v1/rules"
SCHEMA = {"type": "object", "properties": {"stars": {"type": "integer"}, "bottles": {"type": "integer"}}}
REVIEWS = {
    "name": "Reviews",
    "terms": {"kind": "custom_event", "type": "app_review", "points": "50"},
    "scope": {
        "condition": {"op": "ge", "field": "event.attribute.stars", "values": [4]},
        "limits": [{"of": "times", "most": 2, "period": "month"}],
    },
}


@pytest.fixture
def whose(tenant: Tenant, api: ApiClient) -> UUID:
    """A customer, of a tenant with a type of events."""
    texts = [{"language": language, "name": "App review"} for language in ("vi", "en", "pl")]
    assert api.post(TYPES, {"code": "app_review", "texts": texts, "schema": SCHEMA}).status_code == 201
    customer_id: UUID = dispatch(RegisterCustomer(first_name="Hương"), tenant_id=tenant.id, actor="staff:1", channel="api").customer_id
    return customer_id


def made(api: ApiClient, body: dict[str, Any]) -> str:
    answer = api.post(RULES, body)
    assert answer.status_code == 201, answer.json()
    rule_id: str = answer.json()["rule_id"]
    assert api.post(f"{RULES}/{rule_id}/activate", {"effective_at": "2026-01-01T00:00:00+07:00"}).status_code == 200
    return rule_id


def report(api: ApiClient, whose: UUID, stars: int, reference: str, address: str = "") -> Any:
    body = {"type": "app_review", "reference_id": reference, "attributes": {"stars": stars, "bottles": 3}}
    return api.post(f"/api/v1/customers/{whose}/events{address}", body).json()


def test_a_rule_is_made_counts_and_is_explained(api: ApiClient, whose: UUID, tenant: Tenant) -> None:
    rule_id = made(api, REVIEWS)
    shown = api.get(f"{RULES}/{rule_id}").json()
    assert shown["sentence"] == "50 points for each event “App review”."
    assert "attribute stars of the event is at least 4" in shown["scope_sentence"]
    assert [one["id"] for one in api.get(f"{RULES}?kind=custom_event").json()["items"]] == [rule_id]
    tried = report(api, whose, 5, "r-1", "?dry_run=true")
    told = [report(api, whose, stars, f"r-{n}") for n, stars in enumerate((5, 3, 4, 5))]
    assert [one["points"] for one in [tried, *told]] == [50, 50, 0, 50, 0]
    assert told[0]["wallets"] == [{"wallet": "points", "points": 50, "cut": 0}]
    with reading(tenant.id):
        assert balance(whose, datetime.now(UTC)).balance == 100
    explained = [api.get(f"/api/v1/customers/{whose}/events/{one['custom_event_id']}/explanation").json() for one in told]
    turns = [one["rules"][0] for one in explained]
    assert [turn["outcome"] for turn in turns] == ["gave", "not_met", "gave", "limit_reached"]
    assert [one["points"] for one in explained] == [50, 0, 50, 0]
    assert turns[1]["checks"][0]["met"] is False
    assert turns[1]["checks"][0]["seen"].endswith("not kept, because it is personal")
    assert "Reviews" in {turn["name"] for turn in turns}
    assert api.get(f"{RULES}/{rule_id}/limits").status_code == 200


def test_points_for_each_bottle(api: ApiClient, whose: UUID) -> None:
    terms = REVIEWS["terms"] | {"points": "2.5", "attribute": "bottles", "rounding": "ceil"}  # type: ignore[operator]
    rule_id = made(api, {"name": "Bottles", "terms": terms})
    assert report(api, whose, 1, "b-1")["points"] == 8
    said = api.get(f"{RULES}/{rule_id}").json()["sentence"]
    assert said == "2.5 points for each one of “bottles” of an event “App review”, rounded up."


@pytest.mark.parametrize(
    ("changed", "code", "pointer"),
    [
        ({"terms": {"kind": "custom_event", "type": "no_such", "points": "1"}}, "earning.custom_event_type_unknown", "/terms/type"),
        ({"terms": {"kind": "custom_event", "type": "app_review", "points": "0"}}, "earning.rule_points_invalid", "/terms/points"),
        ({"scope": {"minimum": 5}}, "earning.rule_asks_of_purchases", "/scope/minimum"),
        (
            {"scope": {"condition": {"op": "eq", "field": "line.sku", "values": ["A"]}}},
            "earning.condition_field_unknown",
            "/scope/condition/field",
        ),
    ],
)
@pytest.mark.usefixtures("whose")
def test_what_no_event_has_is_refused_at_its_place(api: ApiClient, changed: dict[str, Any], code: str, pointer: str) -> None:
    assert refusal(api.post(RULES, REVIEWS | changed)) == (422, code, pointer)


def test_it_is_not_tried_on_a_purchase(api: ApiClient, whose: UUID) -> None:
    rule_id = made(api, REVIEWS)
    body = {"total": 10_000, "lines": [{"sku": "A", "quantity": "1", "total": 10_000}]}
    assert api.post(f"{RULES}/{rule_id}/try", body).json()["code"] == "earning.rule_not_of_purchases"


def test_an_event_of_somebody_else_is_not_explained(api: ApiClient, whose: UUID, tenant: Tenant) -> None:
    other = dispatch(RegisterCustomer(first_name="Lan"), tenant_id=tenant.id, actor="staff:1", channel="api").customer_id
    event_id = report(api, whose, 5, "r-1")["custom_event_id"]
    assert api.get(f"/api/v1/customers/{whose}/events/{event_id}/explanation").json()["rules"] == []
    for asked in (f"{other}/events/{event_id}", f"{whose}/events/{uuid4()}"):
        assert api.get(f"/api/v1/customers/{asked}/explanation").json()["code"] == "earning.custom_event_unknown"


@pytest.mark.usefixtures("whose")
def test_a_marketer_makes_and_changes_one_in_the_administration(admin_site: Any, tenant: Tenant, api: ApiClient) -> None:
    add = "/admin/earning/rule/add-custom-event/"
    page = text_of(admin_site.get(add))
    assert "App review" in page
    assert "Points of sale" not in page
    assert "Every such event." in page
    row = {"conditions_0_field": "event.attribute.", "conditions_0_label": "stars", "conditions_0_op": "ge", "conditions_0_values": "4"}
    form = {"name": "Reviews", "type": "app_review", "points": "50", "attribute": "", "rounding": "floor", "zone": tenant.time_zone}
    page = text_of(admin_site.post(add, form | row | {"join": "all", "command_id": str(uuid4())}, follow=True))
    assert "50 points for each event “App review”." in page
    assert "attribute stars of the event is at least 4" in page
    assert "Try it on a purchase" not in page
    (found,) = api.get(f"{RULES}?kind=custom_event").json()["items"]
    edit = f"/admin/earning/rule/{found['id']}/edit-custom-event/"
    assert 'value="stars"' in admin_site.get(edit).content.decode()
    changed = form | row | {"points": "60", "seen_version": "1", "join": "all", "command_id": str(uuid4())}
    assert "60 points for each event" in text_of(admin_site.post(edit, changed, follow=True))
    wrong = form | {"attribute": "two words", "command_id": str(uuid4())}
    assert "Enter the name of an attribute" in text_of(admin_site.post(add, wrong))


def test_the_statement_of_an_account_names_the_rule_that_gave_for_an_event(
    admin_site: Any, tenant: Tenant, api: ApiClient, whose: UUID
) -> None:
    made(api, REVIEWS)
    report(api, whose, 5, "r-1")
    account = account_of(whose, tenant.id, "points")
    table = text_of(admin_site.get(f"/admin/earning/account/{account}/change/")).partition("Statement")[2]
    assert "Earned – Reviews +50 50" in table


@pytest.mark.parametrize(
    ("kind", "offered", "missing"),
    [
        (
            "custom-event",
            {"event.attribute.", "event.times.", "customer.level", "customer.age", "customer.label."},
            {"purchase.total", "line.sku"},
        ),
        ("rule", {"purchase.total", "purchase.label.", "line.sku", "event.times.", "customer.age"}, {"event.attribute."}),
    ],
)
def test_a_form_offers_what_conditions_of_its_kind_can_ask_for(admin_site: Any, kind: str, offered: set[str], missing: set[str]) -> None:
    page = admin_site.get(f"/admin/earning/rule/add-{kind}/").content.decode()
    assert {field for field in offered | missing if f'<option value="{field}"' in page} == offered


def test_rules_of_two_types_do_not_overlap_and_of_one_do(tenant: Tenant, whose: UUID, api: ApiClient) -> None:
    counter = Counter(tenant)
    texts = [{"language": language, "name": "Course"} for language in ("vi", "en", "pl")]
    api.post(TYPES, {"code": "course", "texts": texts, "schema": {"type": "object"}})
    rules = [
        counter.do(CreateRule(name=f"R{n}", terms=CustomEventPoints(type=kind, points=Decimal(5))))
        for n, kind in enumerate(("course", "course", "app_review"))
    ]
    found = [counter.do(ActivateRule(rule_id=one.rule_id)).warnings for one in rules]
    assert [[one.code for one in told] for told in found] == [[], ["overlaps"], []]
    assert warning_sentence(found[1][0]) == "The rule “R0” counts for the same events: customers get the points of both."


def test_a_rule_from_a_time_that_is_over_is_told_of_events_that_are_reported_later(tenant: Tenant, api: ApiClient, whose: UUID) -> None:
    rule_id = api.post(RULES, REVIEWS).json()["rule_id"]
    (told,) = api.speaking("en").post(f"{RULES}/{rule_id}/activate", {"effective_at": "2026-01-01T00:00:00+07:00"}).json()["warnings"]
    assert told["message"] == "It counts from a time that is over: for events of that time that are reported later, too."


# -- by customers themselves ---------------------------------------------------------------------------

OPEN = {
    "name": "Course",
    "terms": {"kind": "custom_event", "type": "app_review", "points": "5", "by_customers": True},
    "scope": {"limits": [{"of": "times", "most": 2, "period": "day"}]},
}
OWN = "/api/v1/me/events"


@pytest.fixture
def app(tenant: Tenant, api: ApiClient, whose: UUID) -> ApiClient:
    """The app of the customer."""
    return ApiClient(api.post(f"/api/v1/customers/{whose}/tokens", {}).json()["token"], tenant.hosts[0])


def said(app: ApiClient, reference: str, address: str = "", **attributes: Any) -> Any:
    return app.post(f"{OWN}{address}", {"type": "app_review", "reference_id": reference, "attributes": attributes})


def test_a_customer_reports_within_the_limit_and_nothing_more_is_kept(api: ApiClient, app: ApiClient, whose: UUID) -> None:
    rule_id = made(api, OPEN)
    assert api.get(f"{RULES}/{rule_id}").json()["sentence"].endswith("Customers may report it themselves.")
    tried, first, again, second, third = (said(app, *one) for one in (("a", "?dry_run=true"), ("a",), ("a",), ("b",), ("c",)))
    assert [one.json()["points"] for one in (tried, first, again, second)] == [5, 5, 5, 5]
    assert [one.json()["duplicate"] for one in (first, again, second)] == [False, True, False]
    assert refusal(third) == (422, "earning.event_brings_nothing", "/type")
    kept = api.get(f"/api/v1/customers/{whose}/events").json()["items"]
    assert sorted(one["reference_id"] for one in kept) == ["a", "b"]
    assert report(api, whose, 5, "a")["duplicate"] is False, "the references of programs are others"


def test_only_rules_that_are_open_to_customers_look_at_what_they_say(api: ApiClient, app: ApiClient, whose: UUID) -> None:
    made(api, REVIEWS)
    assert refusal(said(app, "a", stars=5)) == (422, "earning.event_not_for_customers", "/type")
    made(api, OPEN)
    assert said(app, "a", stars=5).json()["points"] == 5
    assert report(api, whose, 5, "r-1")["points"] == 55


@pytest.mark.parametrize("limits", [[], [{"of": "times", "most": 9, "whose": "all"}]])
@pytest.mark.usefixtures("whose")
def test_a_rule_that_is_open_to_customers_needs_a_limit_for_each(api: ApiClient, limits: list[Any]) -> None:
    assert refusal(api.post(RULES, OPEN | {"scope": {"limits": limits}})) == (422, "earning.rule_needs_limit", "/scope/limits")


def test_of_fifty_own_reports_at_once_two_count(api: ApiClient, app: ApiClient, whose: UUID, tenant: Tenant) -> None:
    made(api, OPEN)
    orders = [ReportCustomEvent(customer_id=whose, type="app_review", reference_id=f"r-{n}", own=True) for n in range(50)]
    counter = Counter(tenant)
    answers = in_parallel(50, lambda n: counter.do(orders[n], channel="app"))
    refused = [one for one in answers if isinstance(one, DomainError)]
    assert [one.code for one in refused] == ["earning.event_brings_nothing"] * 48
    with reading(tenant.id):
        assert balance(whose, datetime.now(UTC)).balance == 10
    assert said(app, "one more").status_code == 422
