"""Where staff are signed in: listed, ended one by one or all at once, and by a new password."""

from __future__ import annotations

import pytest

from loyalty.staff.models import StaffSession, User
from loyalty.tenancy import reading
from tests.support.client import visitor
from tests.support.pages import text_of
from tests.support.people import PASSWORD

FRESH = "a fresh long secret"


@pytest.fixture
def devices(tenant, seller_user):
    """Two browsers in which the seller is signed in."""
    found = []
    for browser in ("Firefox", "Safari"):
        client = visitor(tenant)
        client.post("/login/", {"username": seller_user.email, "password": PASSWORD}, headers={"User-Agent": browser})
        found.append(client)
    return found


def inside(*clients):
    return [client.get("/account/").status_code == 200 for client in clients]


def new_password(client, old=PASSWORD, new=FRESH):
    return client.post("/account/password/", {"old_password": old, "new_password1": new, "new_password2": new})


def test_sessions_are_listed_and_one_is_ended(tenant, devices):
    page = devices[0].get("/account/").content.decode()
    assert all(word in page for word in ("Firefox", "Safari", "this session"))
    with reading(tenant.id):
        other = StaffSession.objects.get(browser="Safari")
    devices[0].post("/account/", {"end": str(other.pk)})
    assert inside(*devices) == [True, False]
    assert "Safari" not in devices[0].get("/account/").content.decode()


def test_all_others_are_ended_at_once(devices):
    devices[1].post("/account/", {"end": "others"})
    assert inside(*devices) == [False, True]


def test_nobody_ends_the_session_of_another(tenant, devices, marketer_user):
    with reading(tenant.id):
        theirs = StaffSession.objects.get(browser="Safari")
    visitor(tenant, marketer_user).post("/account/", {"end": str(theirs.pk)})
    assert inside(*devices) == [True, True]


def test_a_new_password_of_ones_own_ends_all_other_sessions(tenant, seller_user, devices):
    assert new_password(devices[0], old="wrong").status_code == 422
    assert new_password(devices[0], new="123").status_code == 422
    assert inside(*devices) == [True, True]
    assert new_password(devices[0]).headers["Location"] == "/account/"
    assert inside(*devices) == [True, False]
    client = visitor(tenant)
    assert client.post("/login/", {"username": seller_user.email, "password": FRESH}).status_code == 302


def test_guessing_the_old_password_is_slowed(devices):
    for _ in range(5):
        new_password(devices[0], old="wrong")
    assert "Wait 10 minutes" in new_password(devices[0]).content.decode()


@pytest.mark.parametrize(
    ("page", "given"),
    [("edit", {"password": FRESH}), ("end-sessions", {}), ("deactivate", {})],
)
def test_an_administrator_signs_somebody_out(tenant, admin_site, seller_user, devices, page, given):
    kept = {"email": seller_user.email, "display_name": "Lan", "role": str(seller_user.role_id), "language": ""}
    assert admin_site.post(f"/admin/staff/user/{seller_user.pk}/{page}/", kept | given).status_code == 302
    assert inside(*devices) == [False, False]
    with reading(tenant.id):
        assert not StaffSession.objects.filter(user_id=seller_user.pk).exists()


def test_who_is_activated_again_signs_in_anew(tenant, admin_site, seller_user, devices):
    for page in ("deactivate", "activate"):
        admin_site.post(f"/admin/staff/user/{seller_user.pk}/{page}/", {})
    with reading(tenant.id):
        assert User.objects.get(pk=seller_user.pk).is_active
    assert inside(*devices) == [False, False]


def test_a_session_is_called_by_what_its_browser_tells_and_not_by_all_that_it_says(tenant, seller_user):
    client = visitor(tenant)
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
    client.post("/login/", {"username": seller_user.email, "password": PASSWORD}, headers={"User-Agent": agent})
    shown = text_of(client.get("/account/"))
    assert ("Chrome · Windows" in shown, "Mozilla" in shown) == (True, False)


def test_the_administration_changes_passwords_where_tries_are_counted(admin_site):
    assert admin_site.get("/admin/password_change/").headers["Location"] == "/account/password/"
    assert admin_site.post("/admin/password_change/", {"old_password": "guess"}).headers["Location"] == "/account/password/"
