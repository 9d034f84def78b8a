"""Roles: added, edited, deleted when nobody has them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty.admin.widgets import GroupedCheckboxes
from loyalty.domain.errors import DomainError
from loyalty.staff.forms.rights import RightsForm, chosen_role, within_rights
from loyalty.staff.models import Role
from loyalty.staff.permissions import EDIT_ROLES, EVERYTHING, PERMISSIONS, grouped


class RoleForm(RightsForm):
    """What both pages of a role share. The owner's role cannot lose anything."""

    permission = EDIT_ROLES
    clash = ("staff.role_taken", "code")

    name = forms.CharField(label=_("Name"), max_length=120)
    permissions = forms.MultipleChoiceField(label=_("Permissions"), widget=GroupedCheckboxes, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]
            (title, [(p.name, p.label) for p in held]) for title, held in grouped(PERMISSIONS)
        ]


class AddRoleForm(RoleForm):
    title = _("Add a role")
    submit = _("Add")
    done = _("The role %(name)s is added.")
    field_order = ["code", "name", "permissions"]
    kept_as = "role.added"

    code = forms.SlugField(label=_("Code"), max_length=40)

    def change(self) -> Role:
        given = self.cleaned_data
        within_rights(self.principal, given["permissions"], "permissions")
        return Role.objects.create(
            tenant_id=self.tenant.id, code=given["code"], name=given["name"], permissions=sorted(given["permissions"])
        )

    def facts(self, changed: Role) -> dict[str, Any]:
        return {"role": changed.code, "given": changed.permissions}


class EditRoleForm(RoleForm):
    title = _("Edit")
    done = _("The role %(name)s is saved.")
    kept_as = "role.edited"

    @classmethod
    def offered(cls, subject: Role) -> bool:
        return EVERYTHING not in subject.permissions

    def initial_values(self) -> dict[str, Any]:
        return {"name": self.subject.name, "permissions": self.subject.permissions}

    def change(self) -> Role:
        role = chosen_role(self.subject.pk)
        self.before, after = set(role.permissions), set(self.cleaned_data["permissions"])
        within_rights(self.principal, self.before ^ after, "permissions")
        role.name, role.permissions = self.cleaned_data["name"], sorted(after)
        role.save()
        return role

    def facts(self, changed: Role) -> dict[str, Any]:
        after = set(changed.permissions)
        return {"role": changed.code, "given": sorted(after - self.before), "taken": sorted(self.before - after)}


class DeleteRoleForm(RightsForm):
    title = _("Delete")
    submit = _("Delete")
    explanation = _("Only a role that no member of staff and no token has can be deleted.")
    permission = EDIT_ROLES
    done = _("The role %(subject)s is deleted.")
    dangerous = True
    kept_as = "role.deleted"
    clash = ("staff.role_in_use", "")

    @classmethod
    def offered(cls, subject: Role) -> bool:
        return EVERYTHING not in subject.permissions

    def change(self) -> Role:
        role = chosen_role(self.subject.pk)
        within_rights(self.principal, role.permissions, "")
        staff, tokens = role.users.count(), role.tokens.count()
        if staff or tokens:
            raise DomainError("staff.role_in_use", staff=staff, tokens=tokens)
        Role.objects.filter(pk=role.pk).delete()
        return role

    def facts(self, changed: Role) -> dict[str, Any]:
        return {"role": changed.code, "taken": changed.permissions}

    def next_url(self, result: Role) -> str:
        return reverse("admin:staff_role_changelist")
