"""Starter roles after an update: those that nobody edited may do what the new release lets them do."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from loyalty.staff.models import Role
from loyalty.staff.permissions import STARTER_ROLES


@dataclass(frozen=True, slots=True)
class Renewed:
    """A starter role with what is `new` for it: given to it, unless somebody `edited` the role."""

    tenant: str
    role: str
    new: tuple[str, ...]
    edited: bool


def renew_starter_roles(using: str) -> list[Renewed]:
    """Add to the starter roles of all tenants what this release gives them and the one before did not.

    A role that was edited stays as it is, and is in the answer. `using` is the owner's alias: it sees all tenants.
    """
    starters = {starter.code: frozenset(starter.permissions()) for starter in STARTER_ROLES}
    told = []
    with transaction.atomic(using=using):
        roles = Role.objects.using(using).select_for_update(of=("self",)).select_related("tenant").filter(code__in=starters)
        for role in roles.order_by("tenant_id", "code"):
            if new := starters[role.code] - {*role.permissions, *(role.given or ())}:
                told.append(Renewed(role.tenant.code, role.name, tuple(sorted(new)), not _renewed(role, new, using)))
    return told


def _renewed(role: Role, new: frozenset[str], using: str) -> bool:
    """Give a role what is new, unless somebody edited it."""
    if role.given is None or set(role.given) != set(role.permissions):
        return False
    role.permissions = role.given = sorted({*role.permissions, *new})
    role.save(using=using, update_fields=["permissions", "given"])
    return True
