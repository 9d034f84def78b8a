"""How much of the limits of a rule that all customers share is used: of a budget, say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from earning.domain.limits import Limit, rows_of
from earning.domain.scope import RuleScope
from earning.models import LimitUse
from earning.queries.here import tenant_here
from loyalty.domain.period import next_start

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitUsed:
    """A limit for all together, how many times or points of it are `used` in the period of now, and when it begins anew (None: never)."""

    limit: Limit
    used: int
    again: date | None


def limits_used(rule_id: UUID, scope: RuleScope, now: datetime) -> list[LimitUsed]:
    """The limits of a rule for all together, in the order in which it has them."""
    shared = [one for one in scope.limits if one.whose == "all"]
    rows = rows_of(shared, rule_id, NOBODY, now, scope.zone)
    used = dict(LimitUse.objects.filter(tenant_id=tenant_here(), id__in=[use.id for _, use in rows]).values_list("id", "used"))
    return [LimitUsed(limit=limit, used=used.get(use.id, 0), again=next_start(limit.period, now, scope.zone)) for limit, use in rows]
