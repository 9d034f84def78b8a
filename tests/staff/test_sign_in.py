"""Signing in: within the tenant of the page, slowed for those who guess, silent about who exists."""

from __future__ import annotations

import time
from statistics import median

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from loyalty.staff import lockout
from loyalty.staff.backend import StaffBackend
from loyalty.staff.models import User
from loyalty.tenancy import reading
from tests.support.client import visitor
from tests.support.people import PASSWORD


def sign_in(tenant, email, password=PASSWORD, address="10.0.0.1", client=None):
    return (client or visitor(tenant)).post("/login/", {"username": email, "password": password}, REMOTE_ADDR=address)


def signed_in(answer):
    return answer.status_code == 302 and settings.SESSION_COOKIE_NAME in answer.cookies


def later(tenant, minutes):
    """Let time pass for those who failed."""
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("update staff_signinfailure set since = since - make_interval(mins => %s)", [minutes])


def test_a_seller_signs_in_and_goes_to_the_till(tenant, seller_user):
    answer = sign_in(tenant, seller_user.email)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/till/")


def test_an_administrator_goes_to_the_administration(tenant, admin_user):
    assert sign_in(tenant, f" {admin_user.email.upper()} ").headers["Location"] == "/admin/"


def test_the_page_goes_where_the_visitor_wanted_but_never_to_another_site(tenant, admin_user):
    wanted = {"username": admin_user.email, "password": PASSWORD}
    assert visitor(tenant).post("/login/", wanted | {"next": "/admin/staff/user/"}).headers["Location"] == "/admin/staff/user/"
    assert visitor(tenant).post("/login/", wanted | {"next": "https://evil.example/"}).headers["Location"] == "/admin/"


def test_signing_out_ends_the_session(tenant, admin_user):
    client = visitor(tenant, admin_user)
    assert client.get("/admin/").status_code == 200
    client.post("/logout/")
    assert client.get("/admin/").status_code == 302


def test_a_user_of_another_tenant_cannot_sign_in_here(tenant, other_tenant, make_user):
    stranger = make_user(other_tenant, "administrator")
    assert not signed_in(sign_in(tenant, stranger.email))
    assert signed_in(sign_in(other_tenant, stranger.email))


def test_one_address_may_work_for_two_tenants(tenant, other_tenant, make_user):
    for each in (tenant, other_tenant):
        make_user(each, "seller", "an@example.com")
        assert signed_in(sign_in(each, "an@example.com"))


def test_unknown_wrong_and_inactive_look_alike(tenant, seller_user, marketer_user):
    with reading(tenant.id):
        User.objects.filter(pk=marketer_user.pk).update(is_active=False)
    tried = [("nobody@example.com", PASSWORD), (seller_user.email, "wrong"), (marketer_user.email, PASSWORD)]
    pages = [sign_in(tenant, email, password) for email, password in tried]
    assert [p.status_code for p in pages] == [200, 200, 200]
    assert all("This email and password do not belong together." in p.content.decode() for p in pages)


def test_an_unknown_address_takes_as_long_as_a_wrong_password(tenant, seller_user, settings, rf):
    """With the hash of production, whose cost is the difference that would be seen."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    request = rf.post("/login/")
    request.tenant = tenant
    with reading(tenant.id):
        seller_user.password = Argon2PasswordHasher().encode(PASSWORD, "a-salt-of-the-test")
        seller_user.save()

    def seconds(email):
        begun = time.perf_counter()
        with reading(tenant.id):
            assert StaffBackend().authenticate(request, email, "wrong") is None
        return time.perf_counter() - begun

    known, unknown = (median(seconds(email) for _ in range(5)) for email in (seller_user.email, "nobody@example.com"))
    assert 0.5 < known / unknown < 2


def test_after_five_wrong_passwords_even_the_right_one_waits(tenant, seller_user):
    for _ in range(lockout.PER_ACCOUNT):
        sign_in(tenant, seller_user.email, "wrong")
    locked = sign_in(tenant, seller_user.email, address="10.9.9.9")
    assert not signed_in(locked)
    assert "Wait 10 minutes" in locked.content.decode()
    later(tenant, 11)
    assert signed_in(sign_in(tenant, seller_user.email))


def test_an_unknown_address_is_locked_the_same_way(tenant):
    pages = [sign_in(tenant, "nobody@example.com", "wrong").content.decode() for _ in range(6)]
    assert "Wait 10 minutes" in pages[-1]


def test_a_right_password_forgives_the_account(tenant, seller_user):
    for _ in range(3):
        for _ in range(lockout.PER_ACCOUNT - 1):
            sign_in(tenant, seller_user.email, "wrong")
        assert signed_in(sign_in(tenant, seller_user.email))


def test_a_whole_shop_signs_in_from_one_address(tenant, seller_user):
    assert all(signed_in(sign_in(tenant, seller_user.email, address="10.0.0.7")) for _ in range(lockout.PER_ADDRESS + 5))


def test_one_address_cannot_try_many_accounts(tenant, seller_user, monkeypatch):
    monkeypatch.setattr(lockout, "PER_ADDRESS", 6)
    for i in range(6):
        sign_in(tenant, f"guess{i}@example.com", "wrong", address="10.0.0.8")
    assert not signed_in(sign_in(tenant, seller_user.email, address="10.0.0.8"))
    assert signed_in(sign_in(tenant, seller_user.email, address="10.0.0.9"))


def test_behind_the_proxy_an_address_is_the_one_that_the_proxy_saw(tenant, seller_user, settings, monkeypatch):
    monkeypatch.setattr(lockout, "PER_ADDRESS", 6)
    settings.BEHIND_TLS_PROXY = True

    def through_proxy(email, hops, password):
        given = {"username": email, "password": password}
        return visitor(tenant).post("/login/", given, REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-For": hops})

    for i in range(7):
        through_proxy(f"guess{i}@example.com", f"198.51.100.{i}, 203.0.113.5", "wrong")
    assert not signed_in(through_proxy(seller_user.email, "198.51.100.99, 203.0.113.5", PASSWORD))
    assert signed_in(through_proxy(seller_user.email, "203.0.113.6", PASSWORD))


def test_without_a_proxy_nobody_says_where_they_are(tenant, seller_user, monkeypatch):
    monkeypatch.setattr(lockout, "PER_ADDRESS", 6)
    for i in range(7):
        given = {"username": f"guess{i}@example.com", "password": "wrong"}
        visitor(tenant).post("/login/", given, REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-For": f"203.0.113.{i}"})
    assert not signed_in(sign_in(tenant, seller_user.email, address="10.0.0.2"))


def test_one_tenants_failures_lock_nobody_elsewhere(tenant, other_tenant, make_user):
    for each in (tenant, other_tenant):
        make_user(each, "seller", "an@example.com")
    for _ in range(6):
        sign_in(tenant, "an@example.com", "wrong")
    assert signed_in(sign_in(other_tenant, "an@example.com"))


def test_what_is_counted_names_nobody(tenant, seller_user):
    sign_in(tenant, seller_user.email, "wrong")
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("select string_agg(key, ' ') from staff_signinfailure")
        kept = cursor.fetchone()[0]
    assert seller_user.email not in kept
    assert "10.0.0.1" not in kept


@pytest.mark.parametrize("given", [{}, {"username": "an"}, {"username": "a@b.c", "password": ""}, {"username": "a\0@b.c", "password": "x"}])
def test_an_incomplete_form_is_shown_again(tenant, given):
    assert visitor(tenant).post("/login/", given).status_code == 200
