"""The second factor: asked for after the password, each code good once, whoever tries at once, and unreadable at rest."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.db import connection

from loyalty.staff import factors, lockout
from loyalty.staff.models import SecondFactor, StaffChange
from loyalty.tenancy import reading
from tests.earning.counter import in_parallel
from tests.support.client import visitor
from tests.support.people import PASSWORD

NOW = datetime(2026, 1, 31, 12, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


def app_of(user, now=NOW):
    """The app of somebody who has set up a second factor at `now`, and their recovery codes."""
    with reading(user.tenant_id):
        secret, _ = factors.begun(user)
        app = pyotp.TOTP(secret)
        return app, factors.confirmed(user, secret, app.at(now), now)


def passes(user, code, now=NOW):
    with reading(user.tenant_id):
        return factors.passes(user, code, now)


def after_password(tenant, user):
    client = visitor(tenant)
    answer = client.post("/login/", {"username": user.email, "password": PASSWORD})
    return client, answer.headers["Location"]


def inside(client, page="/account/second-factor/"):
    return client.get(page).status_code == 200


def test_a_code_is_good_once_and_half_a_minute_around(seller_user):
    app, _ = app_of(seller_user)
    assert not passes(seller_user, app.at(NOW)), "the code that confirmed is used up"
    later = NOW + 5 * STEP
    assert not passes(seller_user, app.at(later - 2 * STEP), later)
    assert not passes(seller_user, app.at(later + 2 * STEP), later)
    spaced = "".join(chr(ord(c) + 0xFEE0) for c in app.at(later - STEP))
    assert passes(seller_user, f" {spaced[:3]} {spaced[3:]}", later)
    assert not passes(seller_user, app.at(later - STEP), later)
    assert passes(seller_user, app.at(later + STEP), later)
    assert not passes(seller_user, app.at(later), later), "nor does an earlier one count after a later one"


def test_of_50_who_come_with_one_code_one_gets_in(seller_user):
    app, recovery = app_of(seller_user)
    later = NOW + 5 * STEP
    assert sorted(in_parallel(50, lambda n: passes(seller_user, app.at(later), later))) == [False] * 49 + [True]
    assert sorted(in_parallel(50, lambda n: passes(seller_user, recovery[0], later))) == [False] * 49 + [True]


def test_recovery_codes_stand_in_once_each_and_new_ones_end_the_old(seller_user):
    _, recovery = app_of(seller_user)
    assert len(set(recovery)) == factors.RECOVERY_CODES
    assert passes(seller_user, recovery[0].lower().replace("-", " "))
    assert not passes(seller_user, recovery[0])
    with reading(seller_user.tenant_id):
        assert factors.recovery_codes_left(seller_user) == factors.RECOVERY_CODES - 1
        fresh = factors.renewed_recovery_codes(seller_user)
    assert [passes(seller_user, code) for code in (recovery[1], fresh[1])] == [False, True]


def test_nobody_comes_in_with_the_codes_of_another(seller_user, marketer_user):
    (app, recovery), _ = app_of(seller_user), app_of(marketer_user)
    later = NOW + 5 * STEP
    assert not passes(marketer_user, recovery[0], later)
    assert not passes(marketer_user, app.at(later), later)


def test_neither_secret_nor_recovery_codes_can_be_read_in_the_database(seller_user):
    app, recovery = app_of(seller_user)
    with reading(seller_user.tenant_id), connection.cursor() as cursor:
        cursor.execute(
            "select encode(secret, 'escape') from staff_secondfactor union all select encode(hash, 'escape') from staff_recoverycode"
        )
        kept = " ".join(text for (text,) in cursor.fetchall())
    assert app.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in recovery)


def test_secrets_move_under_the_newest_master_key(seller_user, settings):
    app, _ = app_of(seller_user)
    settings.LOYALTY_MASTER_KEYS += f",2:{'A' * 43}="
    assert factors.reseal_secrets() >= 1
    assert factors.reseal_secrets() == 0
    settings.LOYALTY_MASTER_KEYS = settings.LOYALTY_MASTER_KEYS.split(",")[-1]
    assert passes(seller_user, app.at(NOW + STEP), NOW + STEP)


def test_after_the_password_the_code_is_asked_for_and_opens_what_was_wanted(tenant, admin_user):
    app, _ = app_of(admin_user)
    client = visitor(tenant)
    answer = client.post("/login/", {"username": admin_user.email, "password": PASSWORD, "next": "/admin/staff/role/"})
    assert answer.headers["Location"] == "/login/code/"
    assert not inside(client, "/admin/")
    assert client.post("/login/code/", {"code": "000000"}).status_code == 422
    assert not inside(client, "/admin/")
    assert client.post("/login/code/", {"code": app.now()}).headers["Location"] == "/admin/staff/role/"
    assert inside(client, "/admin/staff/role/")


def test_without_a_password_there_is_no_code_to_type(tenant, seller_user):
    app, _ = app_of(seller_user)
    client = visitor(tenant)
    assert client.post("/login/code/", {"code": app.now()}).headers["Location"] == "/login/"
    assert client.get("/login/set-up/").headers["Location"] == "/login/"
    assert client.get("/account/second-factor/").headers["Location"].startswith("/login/")


def test_who_was_deactivated_or_got_another_password_meanwhile_starts_anew(tenant, seller_user):
    app, _ = app_of(seller_user)
    client, _ = after_password(tenant, seller_user)
    with reading(tenant.id):
        seller_user.set_password("another long secret")
        seller_user.save()
    assert client.post("/login/code/", {"code": app.now()}).headers["Location"] == "/login/"


def test_guessing_is_slowed_and_even_the_right_code_waits(tenant, seller_user):
    app, _ = app_of(seller_user)
    client, _ = after_password(tenant, seller_user)
    for _ in range(lockout.PER_ACCOUNT):
        assert client.post("/login/code/", {"code": "000000"}).status_code == 422
    locked = client.post("/login/code/", {"code": app.now()})
    assert "Wait 10 minutes" in locked.content.decode()
    assert not inside(client)


@pytest.fixture
def outside_the_demo(settings):
    settings.SECOND_FACTOR_MANDATORY = True


@pytest.mark.usefixtures("outside_the_demo")
def test_outside_the_demo_an_administrator_sets_one_up_before_anything_else(tenant, admin_user):
    client, asked = after_password(tenant, admin_user)
    assert asked == "/login/set-up/"
    page = client.get(asked).content.decode()
    app = pyotp.TOTP(re.search(r'factor-key">(\w+)<', page).group(1))
    assert "data:image/svg+xml" in page
    assert not inside(client, "/admin/")
    assert client.post(asked, {"code": "000000"}).status_code == 422
    shown = client.post(asked, {"code": app.now()})
    codes = re.findall(r"<code>([\w-]{14})</code>", shown.content.decode())
    assert (len(codes), shown.headers["Cache-Control"]) == (10, "private, no-store")
    assert inside(client, "/admin/")
    assert client.get(asked).headers["Location"] == "/account/second-factor/"
    again, _ = after_password(tenant, admin_user)
    assert again.post("/login/code/", {"code": codes[0]}).headers["Location"] == "/admin/"


@pytest.mark.usefixtures("outside_the_demo")
def test_whoever_else_has_the_password_has_not_seen_the_secret_that_was_set_up(tenant, admin_user):
    (lurker, asked), (owner, _) = after_password(tenant, admin_user), after_password(tenant, admin_user)
    seen, own = (pyotp.TOTP(re.search(r'factor-key">(\w+)<', c.get(asked).content.decode()).group(1)) for c in (lurker, owner))
    assert seen.secret != own.secret
    assert own.secret in owner.get(asked).content.decode(), "the page shows it again"
    assert "Your recovery codes" in owner.post(asked, {"code": own.now()}).content.decode()
    assert lurker.post(asked, {"code": seen.now()}).headers["Location"] == "/login/"
    assert lurker.post("/login/code/", {"code": seen.at(datetime.now(UTC) + STEP)}).status_code == 422
    assert owner.get("/account/second-factor/").status_code == 200


def test_of_50_who_confirm_at_once_one_secret_is_set_up(seller_user):
    def confirm(n):
        with reading(seller_user.tenant_id):
            secret, _ = factors.begun(seller_user) or ("", "")
            return bool(secret and factors.confirmed(seller_user, secret, pyotp.TOTP(secret).at(NOW), NOW))

    assert sorted(in_parallel(50, confirm)) == [False] * 49 + [True]
    with reading(seller_user.tenant_id):
        assert factors.recovery_codes_left(seller_user) == factors.RECOVERY_CODES


@pytest.mark.usefixtures("outside_the_demo")
def test_outside_the_demo_a_session_without_one_opens_nothing_to_who_got_a_role_that_needs_it(tenant, admin_user, seller_user):
    assert not inside(visitor(tenant, admin_user), "/admin/")
    client, asked = after_password(tenant, seller_user)
    assert (asked, inside(client)) == ("/till/", True)
    with reading(tenant.id):
        seller_user.role = admin_user.role
        seller_user.save()
    assert not inside(client)


def test_in_the_demo_it_is_a_choice_and_the_page_says_so(tenant, seller_user):
    client = visitor(tenant, seller_user)
    assert "In the demo a second factor is a choice." in client.get("/account/second-factor/").content.decode()
    page = client.get("/login/set-up/").content.decode()
    app = pyotp.TOTP(re.search(r'factor-key">(\w+)<', page).group(1))
    assert "Your recovery codes" in client.post("/login/set-up/", {"code": app.now()}).content.decode()
    client.post("/account/second-factor/", {"code": app.at(datetime.now(UTC) + STEP), "off": "1"})
    with reading(tenant.id):
        assert not factors.is_set_up(seller_user)
        assert [c.what for c in StaffChange.objects.order_by("at")] == ["factor.set_up", "factor.turned_off"]


def test_another_member_of_staff_resets_it_with_a_reason_that_is_kept(tenant, admin_user, seller_user, admin_site):
    app_of(seller_user)
    url = f"/admin/staff/user/{seller_user.pk}/reset-factor/"
    assert admin_site.post(url, {"reason": ""}).status_code == 422
    answer = admin_site.post(url, {"reason": "lost the phone"}, follow=True)
    assert "The second factor of Seller is reset." in answer.content.decode()
    with reading(tenant.id):
        kept = StaffChange.objects.get()
        assert not SecondFactor.objects.exists()
    assert (kept.what, kept.actor, kept.subject, kept.reason) == (
        "factor.reset",
        f"staff:{admin_user.pk}",
        seller_user.pk,
        "lost the phone",
    )
    assert admin_site.post(url, {"reason": "again"}).status_code in {302, 404}


def test_nobody_resets_their_own_or_that_of_one_who_may_more(tenant, admin_user, admin_site, make_user):
    owner = make_user(tenant, "owner")
    for user, said in ((admin_user, "Only another member of staff can reset it."), (owner, "This goes beyond your own rights.")):
        app_of(user)
        page = admin_site.post(f"/admin/staff/user/{user.pk}/reset-factor/", {"reason": "x"})
        assert (page.status_code, said in page.content.decode()) == (422, True)
