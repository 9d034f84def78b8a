"""What somebody may do: one permission for each command and each screen, declared by the context that owns it.

In `<context>/permissions.py`, which is found by itself:

    from loyalty.staff.permissions import permission

    RECORD_PURCHASE = permission("earning.record_purchase", _("Record purchases"), starter=("seller",))
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

EVERYTHING = "*"
"""Held by the administrator: every permission there is, and those that come later."""
ADMINISTRATOR, MARKETER, SELLER = "administrator", "marketer", "seller"
NAME = re.compile(r"[a-z_]+\.[a-z_]+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Permission:
    """`name` is "context.what", `label` is what a person reads, `starter` are the codes of starter roles that hold it."""

    name: str
    label: Any
    starter: tuple[str, ...]


PERMISSIONS: dict[str, Permission] = {}


def permission(name: str, label: Any, *, starter: Iterable[str] = ()) -> str:
    """Declare a permission and answer with its name. The administrator holds all of them.

    Raises ValueError for a name that is taken, or is not "context.what".
    """
    if not NAME.match(name):
        raise ValueError(f"{name!r} is not a permission's name: write context.what")
    if name in PERMISSIONS:
        raise ValueError(f"the permission {name} is declared twice")
    PERMISSIONS[name] = Permission(name, label, tuple(starter))
    return name


@dataclass(frozen=True, slots=True)
class StarterRole:
    """A role that every new tenant begins with."""

    code: str
    name: Any

    def permissions(self) -> list[str]:
        if self.code == ADMINISTRATOR:
            return [EVERYTHING]
        return sorted(p.name for p in PERMISSIONS.values() if self.code in p.starter)


STARTER_ROLES = (StarterRole(ADMINISTRATOR, _("Administrator")), StarterRole(MARKETER, _("Marketer")), StarterRole(SELLER, _("Seller")))

ENTER_ADMIN = permission("staff.enter_admin", _("Enter the administration"), starter=(MARKETER,))
EDIT_STAFF = permission("staff.edit_users", _("Add and edit staff"))
EDIT_ROLES = permission("staff.edit_roles", _("Edit roles"))
EDIT_TOKENS = permission("staff.edit_tokens", _("Issue and revoke API tokens"))
SEE_AUDIT = permission("staff.see_audit", _("See who looked at what"))
USE_TILL = permission("till.use", _("Use the till"), starter=(SELLER,))
SEE_JOBS = permission("jobs.see", _("See long-running work and its reports"), starter=(MARKETER,))
CANCEL_JOBS = permission("jobs.cancel", _("Cancel long-running work"), starter=(MARKETER,))
EXPORT = permission("lists.export", _("Export lists to files"), starter=(MARKETER,))
SEE_HISTORY = permission("history.see", _("See the history of a thing, event by event"))
