"""How customers of the programme come in."""

from __future__ import annotations

from typing import cast

from customers.domain.challenge import ChallengeKind
from customers.domain.doors import Door, DoorRules
from customers.models import Doors
from customers.phones import region_of
from customers.queries.here import tenant_here
from loyalty.tenancy.middleware import tenant_of_id
from loyalty.tenancy.models import Tenant


def doors() -> DoorRules:
    """What was settled last; where nothing was, what the tenant was made with. `countries` are never none."""
    tenant = tenant_of_id(tenant_here())
    row = Doors.objects.filter(tenant_id=tenant.id).first()
    if row is None:
        return _as_made(tenant)
    return DoorRules(
        doors=cast(tuple[Door, ...], tuple(row.doors)),
        countries=tuple(row.countries) or _home(tenant),
        dormant_months=row.dormant_months,
        fact_above=row.fact_above,
        messages_by=cast(ChallengeKind, row.messages_by),
        passwords=row.passwords,
    )


def _as_made(tenant: Tenant) -> DoorRules:
    made = cast(tuple[Door, ...], (*tenant.sign_in_by, "invitation"))
    return DoorRules(doors=made, countries=tuple(tenant.code_countries) or _home(tenant))


def _home(tenant: Tenant) -> tuple[str, ...]:
    return (region_of(tenant.time_zone),)
