"""What somebody may do: one permission for each command and each screen, declared by the context that owns it.

In `<context>/permissions.py`, which is found by itself:

    from loyalty.staff.permissions import permission

    permission_group("earning", _("Purchases, points and rules"))
    RECORD_PURCHASE = permission("earning.record_purchase", _("Record purchases"), starter=("seller",))

Owner and administrator hold every permission, the reporter those that let somebody see: "context.see…".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

EVERYTHING = "*"
"""Held by the owner: every permission there is, and those that come later; nobody but an owner gives or takes it."""
OWNER, ADMINISTRATOR, REPORTER, MARKETER, SUPPORT, SELLER = "owner", "administrator", "reporter", "marketer", "support", "seller"
ALL = (OWNER, ADMINISTRATOR)
NAME = re.compile(r"[a-z_]+\.[a-z_]+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Permission:
    """`name` is "context.what", `label` is what a person reads, `starter` are the codes of starter roles that hold it."""

    name: str
    label: Any
    starter: tuple[str, ...]

    @property
    def context(self) -> str:
        return self.name.partition(".")[0]


PERMISSIONS: dict[str, Permission] = {}
GROUPS: dict[str, Any] = {}
"""What people call the permissions of a context, by the first word of their names."""


def permission_group(context: str, title: Any) -> None:
    """Say under which title the permissions "context.…" stand on a role's page."""
    GROUPS[context] = title


def grouped(names: Iterable[str]) -> list[tuple[Any, list[Permission]]]:
    """The known ones of these permissions under the titles of their contexts, by title and label."""
    found: dict[str, list[Permission]] = {}
    for known in sorted((PERMISSIONS[name] for name in names if name in PERMISSIONS), key=lambda p: str(p.label)):
        found.setdefault(str(GROUPS.get(known.context, _("Other"))), []).append(known)
    return sorted(found.items())


def permission(name: str, label: Any, *, starter: Iterable[str] = ()) -> str:
    """Declare a permission and answer with its name.

    Raises ValueError for a name that is taken, or is not "context.what".
    """
    if not NAME.match(name):
        raise ValueError(f"{name!r} is not a permission's name: write context.what")
    if name in PERMISSIONS:
        raise ValueError(f"the permission {name} is declared twice")
    sees = name.partition(".")[2].split("_")[0] == "see"
    PERMISSIONS[name] = Permission(name, label, (*ALL, *((REPORTER,) if sees else ()), *starter))
    return name


@dataclass(frozen=True, slots=True)
class StarterRole:
    """A role that every new tenant begins with."""

    code: str
    name: Any

    def permissions(self) -> list[str]:
        if self.code == OWNER:
            return [EVERYTHING]
        return sorted(p.name for p in PERMISSIONS.values() if self.code in p.starter)


STARTER_ROLES = (
    StarterRole(OWNER, _("Owner")),
    StarterRole(ADMINISTRATOR, _("Administrator")),
    StarterRole(REPORTER, _("Reporter")),
    StarterRole(MARKETER, _("Marketer")),
    StarterRole(SUPPORT, _("Support agent")),
    StarterRole(SELLER, _("Seller")),
)

permission_group("staff", _("Staff and access"))
ENTER_ADMIN = permission("staff.enter_admin", _("Enter the administration"), starter=(REPORTER, MARKETER, SUPPORT))
SEE_STAFF = permission("staff.see_users", _("See staff"))
EDIT_STAFF = permission("staff.edit_users", _("Add, edit, activate and deactivate staff"))
RESET_FACTORS = permission("staff.reset_second_factor", _("Reset the second factor of others"))
SEE_ROLES = permission("staff.see_roles", _("See roles"))
EDIT_ROLES = permission("staff.edit_roles", _("Add, edit and delete roles"))
SEE_TOKENS = permission("staff.see_tokens", _("See API tokens"))
EDIT_TOKENS = permission("staff.edit_tokens", _("Issue and revoke API tokens"))
SEE_AUDIT = permission("staff.see_audit", _("See who changed rights, and who looked at what"))
permission_group("till", _("Till"))
USE_TILL = permission("till.use", _("Use the till"), starter=(SELLER,))
permission_group("jobs", _("Long-running work"))
SEE_JOBS = permission("jobs.see", _("See long-running work and its reports"), starter=(MARKETER,))
CANCEL_JOBS = permission("jobs.cancel", _("Cancel long-running work"), starter=(MARKETER,))
permission_group("lists", _("Lists and histories"))
EXPORT = permission("lists.export", _("Export lists to files"), starter=(REPORTER, MARKETER))
permission_group("history", _("Lists and histories"))
SEE_HISTORY = permission("history.see", _("See the history of a thing, event by event"), starter=(SUPPORT,))
