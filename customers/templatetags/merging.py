"""How the pages of a merge say points, wallets and levels."""

from __future__ import annotations

from collections.abc import Collection

from django import template
from django.utils import timezone

from customers.foreseeing import Foreseen, InWallet
from earning.queries import level_names, said_points

register = template.Library()


@register.filter
def in_unit(one: InWallet, column: str) -> str:
    """“120 points” of one of the columns. Needs an open `reading`."""
    return said_points([(one.wallet, getattr(one, column))], signed=False)[0]


@register.filter
def levels_called(codes: Collection[str]) -> str:
    """“Gold”, or “–”."""
    return ", ".join(level_names(tuple(codes), timezone.now())) or "–"


@register.filter
def purchases_together(found: Foreseen) -> int:
    """How many purchases both made."""
    return found.survivor.purchases + found.absorbed.purchases
