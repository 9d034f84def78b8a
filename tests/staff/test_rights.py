"""Changing who may do what: by the rights of that moment, one change at a time, never the last owner, and every one kept."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection, connections

from loyalty.domain.errors import DomainError
from loyalty.staff.forms import AddRoleForm, AddUserForm, DeactivateUserForm, DeleteRoleForm, EditRoleForm, EditUserForm, IssueTokenForm
from loyalty.staff.forms.rights import RightsForm
from loyalty.staff.models import CHANGES, ApiToken, Role, StaffChange, User
from loyalty.tenancy import reading
from tests.earning.counter import in_parallel
from tests.support.client import visitor

NEW = {"email": "moi@example.com", "display_name": "Mới", "password": "a fresh long secret", "language": "vi"}
EDITOR = ["staff.edit_roles", "staff.edit_tokens", "staff.edit_users", "staff.enter_admin"]


def role(tenant, code, permissions=None):
    with reading(tenant.id):
        if permissions is not None:
            return Role.objects.create(tenant=tenant, code=code, name=code, permissions=permissions)
        return Role.objects.get(code=code)


def checked(form_class, by, subject=None, **given):
    """A form as `by` sends it, whose rights are those of the moment when `by` was read, found to be right and not carried out yet."""
    tenant = by.tenant
    with reading(tenant.id):
        form = form_class(given, tenant=tenant, principal=by.principal, subject=subject)
        assert form.is_valid(), form.errors
    return form


def sent(form_class, by, subject=None, **given):
    """Send a form; answers with the refusal's code or None."""
    return carried_out(checked(form_class, by, subject, **given))


def carried_out(form):
    try:
        form.carry_out()
    except DomainError as refused:
        return refused.code
    return None


def still_owners(tenant):
    with reading(tenant.id):
        return User.objects.filter(role__code="owner", is_active=True).count()


@pytest.fixture
def owners(tenant, make_user):
    return [make_user(tenant, "owner") for _ in range(2)]


def test_of_50_who_remove_the_last_two_owners_in_all_ways_one_owner_stays(tenant, owners):
    seller = str(role(tenant, "seller").pk)

    def remove(n):
        gone, by = owners[n % 2], owners[(n // 2) % 2]
        if n % 3:
            return sent(DeactivateUserForm, by, gone)
        kept = {"email": gone.email, "display_name": gone.display_name, "language": "", "password": ""}
        return sent(EditUserForm, by, gone, role=seller, **kept)

    answers = in_parallel(50, remove)
    assert still_owners(tenant) == 1
    assert {None, "staff.last_owner"} <= set(answers) <= {None, "staff.last_owner", "staff.beyond_rights"}


def test_an_administrator_neither_makes_nor_unmakes_an_owner(tenant, admin_user, owners):
    kept = {"email": owners[0].email, "display_name": "x", "language": "", "password": ""}
    tries = [
        sent(AddUserForm, admin_user, **NEW, role=str(role(tenant, "owner").pk)),
        sent(EditUserForm, admin_user, owners[0], role=str(role(tenant, "seller").pk), **kept),
        sent(DeactivateUserForm, admin_user, owners[0]),
        sent(IssueTokenForm, admin_user, name="x", role=str(role(tenant, "owner").pk)),
    ]
    assert tries == ["staff.beyond_rights"] * 4
    assert sent(AddUserForm, admin_user, **NEW, role=str(role(tenant, "administrator").pk)) is None


@pytest.mark.parametrize("form_class", [AddRoleForm, EditRoleForm, AddUserForm, IssueTokenForm])
def test_who_loses_a_right_while_their_change_waits_does_not_give_it(tenant, make_user, owners, form_class):
    """The change that takes the right away has not ended when the one that gives it comes."""
    own, wider = role(tenant, "editor", [*EDITOR, "till.use"]), role(tenant, "wider", ["till.use"])
    editor, answer = make_user(tenant, "editor"), []
    given = {
        AddRoleForm: {"code": "more", "name": "More", "permissions": ["till.use"]},
        EditRoleForm: {"name": "Wider", "permissions": []},
        AddUserForm: NEW | {"role": str(wider.pk)},
        IssueTokenForm: {"name": "Robot", "role": str(wider.pk)},
    }[form_class]

    def give():
        try:
            answer.append(sent(form_class, editor, wider if form_class is EditRoleForm else None, **given))
        finally:
            connections.close_all()

    with reading(tenant.id):
        form = EditRoleForm({"name": "Editor", "permissions": EDITOR}, tenant=tenant, principal=owners[0].principal, subject=own)
        assert form.is_valid()
        form.save()
        waiting = Thread(target=give)
        waiting.start()
        waiting.join(0.3)
        assert answer == []
    waiting.join(5)
    assert answer == ["staff.beyond_rights"]


def test_who_was_deactivated_meanwhile_changes_nothing(tenant, admin_user, seller_user):
    with reading(tenant.id):
        User.objects.filter(pk=admin_user.pk).update(is_active=False)
    assert sent(DeactivateUserForm, admin_user, seller_user) == "staff.beyond_rights"


def test_a_role_is_deleted_only_when_nobody_has_it(tenant, admin_user, seller_user):
    spare, used = role(tenant, "spare", ["till.use"]), role(tenant, "seller")
    with reading(tenant.id):
        ApiToken.issue(tenant_id=tenant.id, name="x", role=spare)
    assert [sent(DeleteRoleForm, admin_user, one) for one in (spare, used)] == ["staff.role_in_use"] * 2
    with reading(tenant.id):
        ApiToken.objects.all().delete()
    assert sent(DeleteRoleForm, admin_user, spare) is None
    assert sent(DeleteRoleForm, admin_user, spare) == "staff.role_gone"
    assert sent(EditRoleForm, admin_user, spare, name="x", permissions=[]) == "staff.role_gone"
    assert [not DeleteRoleForm.offered(role(tenant, code)) for code in ("owner", "seller")] == [True, False]


def test_of_a_deletion_and_a_member_who_gets_the_role_one_comes_first(tenant, admin_user, make_user):
    spare = role(tenant, "spare", ["till.use"])

    def one(n):
        if n % 2:
            return checked(DeleteRoleForm, admin_user, spare)
        return checked(AddUserForm, admin_user, **NEW | {"email": f"new{n}@example.com"}, role=str(spare.pk))

    forms = [one(n) for n in range(8)]
    answers = in_parallel(8, lambda n: carried_out(forms[n]))
    with reading(tenant.id):
        held = User.objects.filter(role_id=spare.pk).count()
        assert Role.objects.filter(pk=spare.pk).exists() == (held > 0)
    assert {a for a in answers if isinstance(a, str)} <= {"staff.role_in_use", "staff.role_gone"}


def test_every_change_is_kept_with_who_and_what(tenant, admin_user):
    sent(AddRoleForm, admin_user, code="spare", name="Spare", permissions=["till.use", "customers.see"])
    spare = role(tenant, "spare")
    sent(EditRoleForm, admin_user, spare, name="Spare", permissions=["till.use", "pos.see"])
    with reading(tenant.id):
        kept = list(StaffChange.objects.order_by("at"))
    assert [(c.what, c.actor, c.subject) for c in kept] == [
        ("role.added", f"staff:{admin_user.pk}", spare.pk),
        ("role.edited", f"staff:{admin_user.pk}", spare.pk),
    ]
    assert kept[1].facts == {"role": "spare", "given": ["pos.see"], "taken": ["customers.see"]}
    for statement in ("update staff_staffchange set actor = ''", "delete from staff_staffchange"):
        with pytest.raises(Exception, match="permission denied"), reading(tenant.id), connection.cursor() as cursor:
            cursor.execute(statement)


def test_no_form_that_changes_rights_forgets_to_say_what_is_kept():
    def leaves(form):
        return [leaf for child in form.__subclasses__() for leaf in (leaves(child) or [child])]

    own = {"factor.set_up", "factor.codes", "factor.turned_off"}
    of_commands = {what for what, _ in CHANGES if what.startswith("webhook.")}
    assert {form.kept_as for form in leaves(RightsForm)} | own | of_commands == {what for what, _ in CHANGES}


def test_the_page_of_a_change_says_in_words_what_was_given(tenant, admin_user, admin_site):
    sent(AddRoleForm, admin_user, code="spare", name="Spare", permissions=["till.use"])
    with reading(tenant.id):
        change = StaffChange.objects.get()
    shown = admin_site.get("/admin/staff/staffchange/").content.decode()
    assert all(word in shown for word in ("Role added", "Spare", admin_user.display_name))
    assert "Use the till" in admin_site.get(f"/admin/staff/staffchange/{change.pk}/change/").content.decode()


def test_a_reporter_sees_staff_and_changes_nothing(tenant, make_user, seller_user):
    client = visitor(tenant, make_user(tenant, "reporter"))
    for page in ("user", "role", "apitoken", "staffchange"):
        assert client.get(f"/admin/staff/{page}/").status_code == 200
    assert client.get(f"/admin/staff/user/{seller_user.pk}/change/").status_code == 200
    assert client.get(f"/admin/staff/user/{seller_user.pk}/edit/").status_code == 403
    assert client.post(f"/admin/staff/user/{seller_user.pk}/deactivate/", {}).status_code == 403
