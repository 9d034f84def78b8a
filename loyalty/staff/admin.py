"""Staff, roles and tokens in the administration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from loyalty.admin import naming, navigation
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.staff import forms
from loyalty.staff.models import ApiToken, Role, User
from loyalty.staff.permissions import EDIT_ROLES, EDIT_STAFF, EDIT_TOKENS, EVERYTHING, PERMISSIONS


class PlainTableAdmin(ReadModelAdmin):
    """Not event sourced, so there is no stream to show."""

    def streams(self, row: Any) -> Sequence[UUID]:
        return []


@admin.register(User)
class UserAdmin(PlainTableAdmin):
    permission = EDIT_STAFF
    list_display = ("display_name", "email", "role", "is_active", "last_login")
    list_filter = ("is_active",)
    list_select_related = ("role",)
    ordering = ("display_name",)
    search_fields = ("display_name", "email")
    fields = ("display_name", "email", "role", "language", "is_active", "last_login", "created_at")
    commands = {"add-member": forms.AddUserForm}
    object_commands = {"edit": forms.EditUserForm, "deactivate": forms.DeactivateUserForm, "activate": forms.ActivateUserForm}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return list(super().get_fields(request, obj))


@admin.register(Role)
class RoleAdmin(PlainTableAdmin):
    permission = EDIT_ROLES
    list_display = ("name", "code", "held")
    ordering = ("name",)
    fields = ("name", "code", "held")
    readonly_fields = ("held",)
    commands = {"add-role": forms.AddRoleForm}
    object_commands = {"edit": forms.EditRoleForm}

    @admin.display(description=_("Permissions"))
    def held(self, role: Role) -> str:
        if EVERYTHING in role.permissions:
            return str(_("Everything"))
        return ", ".join(str(PERMISSIONS[p].label) if p in PERMISSIONS else p for p in role.permissions)


@admin.register(ApiToken)
class ApiTokenAdmin(PlainTableAdmin):
    permission = EDIT_TOKENS
    list_display = ("name", "role", "user", "created_at", "last_used", "revoked_at")
    empty = _("A program that calls the API needs a token.")
    list_select_related = ("role", "user")
    ordering = ("-created_at",)
    fields = ("name", "role", "user", "created_at", "last_used", "revoked_at")
    commands = {"issue": forms.IssueTokenForm}
    object_commands = {"revoke": forms.RevokeTokenForm}


def _names(request: HttpRequest, ids: naming.Ids) -> dict[UUID, str]:
    people = naming.rows(request, User, ids["user_id"])
    return {user.pk: naming.named(request, str(user), "admin:staff_user_change", user.pk, EDIT_STAFF) for user in people}


naming.name_ids(_names, "user_id")
navigation.register(_("Organization"), _("Staff"), "admin:staff_user_changelist", EDIT_STAFF, icon="badge", order=80)
navigation.register(_("Organization"), _("Roles"), "admin:staff_role_changelist", EDIT_ROLES, icon="shield_person", order=81)
navigation.register(_("Organization"), _("API tokens"), "admin:staff_apitoken_changelist", EDIT_TOKENS, icon="key", order=82)
