"""Staff, roles, tokens, and who changed them, in the administration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loyalty import timeline
from loyalty.admin import naming, navigation
from loyalty.admin.facts import actor_title
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.staff import forms
from loyalty.staff.actors import actors
from loyalty.staff.looks import in_words, looked_at, name_details
from loyalty.staff.models import ApiToken, Look, Role, StaffChange, User
from loyalty.staff.permissions import EVERYTHING, SEE_AUDIT, SEE_ROLES, SEE_STAFF, SEE_TOKENS, grouped
from loyalty.timeline import Before, Moment

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class PlainTableAdmin(ReadModelAdmin):
    """Not event sourced, so there is no stream to show."""

    def streams(self, row: Any) -> Sequence[UUID]:
        return []


def told_rights(names: Iterable[str]) -> Any:
    """Permissions in words, under the titles of their groups."""
    parts = ((title, ", ".join(str(p.label) for p in held)) for title, held in grouped(names))
    return format_html_join("", "<p><b>{}:</b> {}</p>", parts)


@admin.register(User)
class UserAdmin(PlainTableAdmin):
    permission = SEE_STAFF
    list_display = ("display_name", "email", "role", "is_active", "last_login")
    list_filter = ("is_active", "role")
    list_select_related = ("role",)
    ordering = ("display_name",)
    search_fields = ("display_name", "email")
    fields = ("display_name", "email", "role", "language", "is_active", "last_login", "created_at")
    commands = {"add-member": forms.AddUserForm}
    object_commands = {
        "edit": forms.EditUserForm,
        "reset-factor": forms.ResetFactorForm,
        "end-sessions": forms.EndSessionsForm,
        "deactivate": forms.DeactivateUserForm,
        "activate": forms.ActivateUserForm,
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return list(super().get_fields(request, obj))


@admin.register(Role)
class RoleAdmin(PlainTableAdmin):
    permission = SEE_ROLES
    list_display = ("name", "code", "number")
    figures = ("number",)
    ordering = ("name",)
    fields = ("name", "code", "held")
    readonly_fields = ("held",)
    commands = {"add-role": forms.AddRoleForm}
    object_commands = {"edit": forms.EditRoleForm, "delete": forms.DeleteRoleForm}

    @admin.display(description=_("Permissions"))
    def number(self, role: Role) -> Any:
        return _("Everything") if EVERYTHING in role.permissions else len(role.permissions)

    @admin.display(description=_("Permissions"))
    def held(self, role: Role) -> Any:
        return _("Everything") if EVERYTHING in role.permissions else told_rights(role.permissions)


@admin.register(ApiToken)
class ApiTokenAdmin(PlainTableAdmin):
    permission = SEE_TOKENS
    list_display = ("name", "role", "user", "created_at", "last_used", "revoked_at")
    empty = _("A program that calls the API needs a token.")
    list_select_related = ("role", "user")
    ordering = ("-created_at",)
    fields = ("name", "role", "user", "created_at", "last_used", "revoked_at")
    commands = {"issue": forms.IssueTokenForm}
    object_commands = {"revoke": forms.RevokeTokenForm}


@admin.register(StaffChange)
class StaffChangeAdmin(PlainTableAdmin):
    permission = SEE_AUDIT
    list_display = ("at", "what", "about", "by", "reason")
    list_filter = ("what",)
    unbroken = ("at",)
    ordering = ("-at",)
    fields = ("at", "what", "about", "by", "reason", "rights")
    readonly_fields = ("about", "by", "rights")

    def complete(self, request: HttpRequest, rows: Sequence[StaffChange]) -> None:
        people = actors(chain((f"staff:{row.subject}" for row in rows), (row.actor for row in rows)))
        things = {row.pk: row.name for model in (Role, ApiToken) for row in model.objects.filter(pk__in=[r.subject for r in rows])}
        for row in rows:
            said = row.facts.get("role") or row.facts.get("endpoint", "")
            row.by = people.get(row.actor, row.actor)  # type: ignore[attr-defined]
            row.about = people.get(f"staff:{row.subject}") or things.get(row.subject) or said  # type: ignore[attr-defined]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> StaffChange | None:
        found: StaffChange | None = super().get_object(request, object_id, from_field)
        if found is not None:
            self.complete(request, [found])
        return found

    @admin.display(description=_("By"))
    def by(self, row: Any) -> str:
        return str(row.by)

    @admin.display(description=_("About"))
    def about(self, row: Any) -> str:
        return str(row.about)

    @admin.display(description=_("Permissions"))
    def rights(self, row: StaffChange) -> Any:
        sides = ((_("Given"), row.facts.get("given")), (_("Taken"), row.facts.get("taken")))
        return format_html_join("", "<p>{}</p>{}", ((title, told_rights(names)) for title, names in sides if names)) or "–"


@dataclass(frozen=True)
class _Seen:
    """Whom a look may have been at."""

    customer_id: UUID


@admin.register(Look)
class LookAdmin(PlainTableAdmin):
    """Who looked at what is only looked at for a reason; nobody can change it."""

    permission = SEE_AUDIT
    list_display = ("at", "who", "looked_at", "of_whom")
    list_display_links = None
    unbroken = ("at",)
    empty = _("Whoever sees whole phone numbers and addresses, a history, or takes a list away, stands here.")
    ordering = ("-at", "-id")
    fields = ("at", "who", "looked_at", "of_whom")
    readonly_fields = fields

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        names = actors(row.actor for row in rows)
        seen = {row.subject: UUID(row.subject) for row in rows if ID.match(row.subject)}
        told = naming.names_of(request, [_Seen(key) for key in seen.values()])
        for row in rows:
            row.actor_name = names.get(row.actor) or actor_title(row.actor)
            row.subject_name = told.get(("customer_id", seen[row.subject]), row.subject) if row.subject in seen else in_words(row.subject)

    @admin.display(description=_("Who"), ordering="actor")
    def who(self, row: Look) -> str:
        return row.actor_name

    @admin.display(description=_("Looked at"), ordering="what")
    def looked_at(self, row: Look) -> str:
        return looked_at(row.what)

    @admin.display(description=_("Of whom"))
    def of_whom(self, row: Look) -> str:
        return row.subject_name or "–"


def _names(request: HttpRequest, ids: naming.Ids) -> dict[UUID, str]:
    people = naming.rows(request, User, ids["user_id"])
    return {user.pk: naming.named(request, str(user), "admin:staff_user_change", user.pk, SEE_STAFF) for user in people}


def looks(customer_id: UUID, before: Before, limit: int) -> Iterator[Moment]:
    """Who looked at what is kept of a customer, or took it away, as timelines tell it."""
    rows = Look.objects.filter(subject=str(customer_id), **({"at__lte": before[0]} if before else {}))
    for row in rows.order_by("-at", "-id")[:limit]:
        yield Moment(row.at, str(row.id), "staff.looked", gettext("Looked at"), row.actor, facts=((gettext("What"), looked_at(row.what)),))


timeline.tell("staff.looks", looks, permission=SEE_AUDIT)
naming.name_ids(_names, "user_id")
navigation.register(_("Organization"), _("Staff"), "admin:staff_user_changelist", SEE_STAFF, icon="badge", order=80)
navigation.register(_("Organization"), _("Roles"), "admin:staff_role_changelist", SEE_ROLES, icon="shield_person", order=81)
navigation.register(_("Organization"), _("API tokens"), "admin:staff_apitoken_changelist", SEE_TOKENS, icon="key", order=82)
navigation.register(_("Organization"), _("Changes of rights"), "admin:staff_staffchange_changelist", SEE_AUDIT, icon="policy", order=83)
navigation.register(_("Organization"), _("Who looked at what"), "admin:staff_look_changelist", SEE_AUDIT, icon="visibility", order=84)
name_details({"timeline": _("Timeline"), "list": _("List")})
