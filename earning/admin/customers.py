"""What earning tells of the customers in their list: the levels that they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, Expression, IntegerField, QuerySet, When
from django.utils import timezone

from customers.queries import sides
from earning import queries
from earning.domain.levels.customer import customer_levels_id
from earning.level_wording import level_name, set_name
from earning.models import Correction, CustomEvent, Purchase
from earning.permissions import SEE_LEVELS
from earning.streams import account_of
from loyalty import timeline
from loyalty.admin import beside


class LevelsOfCustomers:
    """The column says what is had now; the filter may be an hour behind where a level has gone by itself."""

    permission = SEE_LEVELS

    def told(self, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        return {key: ", ".join(level_name(level) for level in levels) for key, levels in queries.levels_of(ids).items() if levels}

    def choices(self) -> list[tuple[str, str]]:
        return [(level.code, f"{level_name(level)} ({set_name(terms)})") for terms in queries.level_terms_now() for level in terms.levels]

    def narrowed(self, rows: QuerySet[Any], choice: str) -> QuerySet[Any]:
        held = queries.holders_of_level(choice, timezone.now())
        return rows.none() if held is None else rows.filter(held)

    def rank(self) -> Expression:
        now = timezone.now()
        ascending = [(place, level.code) for terms in queries.level_terms_now() for place, level in enumerate(terms.levels, 1)]
        held = ((place, queries.holders_of_level(code, now)) for place, code in sorted(ascending, reverse=True))
        return Case(*(When(who, then=place) for place, who in held if who is not None), default=0, output_field=IntegerField())


def streams_about(tenant_id: int, customer_id: UUID) -> list[UUID]:
    """What earning tells of a customer: points of every wallet, levels, purchases, custom events."""
    whose = sides(customer_id)
    accounts = [account_of(side, tenant_id, card.code) for card in queries.wallets() for side in whose]
    bought = Purchase.objects.filter(tenant_id=tenant_id, customer_id__in=whose).values_list("id", flat=True)
    waiting = Correction.objects.filter(tenant_id=tenant_id, customer_id__in=whose).values_list("id", flat=True)
    did = CustomEvent.objects.filter(tenant_id=tenant_id, customer_id__in=whose).values_list("id", flat=True)
    return [*accounts, *(customer_levels_id(tenant_id, side) for side in whose), *bought, *waiting, *did]


beside.tell_of("customers", "level", LevelsOfCustomers())
timeline.follow("earning", streams_about)
