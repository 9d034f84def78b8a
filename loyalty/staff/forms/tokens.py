"""Tokens of programs: issued, revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loyalty.staff.forms.rights import RightsForm, chosen_role, role_choices, within_rights
from loyalty.staff.models import ApiToken
from loyalty.staff.permissions import EDIT_TOKENS


class IssueTokenForm(RightsForm):
    title = _("Issue an API token")
    submit = _("Issue")
    permission = EDIT_TOKENS
    explanation = _("The token is shown once, on the next page. Keep it where the program can read it and people cannot.")
    icon = "key"
    kept_as = "token.issued"

    name = forms.CharField(label=_("What uses it"), max_length=120)
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]

    def change(self) -> ApiToken:
        role = chosen_role(self.cleaned_data["role"])
        within_rights(self.principal, role.permissions, "role")
        told, issued_by = self.cleaned_data["name"], self.principal.user_id
        issued, self.text = ApiToken.issue(tenant_id=self.tenant.id, name=told, role=role, issued_by=issued_by)
        return issued

    def facts(self, changed: ApiToken) -> dict[str, Any]:
        return {"role": changed.role.code if changed.role else ""}

    def confirm(self, result: ApiToken) -> str:
        return gettext("The token for %(name)s, shown only now: %(token)s") % {"name": result.name, "token": self.text}


class RevokeTokenForm(RightsForm):
    title = _("Revoke")
    submit = _("Revoke")
    permission = EDIT_TOKENS
    explanation = _(
        "The program that uses it is refused from now on, and so are the apps that it let in for customers. This cannot be undone."
    )
    done = _("The token %(subject)s is revoked.")
    dangerous = True
    kept_as = "token.revoked"

    @classmethod
    def offered(cls, subject: ApiToken) -> bool:
        return subject.revoked_at is None

    def change(self) -> ApiToken:
        token = ApiToken.objects.select_for_update().get(pk=self.subject.pk)
        acts_with = token.role or token.user.role  # type: ignore[union-attr]
        within_rights(self.principal, acts_with.permissions, "")
        token.revoked_at = token.revoked_at or timezone.now()
        token.save(update_fields=["revoked_at"])
        return token
