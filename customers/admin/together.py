"""Columns of customers that count all who turned out to be one with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import queries
from customers.admin.shown import NOTHING, bought_by, language, moment, tenant_of
from customers.models import Customer
from loyalty.admin.read_model import link
from loyalty.domain.errors import NotFound
from loyalty.house import formats

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class TogetherColumns:
    """Mixed into the list of customers; `complete` has put on its rows what others bought who were merged into them."""

    @display(description=_("Purchases"), ordering=Coalesce("spending__purchases", Value(0)))
    def purchases(self, row: Customer) -> str:
        return formats.number(bought_by(row).purchases, language())

    @display(description=_("Total"), ordering=Coalesce("spending__total", Value(0)))
    def total(self, row: Customer) -> str:
        bought = bought_by(row)
        return formats.money(bought.total, bought.currency or tenant_of(row).currency, language())

    @display(description=_("Last purchase"), ordering=Coalesce("spending__last_purchase_at", Value(LONG_AGO)))
    def last_purchase(self, row: Customer) -> str:
        return moment(row, bought_by(row).last_purchase_at)

    @display(description=_("State"))
    def state_said(self, row: Any) -> str:
        """Also of somebody who was merged."""
        return gettext("Merged") if row.absorbed is not None else str(row.get_state_display())

    @display(description=_("One person with"))
    def one_with(self, row: Any) -> str:
        """Into whom somebody was merged, or who was merged into them."""
        if row.absorbed is not None:
            told = [(link(Customer(id=row.absorbed), "change", gettext("merged into %(name)s") % {"name": _called(row.absorbed)}),)]
        else:
            told = [(link(Customer(id=one.id), "change", _called(one.id)),) for one in queries.absorbed_by(row.id)]
        return format_html_join(mark_safe("<br>"), "{}", told) or NOTHING


def _called(customer_id: UUID) -> str:
    """“Hoa · 7K2M…” of this very customer."""
    try:
        card = queries.card_alone(customer_id)
    except NotFound:
        return NOTHING
    return f"{card.name} · {card.code}"
