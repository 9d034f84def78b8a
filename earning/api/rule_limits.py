"""`/api/v1/rules/{id}/limits`: how much of what all customers share of the limits of a rule is used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from earning import queries
from earning.api.scopes import LimitBody
from earning.kinds.enough import used_sentence
from earning.permissions import SEE_RULES
from loyalty.api.views import QueryView


class LimitInUse(msgspec.Struct, frozen=True, kw_only=True):
    """A limit for all together, how many times or points of it are `used` now, and the day on which it begins anew (null: never)."""

    limit: LimitBody
    used: int
    begins_anew: date | None
    sentence: str


class RuleLimitsView(QueryView):
    """Show how much of a rule's budget, and of its other limits for all together, is used in the period of now."""

    permission = SEE_RULES
    answer = list[LimitInUse]

    def ask(self, query: None, **path: Any) -> list[LimitInUse]:
        card = queries.rule(path["rule_id"])
        unit = queries.unit_of(queries.wallet(card.wallet))
        return [
            LimitInUse(
                limit=LimitBody(of=one.limit.of, most=one.limit.most, period=one.limit.period, whose=one.limit.whose),
                used=one.used,
                begins_anew=one.again,
                sentence=used_sentence(one.limit, one.used, one.again, unit),
            )
            for one in queries.limits_used(card.rule_id, card.scope, datetime.now(UTC))
        ]
