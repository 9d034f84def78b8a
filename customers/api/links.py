"""`/api/v1/customers/{id}/links`: browsers and accounts in messengers that lead to a customer."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from customers.commands import LinkIdentifier, UnlinkIdentifier
from customers.permissions import EDIT
from loyalty.api.views import CommandView


class LinkBody(msgspec.Struct, forbid_unknown_fields=True):
    """What leads to the customer: the id that a browser keeps, or under which a page of a messenger knows an account.

    A `store_device`, which many people use, leads to nobody and is refused.
    """

    kind: Literal["browser_id", "page_scoped_id", "store_device"]
    value: str


class LinkIdentifierView(CommandView):
    """Let a browser or account lead to the customer. While it leads to another customer too, it leads to nobody."""

    permission = EDIT
    body = LinkBody

    def command(self, body: LinkBody, **path: Any) -> LinkIdentifier:
        return LinkIdentifier(customer_id=path["customer_id"], kind=body.kind, value=body.value)


class UnlinkIdentifierView(CommandView):
    """Let a browser or account lead to the customer no longer."""

    permission = EDIT
    body = LinkBody

    def command(self, body: LinkBody, **path: Any) -> UnlinkIdentifier:
        return UnlinkIdentifier(customer_id=path["customer_id"], kind=body.kind, value=body.value)
