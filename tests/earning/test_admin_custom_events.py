"""Custom events in the administration: a type is added, edited and switched; what is wrong is said at its field."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from customers.commands import RegisterCustomer
from earning.commands import ReportCustomEvent
from earning.models import CustomEventType
from loyalty.bus import dispatch
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.support.client import visitor
from tests.support.pages import field_of, form_of, text_of

PAGES = "/admin/earning/customeventtype/"
TYPED = {
    "code": "app_review",
    "called_vi": "Đánh giá ứng dụng",
    "called_en": "App review",
    "called_pl": "Ocena aplikacji",
    "described_en": "In the app store",
    "schema": '{"type": "object", "properties": {"stars": {"type": "integer", "maximum": 5}}}',
}


@pytest.fixture
def review(tenant: Tenant, admin_site: Any) -> UUID:
    answer = admin_site.post(f"{PAGES}add-type/", TYPED, follow=True)
    assert "The custom event “App review” is added." in text_of(answer)
    with reading(tenant.id):
        return CustomEventType.objects.get().id


def test_a_type_is_added_edited_and_switched(admin_site: Any, review: UUID) -> None:
    page = f"{PAGES}{review}/"
    for shown in ("App review", "In the app store", "Ocena aplikacji", '"maximum": 5', "Active"):
        assert shown in text_of(admin_site.get(f"{page}change/")), shown
    form = form_of(admin_site.get(f"{page}edit/"))
    assert '"maximum": 5' in form["schema"][0]
    changed = {name: values[0] for name, values in form.items()} | {"called_en": "Review", "schema": '{"type": "object"}'}
    assert "The custom event “Review” is saved." in text_of(admin_site.post(f"{page}edit/", changed, follow=True))
    stale = admin_site.post(f"{page}edit/", changed | {"called_en": "Stars"})
    assert "it is at version 2, you saw version 1" in text_of(stale)
    assert "is deactivated" in text_of(admin_site.post(f"{page}deactivate/", {}, follow=True))
    assert "Inactive" in text_of(admin_site.get(PAGES))
    assert admin_site.get(f"{page}deactivate/").status_code == 404
    assert "is active" in text_of(admin_site.post(f"{page}activate/", {}, follow=True))
    history = text_of(admin_site.get(f"{page}history/"))
    assert history.index("Activated") < history.index("Deactivated") < history.index("Changed") < history.index("Added")
    assert "App review" not in text_of(admin_site.get(PAGES, {"q": "unheard of"}))
    assert "app_review" in text_of(admin_site.get(PAGES, {"q": "danh gia"}))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": "5 stars"}, "code", "begins with a letter"),
        ({"called_pl": ""}, "called_pl", "Vietnamese, English and Polish"),
        ({"called_vi": "", "called_en": "", "called_pl": "", "described_en": ""}, "called_vi", "Vietnamese, English and Polish"),
        ({"schema": ""}, "schema", "This field is required."),
        ({"schema": "{"}, "schema", "This is not JSON"),
        ({"schema": "[1]"}, "schema", "Attributes are an object"),
        ({"schema": '{"type": "object", "properties": {"a": {"type": "string", "pattern": "x"}}}'}, "schema", "properties.a: “pattern”"),
    ],
)
def test_a_wrong_type_is_said_at_its_field(tenant: Tenant, admin_site: Any, changes: dict[str, str], field: str, sentence: str) -> None:
    page = admin_site.post(f"{PAGES}add-type/", TYPED | changes)
    assert page.status_code == 422
    assert sentence in field_of(page, field)
    with reading(tenant.id):
        assert not CustomEventType.objects.exists()


def test_the_timeline_of_a_customer_tells_what_they_did(tenant: Tenant, admin_user: User, review: UUID) -> None:
    def do(command: Any) -> Any:
        return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="api")

    customer = do(RegisterCustomer(first_name="Hương")).customer_id
    do(ReportCustomEvent(customer_id=customer, type="app_review", reference_id="r-17", attributes={"stars": 4}))
    said = text_of(visitor(tenant, admin_user, "en").get(f"/admin/customers/customer/{customer}/timeline/"))
    for shown in ("Custom event", "App review", "r-17", '{"stars":4}'):
        assert shown in said, shown
