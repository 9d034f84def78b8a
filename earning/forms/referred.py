"""What a receipt says of a customer: by it a purchase finds its customer, now or later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from customers.queries import home_region, normal_identifier
from earning import queries
from earning.domain.references import KINDS, Reference, ReferenceKind, in_order
from earning.wording import REFERENCES
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message

LONGEST = 254
INPUTS: dict[ReferenceKind, dict[str, str]] = {"phone": {"inputmode": "tel"}, "email": {"inputmode": "email"}}
FIELDS: dict[str, ReferenceKind] = {f"receipt_{kind}": kind for kind in KINDS}


def fields() -> dict[str, forms.Field]:
    """A field for each kind of reference that the programme tries, by its name on the form. Needs an open `reading`."""
    order = queries.matching_order()
    return {name: _field(kind) for name, kind in FIELDS.items() if kind in order}


def typed_in(told: Mapping[str, Any]) -> list[str]:
    """The names of the fields that hold something."""
    return [name for name in FIELDS if told.get(name)]


def given(told: Mapping[str, Any]) -> tuple[tuple[Reference, ...], dict[str, ValidationError]]:
    """What was typed, the first to be tried first, and what is wrong with it by field. Needs an open `reading`."""
    found: list[Reference] = []
    wrong: dict[str, ValidationError] = {}
    region = home_region()
    for name in typed_in(told):
        kind = FIELDS[name]
        try:
            found.append(Reference(kind, normal_identifier(kind, told[name], region)))
        except DomainError as refusal:
            wrong[name] = ValidationError(message(refusal))
    return in_order(found, queries.matching_order()), wrong


def _field(kind: ReferenceKind) -> forms.Field:
    widget = forms.TextInput(attrs={"autocomplete": "off"} | INPUTS.get(kind, {}))
    return forms.CharField(label=REFERENCES[kind], max_length=LONGEST, required=False, widget=widget)
