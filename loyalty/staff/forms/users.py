"""Members of staff: added, edited, deactivated, activated again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.domain.errors import DomainError
from loyalty.staff import factors
from loyalty.staff.forms.rights import RightsForm, chosen_role, keep_an_owner, role_choices, within_rights
from loyalty.staff.models import User, normal_email
from loyalty.staff.permissions import EDIT_STAFF, EVERYTHING, RESET_FACTORS
from loyalty.staff.sessions import end_sessions, live_sessions


class UserForm(RightsForm):
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

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("password"):
            person = User(email=given.get("email", ""), display_name=given.get("display_name", ""))
            try:
                validate_password(given["password"], person)
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return given

    def fill(self, user: User) -> User:
        given = self.cleaned_data
        user.email, user.display_name, user.language = normal_email(given["email"]), given["display_name"], given["language"]
        user.role = chosen_role(given["role"])
        within_rights(self.principal, user.role.permissions, "role")
        if given["password"]:
            user.set_password(given["password"])
        return user

    def facts(self, changed: User) -> dict[str, Any]:
        return {"role": changed.role.code, "password": bool(self.cleaned_data["password"])}


class AddUserForm(UserForm):
    title = _("Add a member of staff")
    submit = _("Add")
    done = _("%(display_name)s is added.")
    icon = "person_add"
    kept_as = "user.added"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = True

    def change(self) -> User:
        user = self.fill(User(tenant_id=self.tenant.id))
        user.save(force_insert=True)
        return user


class EditUserForm(UserForm):
    title = _("Edit")
    done = _("%(display_name)s is saved.")
    kept_as = "user.edited"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _("Leave it empty to keep the password. A new one ends all sessions.")

    def initial_values(self) -> dict[str, Any]:
        user: User = self.subject
        return {"email": user.email, "display_name": user.display_name, "role": str(user.role_id), "language": user.language}

    def change(self) -> User:
        user = reached(self)
        if EVERYTHING not in chosen_role(self.cleaned_data["role"]).permissions:
            keep_an_owner(user)
        self.fill(user).save()
        if self.cleaned_data["password"]:
            end_sessions(user.pk)
        return user


def reached(form: RightsForm) -> User:
    """The member of staff that a page is about, locked. Raises DomainError for one who may more than whoever sends the form."""
    user = User.objects.select_for_update(of=("self",)).select_related("role").get(pk=form.subject.pk)
    within_rights(form.principal, user.role.permissions, "")
    return user


class SwitchForm(RightsForm):
    """Deactivates or activates."""

    permission = EDIT_STAFF

    def switch(self, *, on: bool) -> User:
        user = reached(self)
        if not on:
            keep_an_owner(user)
            end_sessions(user.pk)
        user.is_active = on
        user.save(update_fields=["is_active"])
        return user


class ResetFactorForm(RightsForm):
    """For somebody who lost phone and recovery codes."""

    title = _("Reset the second factor")
    submit = _("Reset")
    explanation = _(
        "Make sure that it is they who ask. Their sessions end; at the next sign-in the password is enough to set up a new one."
    )
    permission = RESET_FACTORS
    done = _("The second factor of %(subject)s is reset.")
    dangerous = True
    kept_as = "factor.reset"

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    @classmethod
    def offered(cls, subject: User) -> bool:
        return factors.is_set_up(subject)

    def change(self) -> User:
        user = reached(self)
        if user.pk == self.principal.user_id:
            raise DomainError("staff.own_factor")
        factors.removed(user.pk)
        end_sessions(user.pk)
        return user


class EndSessionsForm(RightsForm):
    """For a device that was lost."""

    title = _("End sessions")
    submit = _("End sessions")
    explanation = _("They are signed out everywhere, and sign in again with their password.")
    permission = EDIT_STAFF
    done = _("The sessions of %(subject)s have ended.")
    dangerous = True
    kept_as = "user.sessions_ended"

    @classmethod
    def offered(cls, subject: User) -> bool:
        return bool(live_sessions(subject.pk))

    def change(self) -> User:
        user = reached(self)
        end_sessions(user.pk)
        return user


class DeactivateUserForm(SwitchForm):
    title = _("Deactivate")
    submit = _("Deactivate")
    explanation = _("Their sessions end and their tokens stop working at once. Nothing that they did is lost.")
    done = _("%(subject)s is deactivated.")
    dangerous = True
    kept_as = "user.deactivated"

    @classmethod
    def offered(cls, subject: User) -> bool:
        return subject.is_active

    def change(self) -> User:
        return self.switch(on=False)


class ActivateUserForm(SwitchForm):
    title = _("Activate")
    submit = _("Activate")
    done = _("%(subject)s is active again.")
    kept_as = "user.activated"

    @classmethod
    def offered(cls, subject: User) -> bool:
        return not subject.is_active

    def change(self) -> User:
        return self.switch(on=True)
