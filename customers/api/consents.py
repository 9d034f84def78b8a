"""`/api/v1/customers/{id}/consents`, `/api/v1/me/consents`: what a customer agrees to. `…/card`: where their card is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec

from customers import queries
from customers.commands import ChangeCardState, ChangeConsents, ConsentPurpose, ConsentSource
from customers.permissions import EDIT, SEE
from loyalty.api.own import OwnOrder, OwnQuery
from loyalty.api.views import CommandView, QueryView


class ConsentAnswer(msgspec.Struct, frozen=True):
    """What a customer said last about a purpose: whether they agree, to which version of the text, where and when."""

    purpose: ConsentPurpose
    given: bool
    text_version: str
    source: ConsentSource
    changed_at: datetime


class ConsentsBody(msgspec.Struct, forbid_unknown_fields=True):
    """What they agree to (true) or no longer (false), by purpose; others stay. A new consent needs the version of its text."""

    consents: dict[ConsentPurpose, bool]
    text_version: str = ""
    source: ConsentSource = "website"


class OwnConsentsBody(msgspec.Struct, forbid_unknown_fields=True):
    """The same of oneself."""

    consents: dict[ConsentPurpose, bool]
    text_version: str = ""


class CardBody(msgspec.Struct, forbid_unknown_fields=True):
    """Where the card is: sent to the customer, or held by them."""

    state: Literal["sent", "held"]


class ConsentsView(QueryView):
    """List what a customer said about each purpose that they were asked about."""

    permission = SEE
    answer = list[ConsentAnswer]

    def ask(self, query: None, **path: Any) -> list[ConsentAnswer]:
        found = queries.consents(queries.customer(path["customer_id"]).id)
        return [ConsentAnswer(one.purpose, one.given, one.text_version, one.source, one.changed_at) for one in found]


class ChangeConsentsView(CommandView):
    """Note what a customer agrees to, or no longer."""

    method = "put"
    permission = EDIT
    body: ClassVar[Any] = ConsentsBody

    def command(self, body: Any, **path: Any) -> ChangeConsents:
        source: ConsentSource = getattr(body, "source", "app")
        return ChangeConsents(customer_id=path["customer_id"], consents=body.consents, text_version=body.text_version, source=source)


class ChangeCardView(CommandView):
    """Note where the card of a customer is."""

    method = "put"
    permission = EDIT
    body = CardBody

    def command(self, body: CardBody, **path: Any) -> ChangeCardState:
        return ChangeCardState(customer_id=path["customer_id"], state=body.state)


class OwnConsentsView(OwnQuery, ConsentsView):
    """List what one said about each purpose that one was asked about."""


class ChangeOwnConsentsView(OwnOrder, ChangeConsentsView):
    """Agree to a purpose, or no longer."""

    body = OwnConsentsBody
