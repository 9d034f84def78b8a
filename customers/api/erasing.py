"""`/api/v1/customers/{id}/erase` and `/api/v1/me/erase`: forgetting who somebody is, for good."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from customers.commands import EraseCustomer, EraseOneself
from customers.permissions import ERASE
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView


class EraseBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why: they asked for it, were registered by mistake, or their time was over (duty). `code` is the customer's, as confirmation."""

    reason: Literal["asked", "mistake", "duty"]
    code: str


class OwnEraseBody(msgspec.Struct, forbid_unknown_fields=True):
    """The customer's own code, as confirmation."""

    code: str


class EraseCustomerView(CommandView):
    """Forget who a customer is, for good. Remaining points end; purchases stay in the books without a name."""

    permission = ERASE
    body = EraseBody

    def command(self, body: EraseBody, **path: Any) -> EraseCustomer:
        return EraseCustomer(customer_id=path["customer_id"], reason=body.reason, code=body.code)


class EraseMeView(OwnView, CommandView):
    """Be forgotten, for good. Remaining points end, and the token opens nothing any more. Show lately that it is you (`me/proof`)."""

    body = OwnEraseBody

    def command(self, body: OwnEraseBody, **path: Any) -> EraseOneself:
        return EraseOneself(customer_id=self.customer_id, session_id=self.session_id, code=body.code)
