"""Adding and editing staff, roles and tokens. These are plain tables: the forms write them in a transaction of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError
from loyalty.staff.models import ApiToken, Role, User, normal_email
from loyalty.staff.permissions import ADMINISTRATOR, EDIT_ROLES, EDIT_STAFF, EDIT_TOKENS, EVERYTHING, PERMISSIONS
from loyalty.staff.principal import Principal
from loyalty.tenancy import reading


class PlainForm(CommandForm):
    """As a command form, for what is not event sourced: `save` writes, in one transaction of the tenant."""

    clash: ClassVar[tuple[str, str]] = ("", "")
    """The refusal (code, field) behind a broken unique constraint."""

    def prepare(self) -> None:
        """Nothing to prepare: `save` reads and writes in its own transaction."""

    def carry_out(self) -> Any:
        try:
            with reading(self.tenant.id):
                return self.save()
        except IntegrityError as clash:
            code, field = self.clash
            if not code:
                raise
            raise DomainError(code, field=field) from clash

    def save(self) -> Any:
        """Write what the form holds. May raise DomainError."""
        raise NotImplementedError


def within_rights(principal: Principal, wanted: Iterable[str], field: str) -> None:
    """Nobody gives, takes or becomes more than they hold themselves. Raises DomainError `staff.beyond_rights`."""
    if EVERYTHING not in principal.permissions and not set(wanted) <= principal.permissions:
        raise DomainError("staff.beyond_rights", field=field)


def role_choices() -> list[tuple[str, str]]:
    return [(str(r.pk), r.name) for r in Role.objects.order_by("name")]


class UserForm(PlainForm):
    """What both pages of a member of staff share."""

    permission = EDIT_STAFF
    clash = ("staff.email_taken", "email")

    email = forms.EmailField(label=_("Email"), max_length=254)
    display_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)
    role = forms.ChoiceField(label=_("Role"))
    language = forms.ChoiceField(label=_("Language"), required=False)
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from django.conf import settings

        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("As the browser asks")), *settings.LANGUAGES]  # type: ignore[attr-defined]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password

    def fill(self, user: User) -> User:
        given = self.cleaned_data
        user.email, user.display_name, user.language = normal_email(given["email"]), given["display_name"], given["language"]
        user.role = Role.objects.get(pk=given["role"])
        within_rights(self.principal, user.role.permissions, "role")
        if given["password"]:
            user.set_password(given["password"])
        return user


class AddUserForm(UserForm):
    title = _("Add a member of staff")
    submit = _("Add")
    done = _("%(display_name)s is added.")
    icon = "person_add"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = True

    def save(self) -> User:
        user = self.fill(User(tenant_id=self.tenant.id))
        user.save(force_insert=True)
        return user


class EditUserForm(UserForm):
    title = _("Edit")
    done = _("%(display_name)s is saved.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _("Leave it empty to keep the password.")

    def initial_values(self) -> dict[str, Any]:
        user: User = self.subject
        return {"email": user.email, "display_name": user.display_name, "role": str(user.role_id), "language": user.language}

    def save(self) -> User:
        user = User.objects.select_for_update(of=("self",)).get(pk=self.subject.pk)
        within_rights(self.principal, user.role.permissions, "role")
        loses = user.role.code == ADMINISTRATOR and self.cleaned_data["role"] != str(user.role_id)
        if loses:
            keep_an_administrator(user)
        user = self.fill(user)
        user.save()
        return user


def keep_an_administrator(leaving: User) -> None:
    """Refuse to lose the last one who may do everything. Locks the role, so that two do not leave at once."""
    everything = Role.objects.select_for_update().filter(permissions__contains=[EVERYTHING])
    others = User.objects.filter(role__in=[r.pk for r in everything], is_active=True).exclude(pk=leaving.pk)
    if not others.exists():
        raise DomainError("staff.last_administrator", field="role")


class DeactivateUserForm(PlainForm):
    title = _("Deactivate")
    submit = _("Deactivate")
    explanation = _("Their sessions end and their tokens stop working at once. Nothing that they did is lost.")
    permission = EDIT_STAFF
    done = _("%(subject)s is deactivated.")
    dangerous = True

    @classmethod
    def offered(cls, subject: User) -> bool:
        return subject.is_active

    def save(self) -> User:
        user = User.objects.select_for_update(of=("self",)).get(pk=self.subject.pk)
        within_rights(self.principal, user.role.permissions, "")
        if user.role.code == ADMINISTRATOR:
            keep_an_administrator(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        return user


class ActivateUserForm(PlainForm):
    title = _("Activate")
    submit = _("Activate")
    permission = EDIT_STAFF
    done = _("%(subject)s is active again.")

    @classmethod
    def offered(cls, subject: User) -> bool:
        return not subject.is_active

    def save(self) -> User:
        user = User.objects.select_for_update(of=("self",)).get(pk=self.subject.pk)
        within_rights(self.principal, user.role.permissions, "")
        user.is_active = True
        user.save(update_fields=["is_active"])
        return user


class RoleForm(PlainForm):
    """What both pages of a role share. The administrator's role cannot lose anything."""

    permission = EDIT_ROLES
    clash = ("staff.role_taken", "code")

    name = forms.CharField(label=_("Name"), max_length=120)
    permissions = forms.MultipleChoiceField(label=_("Permissions"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [(p.name, p.label) for p in sorted(PERMISSIONS.values(), key=lambda p: p.name)]  # type: ignore[attr-defined]


class AddRoleForm(RoleForm):
    title = _("Add a role")
    submit = _("Add")
    done = _("The role %(name)s is added.")
    field_order = ["code", "name", "permissions"]

    code = forms.SlugField(label=_("Code"), max_length=40)

    def save(self) -> Role:
        given = self.cleaned_data
        within_rights(self.principal, given["permissions"], "permissions")
        return Role.objects.create(
            tenant_id=self.tenant.id, code=given["code"], name=given["name"], permissions=sorted(given["permissions"])
        )


class EditRoleForm(RoleForm):
    title = _("Edit")
    done = _("The role %(name)s is saved.")

    @classmethod
    def offered(cls, subject: Role) -> bool:
        return EVERYTHING not in subject.permissions

    def initial_values(self) -> dict[str, Any]:
        return {"name": self.subject.name, "permissions": self.subject.permissions}

    def save(self) -> Role:
        role: Role = Role.objects.select_for_update().get(pk=self.subject.pk)
        within_rights(self.principal, set(role.permissions) ^ set(self.cleaned_data["permissions"]), "permissions")
        role.name, role.permissions = self.cleaned_data["name"], sorted(self.cleaned_data["permissions"])
        role.save()
        return role


class IssueTokenForm(PlainForm):
    title = _("Issue an API token")
    submit = _("Issue")
    permission = EDIT_TOKENS
    explanation = _("The token is shown once, on the next page. Keep it where the program can read it and people cannot.")
    icon = "key"

    name = forms.CharField(label=_("What uses it"), max_length=120)
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]

    def save(self) -> str:
        role = Role.objects.get(pk=self.cleaned_data["role"])
        within_rights(self.principal, role.permissions, "role")
        told, issued_by = self.cleaned_data["name"], self.principal.user_id
        return ApiToken.issue(tenant_id=self.tenant.id, name=told, role=role, issued_by=issued_by)[1]

    def confirm(self, result: str) -> str:
        return gettext("The token for %(name)s, shown only now: %(token)s") % {"name": self.cleaned_data["name"], "token": result}


class RevokeTokenForm(PlainForm):
    title = _("Revoke")
    submit = _("Revoke")
    permission = EDIT_TOKENS
    explanation = _(
        "The program that uses it is refused from now on, and so are the apps that it let in for customers. This cannot be undone."
    )
    done = _("The token %(subject)s is revoked.")
    dangerous = True

    @classmethod
    def offered(cls, subject: ApiToken) -> bool:
        return subject.revoked_at is None

    def save(self) -> ApiToken:
        token = ApiToken.objects.select_for_update().get(pk=self.subject.pk)
        acts_with = token.role or token.user.role  # type: ignore[union-attr]
        within_rights(self.principal, acts_with.permissions, "")
        token.revoked_at = token.revoked_at or timezone.now()
        token.save(update_fields=["revoked_at"])
        return token
