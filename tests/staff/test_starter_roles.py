"""After an update starter roles that nobody edited may do what is new; edited ones, and a tenant's own, stay as they are."""

from __future__ import annotations

from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command

from loyalty.staff.models import Role, StaffChange, User
from loyalty.staff.permissions import MARKETER, SELLER, STARTER_ROLES
from loyalty.staff.starters import Renewed, renew_starter_roles
from loyalty.tenancy.models import Tenant

OWNER_SCHEMA = SimpleNamespace(connection=SimpleNamespace(alias="owner"))
NOW = {starter.code: starter.permissions() for starter in STARTER_ROLES}
EARLIER = {MARKETER: ["customers.see", "staff.enter_admin"], SELLER: ["customers.see", "till.use"]}
LATER = {code: tuple(sorted(set(NOW[code]) - set(earlier))) for code, earlier in EARLIER.items()}


take_away = import_module("loyalty.staff.migrations.0010_sellers_ask_before_points_are_spent").take_away


def role(tenant: Tenant, code: str) -> Role:
    return Role.objects.using("owner").get(tenant=tenant, code=code)


@pytest.fixture
def older(tenant: Tenant) -> Tenant:
    """A tenant of an earlier release, whose starter roles knew less."""
    for code, given in EARLIER.items():
        assert Role.objects.using("owner").filter(tenant=tenant, code=code).update(permissions=given, given=given) == 1
    return tenant


def renewed(tenant: Tenant) -> list[Renewed]:
    return [one for one in renew_starter_roles("owner") if one.tenant == tenant.code]


def test_a_role_that_nobody_edited_may_do_what_is_new(older: Tenant) -> None:
    assert [(one.new, one.edited) for one in renewed(older)] == [(LATER[MARKETER], False), (LATER[SELLER], False)]
    assert {code: role(older, code).permissions for code in NOW} == NOW
    assert renewed(older) == []


@pytest.mark.parametrize("held", [["customers.see"], [*EARLIER[MARKETER], "customers.edit"], []])
def test_an_edited_role_stays_as_it_is_and_is_told_of(older: Tenant, held: list[str]) -> None:
    Role.objects.using("owner").filter(tenant=older, code=MARKETER).update(permissions=held)
    for _ in range(2):
        (told,) = [one for one in renewed(older) if one.role == role(older, MARKETER).name]
        assert (told.edited, set(told.new)) == (True, set(LATER[MARKETER]) - set(held))
        assert role(older, MARKETER).permissions == held


def test_a_right_that_was_taken_away_does_not_come_back(tenant: Tenant) -> None:
    less = [name for name in NOW[SELLER] if name != "till.use"]
    Role.objects.using("owner").filter(tenant=tenant, code=SELLER).update(permissions=less)
    assert renewed(tenant) == []
    assert role(tenant, SELLER).permissions == less


def test_the_tenants_own_roles_are_left_alone(tenant: Tenant) -> None:
    Role.objects.using("owner").create(tenant=tenant, code="guest", name="Guest", permissions=["customers.see"])
    assert renewed(tenant) == []
    assert role(tenant, "guest").permissions == ["customers.see"]


def test_roles_of_releases_that_noted_nothing_are_known_by_what_these_gave(tenant: Tenant) -> None:
    module = import_module("loyalty.staff.migrations.0003_what_starter_roles_were_given")
    first, second = module.GIVEN[MARKETER][:2]
    for code, held in ((MARKETER, [*first, *second]), (SELLER, ["till.use", "pos.see"])):
        Role.objects.using("owner").filter(tenant=tenant, code=code).update(permissions=held, given=None)
    module.remember(apps, OWNER_SCHEMA)
    assert role(tenant, MARKETER).given == sorted([*first, *second])
    assert role(tenant, SELLER).given is None
    assert {one.edited for one in renewed(tenant) if one.role == role(tenant, SELLER).name} == {True}
    assert role(tenant, MARKETER).permissions == NOW[MARKETER]


def test_who_held_everything_before_there_were_owners_is_one(tenant: Tenant, admin_user: User, seller_user: User) -> None:
    own = Role.objects.using("owner").filter(tenant=tenant)
    own.filter(code__in=["owner", "reporter", "support"]).delete()
    own.filter(code="administrator").update(permissions=["*"], given=["*"])
    own.create(tenant=tenant, code="chief", name="Chief", permissions=["staff.edit_users", "till.use"])
    import_module("loyalty.staff.migrations.0004_six_starter_roles").complete(apps, OWNER_SCHEMA)
    renew_starter_roles("owner")
    staff = User.objects.using("owner").select_related("role")
    assert [staff.get(pk=one.pk).role.code for one in (admin_user, seller_user)] == ["owner", "seller"]
    assert {code: role(tenant, code).permissions for code in NOW} == NOW
    assert role(tenant, "support").name == "Nhân viên hỗ trợ"
    assert role(tenant, "chief").permissions == ["staff.edit_users", "staff.see_users", "till.use"]


def test_sellers_lose_the_right_to_spend_unasked_that_an_earlier_release_gave_them(tenant: Tenant, other_tenant: Tenant) -> None:
    spend, sellers = "earning.spend_points", Role.objects.using("owner").filter(code=SELLER)
    assert spend not in NOW[SELLER]
    before = sorted([*NOW[SELLER], spend])
    sellers.filter(tenant=tenant).update(permissions=before, given=before)
    sellers.filter(tenant=other_tenant).update(permissions=before)
    for _ in range(2):
        take_away(apps, OWNER_SCHEMA)
    assert (role(tenant, SELLER).permissions, role(tenant, SELLER).given) == (NOW[SELLER], NOW[SELLER])
    assert role(other_tenant, SELLER).permissions == before, "somebody of the programme gave it"
    changes = StaffChange.objects.using("owner").filter(tenant__in=[tenant, other_tenant], what="role.edited")
    assert [(one.tenant_id, one.facts) for one in changes] == [(tenant.id, {"role": SELLER, "taken": [spend]})]
    sellers.filter(tenant=tenant).update(permissions=["till.use", spend], given=None)
    take_away(apps, OWNER_SCHEMA)
    assert (role(tenant, SELLER).permissions, role(tenant, SELLER).given) == (["till.use"], None)
    assert [one for one in renewed(tenant) if spend in one.new] == []


def test_migrate_does_it_and_says_so(older: Tenant) -> None:
    said = StringIO()
    call_command("migrate", stdout=said)
    assert f"{older.code}: {role(older, MARKETER).name} may now {', '.join(LATER[MARKETER])}." in said.getvalue()
    assert role(older, MARKETER).permissions == NOW[MARKETER]
