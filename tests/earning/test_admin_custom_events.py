"""Custom events in the administration: a type is added, edited and switched; what is wrong is said at its field."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from customers.commands import RegisterCustomer
from earning.commands import ChangeCustomEventType, ReportCustomEvent
from earning.forms.attribute_rows import rows_of, schema_of
from earning.models import CustomEventType
from earning.queries import custom_event_type
from loyalty.bus import dispatch
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.support.client import visitor
from tests.support.pages import field_of, form_of, text_of

PAGES = "/admin/earning/customeventtype/"
STARS = {"attributes_0_name": "stars", "attributes_0_kind": "integer", "attributes_0_at_least": "1", "attributes_0_at_most": "5"}
TYPED = {
    "code": "app_review",
    "called_vi": "Đánh giá ứng dụng",
    "called_en": "App review",
    "called_pl": "Ocena aplikacji",
    "described_en": "In the app store",
    **STARS,
    "attributes_0_needed": "on",
    "attributes_1_name": "store",
    "attributes_1_kind": "string",
    "attributes_1_choices": "google; apple",
}
SCHEMA = {
    "type": "object",
    "properties": {
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        "store": {"type": "string", "enum": ["google", "apple"]},
    },
    "required": ["stars"],
    "additionalProperties": False,
}
NESTED = {"type": "object", "properties": {"dish": {"type": "object", "properties": {"sku": {"type": "string"}}}}}


def do(tenant: Tenant, command: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="api")


def schema(tenant: Tenant) -> dict[str, Any]:
    with reading(tenant.id):
        return custom_event_type("app_review").schema


@pytest.fixture
def review(tenant: Tenant, admin_site: Any) -> UUID:
    answer = admin_site.post(f"{PAGES}add-type/", TYPED, follow=True)
    assert "The custom event “App review” is added." in text_of(answer)
    with reading(tenant.id):
        return CustomEventType.objects.get().id


def filled(page: Any) -> dict[str, str]:
    """What a form would send as it is shown, each time as an order of its own."""
    return {name: values[0] for name, values in form_of(page).items() if values and name != "command_id"}


def test_a_type_is_added_edited_and_switched(tenant: Tenant, admin_site: Any, review: UUID) -> None:
    page = f"{PAGES}{review}/"
    assert schema(tenant) == SCHEMA
    for shown in ("App review", "In the app store", "Ocena aplikacji", '"maximum": 5', "Active"):
        assert shown in text_of(admin_site.get(f"{page}change/")), shown
    form = filled(admin_site.get(f"{page}edit/"))
    assert (form["attributes_0_name"], form["attributes_0_at_most"], form["attributes_1_choices"]) == ("stars", "5", "google; apple")
    changed = form | {"called_en": "Review", "attributes_1_name": "", "others": "on"}
    assert "The custom event “Review” is saved." in text_of(admin_site.post(f"{page}edit/", changed, follow=True))
    assert schema(tenant) == {"type": "object", "properties": {"stars": SCHEMA["properties"]["stars"]}, "required": ["stars"]}  # type: ignore[index]
    stale = admin_site.post(f"{page}edit/", changed | {"called_en": "Stars"})
    assert "it is at version 2, you saw version 1" in text_of(stale)
    assert "is deactivated" in text_of(admin_site.post(f"{page}deactivate/", {}, follow=True))
    assert "Inactive" in text_of(admin_site.get(PAGES))
    assert admin_site.get(f"{page}deactivate/").status_code == 404
    assert "is active" in text_of(admin_site.post(f"{page}activate/", {}, follow=True))
    history = text_of(admin_site.get(f"{page}history/"))
    assert history.index("Activated") < history.index("Deactivated") < history.index("Changed") < history.index("Added")
    assert "app_review" not in text_of(admin_site.get(PAGES, {"q": "unheard of"}))
    assert "app_review" in text_of(admin_site.get(PAGES, {"q": "danh gia"}))


def test_what_rows_cannot_say_is_written_as_a_schema(tenant: Tenant, admin_site: Any, review: UUID) -> None:
    page = f"{PAGES}{review}/"
    form = filled(admin_site.get(f"{page}schema/"))
    assert json.loads(form["schema"]) == SCHEMA
    admin_site.post(f"{page}schema/", form | {"schema": json.dumps(NESTED)})
    assert schema(tenant) == NESTED
    shown = admin_site.get(f"{page}edit/")
    assert "more than lines can say" in text_of(shown)
    admin_site.post(f"{page}edit/", filled(shown) | {"called_en": "Review"})
    assert schema(tenant) == NESTED
    with reading(tenant.id):
        assert custom_event_type("app_review").name("en") == "Review"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": "5 stars"}, "code", "begins with a letter"),
        ({"called_pl": ""}, "called_pl", "Vietnamese, English and Polish"),
        ({"called_vi": "", "called_en": "", "called_pl": "", "described_en": ""}, "called_vi", "Vietnamese, English and Polish"),
        ({"attributes_1_name": "số sao"}, "attributes_1_name", "is called by a letter"),
        ({"attributes_1_name": "stars"}, "attributes_1_name", "Two attributes have this name"),
        ({"attributes_0_at_least": "many"}, "attributes_0_at_least", "Enter a number"),
        ({"attributes_0_at_least": "6"}, "attributes_0_at_most", "Nothing fits"),
        ({"attributes_0_kind": "boolean"}, "attributes_0_at_least", "has no bounds"),
        ({"attributes_1_kind": "date"}, "attributes_1_choices", "Only texts and numbers"),
        ({"attributes_1_kind": "number"}, "attributes_1_choices", "Enter a number"),
    ],
)
def test_a_wrong_type_is_said_at_its_field(tenant: Tenant, admin_site: Any, changes: dict[str, str], field: str, sentence: str) -> None:
    page = admin_site.post(f"{PAGES}add-type/", TYPED | changes)
    assert page.status_code == 422
    assert sentence in field_of(page, field)
    with reading(tenant.id):
        assert not CustomEventType.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This field is required."),
        ("{", "This is not JSON"),
        ("[1]", "Attributes are an object"),
        ('{"type": "object", "properties": {"a": {"type": "string", "pattern": "x"}}}', "properties.a: “pattern”"),
    ],
)
def test_a_wrong_schema_is_said_with_its_place(admin_site: Any, review: UUID, typed: str, sentence: str) -> None:
    page = admin_site.post(f"{PAGES}{review}/schema/", {"schema": typed, "seen_version": "1"})
    assert page.status_code == 422
    assert sentence in field_of(page, "schema")


PART = {"kind": "string", "at_least": None, "at_most": None, "choices": "", "needed": False}


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "string", "at_least": Decimal(2), "at_most": Decimal(20)},
        {"kind": "integer", "choices": "1; 2; 3"},
        {"kind": "number", "at_least": Decimal("0.5"), "choices": "0.75; 2"},
        {"kind": "boolean", "needed": True},
        {"kind": "date"},
        {"kind": "date-time"},
    ],
)
@pytest.mark.parametrize("others", [True, False])
def test_what_rows_say_is_shown_in_rows_again(row: dict[str, Any], others: bool) -> None:
    made = schema_of([PART | {"name": "a"} | row], others=others)
    (shown,) = rows_of(made) or []
    again = {name: Decimal(value) if name in {"at_least", "at_most"} and value else value or None for name, value in shown.items()}
    assert schema_of([again | {"choices": shown["choices"]}], others=others) == made


@pytest.mark.parametrize(
    "part",
    [
        {"type": "string", "title": "x"}, {"type": "array"}, {"type": "integer", "exclusiveMinimum": 1}, {"type": "integer", "minimum": -1},
        {"type": "string", "enum": ["a; b"]}, {"type": "boolean", "enum": [True]}, {"type": "string", "format": "date", "minLength": 1},
    ],
)  # fmt: skip
def test_what_rows_cannot_say_they_do_not_pretend_to(part: dict[str, Any]) -> None:
    assert rows_of({"type": "object", "properties": {"a": part}}) is None


def test_the_timeline_of_a_customer_tells_what_they_did(tenant: Tenant, admin_user: User, review: UUID) -> None:
    customer = do(tenant, RegisterCustomer(first_name="Hương")).customer_id
    do(tenant, ReportCustomEvent(customer_id=customer, type="app_review", reference_id="r-17", attributes={"stars": 4}))
    said = text_of(visitor(tenant, admin_user, "en").get(f"/admin/customers/customer/{customer}/timeline/"))
    for shown in ("Custom event", "App review", "r-17", '{"stars":4}'):
        assert shown in said, shown


def test_names_of_customers_languages_are_shown(tenant: Tenant, admin_user: User, review: UUID) -> None:
    with reading(tenant.id):
        card = custom_event_type("app_review")
    do(tenant, ChangeCustomEventType(code="app_review", texts=card.texts, schema=NESTED))
    for language, name in (("vi", "Đánh giá ứng dụng"), ("pl", "Ocena aplikacji")):
        assert name in text_of(visitor(tenant, admin_user, language).get(PAGES))
