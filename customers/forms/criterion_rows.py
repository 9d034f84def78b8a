"""One row of a form of criteria: from what was typed to the criterion, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.commands import Criterion
from customers.domain.criteria import SHAPES
from customers.domain.identifiers import KINDS
from customers.forms.measures import measured, shown_measure
from customers.meant import holders_of
from customers.queries import cards, home_region
from loyalty.tenancy.models import Tenant

BETWEEN, LISTED = re.compile(r"[\n\r;]+"), re.compile(r"[\n\r,;\t]+")
MOST_NAMED = 5
UNKNOWN = _("Nobody, or not one customer alone, is known by %(names)s.")
NUMBERS = ("at_least", "at_most")
VALUES_OF = {"level": "levels", "consent": "purposes", "custom_event": "events"}
"""Kinds whose values are chosen, and the field of the row where they are."""


def criterion_of(held: Mapping[str, Any], tenant: Tenant) -> Criterion:
    """The criterion of a row, from those fields that its kind has. Needs an open `reading`. Raises ValidationError by field."""
    kind = held["kind"]
    has = {*SHAPES[kind].needs, *SHAPES[kind].may}
    told: dict[str, Any] = {
        name: held[name] for name in ("what", "name", "wallet", "days", "first", "last") if name in has and held[name] not in (None, "")
    }
    told |= {"places": tuple(UUID(place) for place in held["places"] or ())} if "places" in has else {}
    if "values" in has:
        chosen = VALUES_OF.get(kind)
        told["values"] = tuple(held[chosen] or ()) if chosen else _several(held["values"], BETWEEN)
    if "customers" in has:
        told["customers"] = _meant(_several(held["customers"], LISTED), tenant)
    for name in NUMBERS:
        if name in has:
            told[name] = _number(held, name, tenant)
    return Criterion(kind=kind, **told)


def shown_row(one: Criterion, tenant: Tenant) -> dict[str, Any]:
    """What the fields of a row hold for a criterion. Needs an open `reading`."""
    codes = {card.side: card.code for card in cards(list(one.customers))} if one.customers else {}
    return {
        "kind": one.kind,
        "places": [str(place) for place in one.places],
        "what": one.what or "sku",
        "name": one.name,
        "values": "" if one.kind in VALUES_OF else "; ".join(one.values),
        **{name: list(one.values) if kind == one.kind else [] for kind, name in VALUES_OF.items()},
        "wallet": one.wallet or None,
        "customers": "\n".join(codes[customer] for customer in one.customers if customer in codes),
        "days": one.days,
        "first": one.first,
        "last": one.last,
    } | {name: shown_measure(one.kind, getattr(one, name), one.wallet, tenant.currency) for name in NUMBERS}


def _several(typed: str | None, between: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(part.strip() for part in between.split(typed or "") if part.strip())


def _meant(texts: tuple[str, ...], tenant: Tenant) -> tuple[UUID, ...]:
    known = holders_of(texts, tenant.id, home_region(), KINDS)
    if unknown := [text for text in texts if len(known.get(text, ())) != 1]:
        raise ValidationError({"customers": UNKNOWN % {"names": ", ".join(unknown[:MOST_NAMED])}})
    return tuple(holder for text in texts for holder in known[text])


def _number(held: Mapping[str, Any], name: str, tenant: Tenant) -> int | None:
    try:
        return measured(held["kind"], held[name] or "", held["wallet"], tenant.currency)
    except ValidationError as wrong:
        raise ValidationError({name: wrong.messages}) from None
