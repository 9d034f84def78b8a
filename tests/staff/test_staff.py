"""Staff, roles and tokens: each tenant's own, and nobody gives more than they hold."""

from __future__ import annotations

import re
from threading import Thread
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from loyalty.domain.errors import DomainError
from loyalty.staff.models import ApiToken, PrivilegedRead, Role, User
from loyalty.staff.permissions import GROUPS, PERMISSIONS, grouped, permission
from loyalty.staff.tenants import add_user, create_tenant
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.support.client import visitor

NEW = {"email": "moi@example.com", "display_name": "Mới", "password": "a fresh long secret", "language": "vi"}


def role_id(tenant, code):
    with reading(tenant.id):
        return str(Role.objects.get(code=code).pk)


@pytest.fixture
def staff_editor(tenant):
    """May edit staff, roles and tokens, and nothing else."""
    held = ["staff.edit_roles", "staff.edit_tokens", "staff.edit_users", "staff.enter_admin"]
    with reading(tenant.id):
        Role.objects.create(tenant=tenant, code="editor", name="Editor", permissions=held)
    return visitor(tenant, add_user(tenant.id, "editor@example.com", None, role_code="editor"))


def test_a_tenant_begins_with_six_roles(tenant):
    with reading(tenant.id):
        held = {r.code: set(r.permissions) for r in Role.objects.all()}
    assert held.keys() == {"owner", "administrator", "reporter", "marketer", "support", "seller"}
    assert held["owner"] == {"*"}
    assert held["administrator"] == set(PERMISSIONS)
    assert held["reporter"] == {p for p in PERMISSIONS if p.split(".")[1].startswith("see")} | {"staff.enter_admin", "lists.export"}
    assert held["marketer"] | held["support"] | held["seller"] < set(PERMISSIONS)
    assert {code for code, names in held.items() if "staff.enter_admin" in names} == held.keys() - {"owner", "seller"}


def test_every_permission_stands_under_a_title():
    assert {p.context for p in PERMISSIONS.values() if not p.name.startswith("toy")} <= GROUPS.keys()
    assert sorted(p.name for _, held in grouped(PERMISSIONS) for p in held) == sorted(PERMISSIONS)


def test_rights_follow_the_role_and_end_with_the_account(admin_user, seller_user):
    assert (admin_user.is_staff, admin_user.has_perm("staff.edit_users"), admin_user.is_superuser) == (True, True, False)
    assert (seller_user.is_staff, seller_user.has_perm("till.use"), seller_user.has_perm("staff.edit_users")) == (False, True, False)
    assert (seller_user.has_module_perms("till"), seller_user.has_module_perms("staff")) == (True, False)
    admin_user.is_active = False
    assert not admin_user.has_perm("till.use")
    assert seller_user.principal.may("till.use")
    assert not seller_user.principal.may("staff.edit_users")


@pytest.mark.parametrize("name", ["till.use", "Till.use", "till", "a.b.c", ""])
def test_a_permission_has_one_name_of_two_words(name):
    with pytest.raises(ValueError, match=r"declared twice|not a permission"):
        permission(name, "Again")


def test_a_user_cannot_hold_another_tenants_role(tenant, other_tenant):
    foreign = role_id(other_tenant, "administrator")
    with pytest.raises(IntegrityError), reading(tenant.id):
        User.objects.create(tenant=tenant, email="x@example.com", role_id=foreign)


def test_a_token_has_a_user_or_a_role(tenant, seller_user):
    with pytest.raises(IntegrityError), reading(tenant.id):
        ApiToken.issue(tenant_id=tenant.id, name="both", user=seller_user, role=seller_user.role)


def test_who_looked_cannot_be_changed_afterwards(tenant, admin_user):
    with reading(tenant.id):
        PrivilegedRead.note(admin_user.principal, "history.see", admin_user.pk)
    for statement in ("update staff_privilegedread set actor = ''", "delete from staff_privilegedread"):
        with pytest.raises(Exception, match="permission denied"), reading(tenant.id), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_command_line_makes_a_tenant_with_an_owner(capsys):
    call_command("create_tenant", "quan-moi", "Quán Mới", "--host", "quan-moi.localhost", "--language", "vi")
    said = capsys.readouterr().out
    email, password = re.search(r"Owner: (\S+)", said).group(1), re.search(r"only now: (\S+)", said).group(1)
    made = Tenant.objects.get(code="quan-moi")
    answer = visitor(made).post("/login/", {"username": email, "password": password})
    assert answer.headers["Location"] == "/admin/"
    with pytest.raises(CommandError, match="Another tenant has the code quan-moi"):
        call_command("create_tenant", "quan-moi", "Quán Mới")


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"currency": "XXX"}, "tenant.unknown_currency", "currency"),
        ({"zone": "Mars/Base"}, "tenant.unknown_zone", "time_zone"),
        ({"zone": "../etc"}, "tenant.unknown_zone", "time_zone"),
        ({"language": "de"}, "tenant.unknown_language", "default_language"),
    ],
)
def test_a_tenant_of_unknown_things_is_refused_and_nothing_is_left(given, code, field):
    with pytest.raises(DomainError) as refused:
        create_tenant("never", "Never", **given)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Tenant.objects.filter(code="never").exists()


def test_a_host_belongs_to_one_tenant(tenant):
    with pytest.raises(DomainError, match=r"tenant\.host_taken"):
        create_tenant("second", "Second", hosts=(tenant.hosts[0],))


@pytest.mark.parametrize(("code", "host", "refusal"), [("B", "a", "tenant.host_taken"), ("A", "b", "tenant.code_taken")])
def test_of_two_tenants_made_at_once_one_gets_the_host_and_the_code(code, host, refusal):
    mark, outcome = uuid4().hex[:8], []

    def second():
        try:
            create_tenant(f"{code}{mark}", "Second", hosts=(f"{host}{mark}.localhost",))
            outcome.append("made")
        except DomainError as refused:
            outcome.append(refused.code)
        finally:
            connections.close_all()

    with transaction.atomic():
        create_tenant(f"A{mark}", "First", hosts=(f"a{mark}.localhost",))
        other = Thread(target=second)
        other.start()
        other.join(0.3)
    other.join(5)
    assert outcome == [refusal]


# -- pages ----------------------------------------------------------------------------------------


def test_an_administrator_adds_a_seller_who_can_sign_in(tenant, admin_site):
    answer = admin_site.post("/admin/staff/user/add-member/", NEW | {"role": role_id(tenant, "seller")}, follow=True)
    assert "Mới is added." in answer.content.decode()
    signed = visitor(tenant).post("/login/", {"username": NEW["email"], "password": NEW["password"]})
    assert signed.headers["Location"] == "/till/"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"email": "nobody"}, "email"), ({"password": "123"}, "password"), ({"display_name": ""}, "display_name"), ({"role": "x"}, "role")],
)
def test_a_wrong_entry_is_said_at_its_field(tenant, admin_site, wrong, field):
    page = admin_site.post("/admin/staff/user/add-member/", NEW | {"role": role_id(tenant, "seller")} | wrong)
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.content.decode()
    with reading(tenant.id):
        assert not User.objects.filter(email=NEW["email"]).exists()


def test_an_email_is_taken_once(tenant, admin_site, seller_user):
    page = admin_site.post("/admin/staff/user/add-member/", NEW | {"role": role_id(tenant, "seller"), "email": seller_user.email.upper()})
    assert page.status_code == 422
    assert "Another member of staff has this email." in page.content.decode()


def test_whoever_is_deactivated_is_out_at_once(tenant, admin_site, marketer_user):
    client = visitor(tenant, marketer_user)
    assert client.get("/admin/").status_code == 200
    answer = admin_site.post(f"/admin/staff/user/{marketer_user.pk}/deactivate/", {}, follow=True)
    assert "is deactivated." in answer.content.decode()
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/login/")


def test_nobody_gives_more_than_they_hold(tenant, staff_editor, admin_user):
    tries = [
        ("/admin/staff/user/add-member/", NEW | {"role": role_id(tenant, "administrator")}),
        (f"/admin/staff/user/{admin_user.pk}/edit/", NEW | {"role": role_id(tenant, "editor")}),
        (f"/admin/staff/user/{admin_user.pk}/deactivate/", {}),
        ("/admin/staff/role/add-role/", {"code": "more", "name": "More", "permissions": ["till.use"]}),
        ("/admin/staff/apitoken/issue/", {"name": "Robot", "role": role_id(tenant, "administrator")}),
    ]
    for url, given in tries:
        page = staff_editor.post(url, given)
        assert (page.status_code, url) == (422, url)
        assert "This goes beyond your own rights." in page.content.decode()
    assert staff_editor.post("/admin/staff/user/add-member/", NEW | {"role": role_id(tenant, "editor")}).status_code == 302


def test_nobody_lets_in_or_locks_out_what_may_more_than_they(tenant, staff_editor, admin_user, api_token):
    for_program, for_user = api_token(tenant, "administrator"), api_token(tenant, user=admin_user)
    with reading(tenant.id):
        User.objects.filter(pk=admin_user.pk).update(is_active=False)
        tokens = list(ApiToken.objects.all())
    assert (for_program != for_user, len(tokens)) == (True, 2)
    tries = [f"/admin/staff/user/{admin_user.pk}/activate/", *(f"/admin/staff/apitoken/{t.pk}/revoke/" for t in tokens)]
    for url in tries:
        page = staff_editor.post(url, {})
        assert (page.status_code, url) == (422, url)
        assert "This goes beyond your own rights." in page.content.decode()
    with reading(tenant.id):
        assert not User.objects.get(pk=admin_user.pk).is_active
        assert not ApiToken.objects.exclude(revoked_at=None).exists()


def test_a_token_is_shown_once_works_and_is_revoked(tenant, admin_site):
    page = admin_site.post("/admin/staff/apitoken/issue/", {"name": "Till app", "role": role_id(tenant, "seller")}, follow=True)
    text = re.search(r"lty_[\w-]{43}", page.content.decode()).group()
    again = admin_site.get("/admin/staff/apitoken/").content.decode()
    assert "Till app" in again
    assert text not in again
    with reading(tenant.id):
        token = ApiToken.objects.get(name="Till app")
    admin_site.post(f"/admin/staff/apitoken/{token.pk}/revoke/", {})
    with reading(tenant.id):
        assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_a_role_gets_other_rights(tenant, admin_site):
    url = f"/admin/staff/role/{role_id(tenant, 'seller')}/edit/"
    answer = admin_site.post(url, {"name": "Cashier", "permissions": ["till.use", "staff.enter_admin"]}, follow=True)
    assert "The role Cashier is saved." in answer.content.decode()
    with reading(tenant.id), transaction.atomic():
        assert Role.objects.get(code="seller").permissions == ["staff.enter_admin", "till.use"]
