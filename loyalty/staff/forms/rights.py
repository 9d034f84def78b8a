"""Changing who may do what: one change at a time in a tenant, by the rights of that moment, and every one is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from loyalty.domain.errors import DomainError
from loyalty.staff.forms.plain import PlainForm
from loyalty.staff.models import Role, StaffChange, User
from loyalty.staff.permissions import EVERYTHING, PERMISSIONS
from loyalty.staff.principal import Principal


class RightsForm(PlainForm):
    """`change` writes. Whoever sends the form has the rights that are theirs when it is their turn, not when the page was opened."""

    kept_as: ClassVar[str]
    """What the audit calls it, one of `loyalty.staff.models.CHANGES`."""

    def save(self) -> Any:
        self.principal = in_turn(self.principal, self.permission)
        changed = self.change()
        StaffChange.note(self.principal, self.kept_as, changed.pk, reason=self.cleaned_data.get("reason", ""), facts=self.facts(changed))
        return changed

    def change(self) -> Role | User | Any:
        """Write what the form holds and answer with the row. May raise DomainError."""
        raise NotImplementedError

    def facts(self, changed: Any) -> dict[str, Any]:
        """What the audit keeps beside who, when and of whom: codes and names of rights, nothing personal."""
        return {}


def in_turn(principal: Principal, permission: str) -> Principal:
    """`principal` with their rights of this moment; until the transaction ends nobody else changes anybody's.

    Raises DomainError `staff.beyond_rights` for those who lost `permission` meanwhile.
    """
    list(Role.objects.select_for_update().order_by("pk").values_list("pk"))
    user = User.objects.select_related("role").filter(pk__in=[principal.user_id]).first()
    if user is None or not user.may(permission):
        raise DomainError("staff.beyond_rights")
    return user.principal


def within_rights(principal: Principal, wanted: Iterable[str], field: str) -> None:
    """Nobody gives, takes or becomes more than they hold themselves. Raises DomainError `staff.beyond_rights`.

    Names that this release does not know any more give nothing, so that nobody needs them.
    """
    known = {name for name in wanted if name in PERMISSIONS or name == EVERYTHING}
    if EVERYTHING not in principal.permissions and not known <= principal.permissions:
        raise DomainError("staff.beyond_rights", field=field)


def keep_an_owner(leaving: User) -> None:
    """Refuse to lose the last one who may do everything. Raises DomainError `staff.last_owner`."""
    owners = User.objects.filter(role__permissions__contains=[EVERYTHING], is_active=True)
    if EVERYTHING in leaving.role.permissions and not owners.exclude(pk=leaving.pk).exists():
        raise DomainError("staff.last_owner", field="role")


def chosen_role(key: Any) -> Role:
    """The role with this key, as in `role_choices`. Raises DomainError `staff.role_gone` for one that was deleted meanwhile."""
    found = Role.objects.filter(pk=key).first()
    if found is None:
        raise DomainError("staff.role_gone", field="role")
    return found


def role_choices() -> list[tuple[str, str]]:
    return [(str(r.pk), r.name) for r in Role.objects.order_by("name")]
