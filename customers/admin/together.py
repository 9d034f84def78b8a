"""Columns of customers that count all who turned out to be one with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    DateTimeField,
    Expression,
    F,
    Field,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import queries
from customers.admin.shown import NOTHING, bought_by, language, moment, state_said, tenant_of
from customers.models import Absorbed, Customer, Spending
from loyalty.admin.read_model import link
from loyalty.domain.errors import NotFound
from loyalty.house import formats

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def bought_together(tenant_id: int) -> dict[str, Expression]:
    """What the list is sorted and narrowed by: what customers bought with those who were merged into them. Only for who stands for others
    is more looked up.
    """
    purchases, total, last = _or_none("spending__purchases"), _or_none("spending__total"), F("spending__last_purchase_at")
    others = Absorbed.objects.filter(tenant_id=tenant_id)
    theirs = Spending.objects.filter(
        tenant_id=tenant_id, customer_id__in=others.filter(survivor_id=OuterRef(OuterRef("id"))).values("id")
    ).values("tenant_id")

    def more(of: Aggregate) -> Subquery:
        return Subquery(theirs.annotate(bought=of).values("bought"))

    return {
        "bought_purchases": _of_survivors(others, BigIntegerField(), purchases + _or_none(more(Sum("purchases"))), purchases),
        "bought_total": _of_survivors(others, BigIntegerField(), total + _or_none(more(Sum("total"))), total),
        "bought_last": _of_survivors(others, DateTimeField(), Greatest(last, more(Max("last_purchase_at"))), last),
    }


def _or_none(number: str | Subquery) -> Coalesce:
    return Coalesce(number, Value(0), output_field=BigIntegerField())


def _of_survivors(others: QuerySet[Absorbed], kind: Field[Any, Any], together: Any, alone: Any) -> Expression:
    return Case(When(id__in=others.values("survivor_id"), then=together), default=alone, output_field=kind)


class TogetherColumns:
    """Mixed into the list of customers; `complete` has put on its rows what others bought who were merged into them."""

    @display(description=_("Purchases"), ordering="bought_purchases")
    def purchases(self, row: Customer) -> str:
        return formats.number(bought_by(row).purchases, language())

    @display(description=_("Total"), ordering="bought_total")
    def total(self, row: Customer) -> str:
        bought = bought_by(row)
        return formats.money(bought.total, bought.currency or tenant_of(row).currency, language())

    @display(description=_("Last purchase"), ordering=Coalesce("bought_last", Value(LONG_AGO)))
    def last_purchase(self, row: Customer) -> str:
        return moment(row, bought_by(row).last_purchase_at)

    @display(description=_("State"))
    def state_said(self, row: Any) -> str:
        return state_said(row)

    @display(description=_("One person with"))
    def one_with(self, row: Any) -> str:
        """Into whom somebody was merged, or who was merged into them."""
        if row.absorbed is not None:
            told = [(link(Customer(id=row.absorbed), "change", gettext("merged into %(name)s") % {"name": called(row.absorbed)}),)]
        else:
            told = [(link(Customer(id=one.id), "change", called(one.id)),) for one in queries.absorbed_by(row.id)]
        return format_html_join(mark_safe("<br>"), "{}", told) or NOTHING


def called(customer_id: UUID) -> str:
    """“Hoa · 7K2M…” of this very customer."""
    try:
        card = queries.card_alone(customer_id)
    except NotFound:
        return NOTHING
    return f"{card.name} · {card.code}"
