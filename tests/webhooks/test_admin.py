"""Webhooks in the administration: an endpoint is added, tried, and what it was told is seen and sent again."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from loyalty.staff.models import User
from loyalty.webhooks.transport import Answer
from tests.earning.counter import rows
from tests.pos.given import a_customer
from tests.support.client import visitor
from tests.support.pages import field_of, form_of, text_of
from tests.webhooks.hooked import POINTS, Hooked, Outlet

ENDPOINTS, DELIVERIES = "/admin/webhooks/endpoint/", "/admin/webhooks/delivery/"


def fill(site: Any, address: str, **told: Any) -> Any:
    """Send a form as it is shown, with these fields."""
    return site.post(address, form_of(site.get(address)) | told, follow=True)


def test_an_endpoint_is_added_and_its_secret_shown_once(admin_site: Any, hooked: Hooked) -> None:
    added = fill(admin_site, f"{ENDPOINTS}add/", url="https://shop.example/hooks", description="Shop", types=[POINTS])
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", html.unescape(text_of(added)))
    assert secret
    assert "Shop" in text_of(added)
    ((endpoint,),) = rows("webhooks_endpoint", hooked.tenant, "id")
    again = text_of(admin_site.get(f"{ENDPOINTS}{endpoint}/change/"))
    assert "whsec_" not in again
    assert "Points given by hand" in again


def test_what_is_wrong_stands_at_its_field(admin_site: Any) -> None:
    page = fill(admin_site, f"{ENDPOINTS}add/", url="https://192.168.0.1/", types=[POINTS])
    assert page.status_code == 422
    assert "leads to no public place" in field_of(page, "url")
    page = fill(admin_site, f"{ENDPOINTS}add/", url="https://shop.example/")
    assert "This field is required" in field_of(page, "types")


def test_what_was_told_is_seen_with_what_was_answered_and_sent_again(admin_site: Any, hooked: Hooked) -> None:
    endpoint = hooked.endpoint()
    whose = a_customer(hooked.tenant, "Đường", "Nguyễn")
    hooked.give(whose, 7)
    hooked.give(hooked.customer(first_name="Lan", last_name="Trần"), 8)
    hooked.told()
    hooked.send(endpoint, Outlet([Answer(410, "<b>no longer</b>")]))
    failed = next(row[0] for row in hooked.deliveries("id, state") if row[1] == "failed")
    asked = {"state__exact": "failed", "endpoint": str(endpoint), "event": POINTS, "customer": str(whose)}
    listed = text_of(admin_site.get(DELIVERIES, asked))
    assert "Nguyễn Đường" in listed
    assert "Trần Lan" not in listed
    page = admin_site.get(f"{DELIVERIES}{failed}/change/")
    for said in ("the receiver says that it is gone", "<b>no longer</b>", '"points": 7', "410"):
        assert said in html.unescape(text_of(page)), said
    assert "<b>no longer</b>" not in page.content.decode()
    hooked.give(whose, 9)
    hooked.told()
    fill(admin_site, f"{ENDPOINTS}{endpoint}/resume/")
    fill(admin_site, f"{DELIVERIES}{failed}/replay/")
    assert {row[0] for row in hooked.deliveries("state")} == {"waiting"}
    behind = hooked.deliveries("id")[-1][0]
    assert "after an earlier one of the same customer" in text_of(admin_site.get(f"{DELIVERIES}{behind}/change/"))
    assert "Webhook deliveries" in text_of(admin_site.get(f"/admin/customers/customer/{whose}/change/"))


@pytest.mark.parametrize(("page", "what"), [("pause", "paused"), ("remove", "removed")])
def test_an_endpoint_is_paused_and_removed(admin_site: Any, hooked: Hooked, page: str, what: str) -> None:
    endpoint = hooked.endpoint()
    assert what in text_of(fill(admin_site, f"{ENDPOINTS}{endpoint}/{page}/"))
    assert rows("webhooks_endpoint", hooked.tenant, "state") == ([("paused",)] if page == "pause" else [])
    changes = text_of(admin_site.get("/admin/staff/staffchange/"))
    assert "https://shop.example/hooks" in changes


def test_who_has_no_right_sees_nothing_of_it(hooked: Hooked, marketer_user: User) -> None:
    site = visitor(hooked.tenant, marketer_user)
    endpoint = hooked.endpoint()
    for address in (ENDPOINTS, DELIVERIES, f"{ENDPOINTS}{endpoint}/rotate/"):
        assert site.get(address).status_code == 403
    assert "Webhooks" not in text_of(site.get("/admin/"))
