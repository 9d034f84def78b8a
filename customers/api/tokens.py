"""`/api/v1/customers/{id}/tokens`: a server lets a customer's app ask for what is the customer's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from customers.commands import IssueCustomerToken, IssuedToken, RevokeCustomerToken
from customers.permissions import ISSUE_TOKENS
from customers.tokens import PREFIX, new_token
from loyalty.api.authentication import knows_tokens, row_of_token
from loyalty.api.own import OWN
from loyalty.api.views import CommandView
from loyalty.staff.models import token_hash
from loyalty.staff.principal import Principal

DAY = 24 * 60
PRINCIPAL = "select tenant_id, token_id, customer_id, side_id, language from public.customers_principal(%s)"


@knows_tokens(PREFIX)
def customer_principal(token: str) -> Principal | None:
    """The customer whose token it is; None for one that ended, and while the customer is not active."""
    row = row_of_token(PRINCIPAL, token)
    if row is None:
        return None
    tenant_id, token_id, customer_id, side_id, language = row
    actor = f"customer:{customer_id}"
    return Principal(tenant_id, actor, "customer", None, frozenset({OWN}), language, customer_id, token_id, side_id)


class TokenBody(msgspec.Struct, forbid_unknown_fields=True):
    """For how many minutes it opens anything."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=DAY)] = 15


class CustomerToken(msgspec.Struct, frozen=True):
    """A token to be handed to one customer's app. It is told in this answer only."""

    id: UUID
    token: str
    expires_at: datetime


class IssueCustomerTokenView(CommandView):
    """Issue a token with which an active customer sees and does what is their own, under `/api/v1/me`. Programs only.

    It ends at its time, when it is revoked, when the customer is deactivated or erased, and with the token of the program.
    """

    permission = ISSUE_TOKENS
    callers = frozenset({"token"})
    body = TokenBody
    answer = CustomerToken
    status = 201

    def command(self, body: TokenBody, **path: Any) -> IssueCustomerToken:
        self.text = new_token()
        return IssueCustomerToken(customer_id=path["customer_id"], hash=token_hash(self.text), minutes=body.minutes)

    def present(self, result: IssuedToken) -> CustomerToken:
        return CustomerToken(result.token_id, self.text, result.expires_at)


class RevokeCustomerTokenView(CommandView):
    """Let a token open nothing from now on. Programs only."""

    permission = ISSUE_TOKENS
    callers = frozenset({"token"})

    def command(self, body: None, **path: Any) -> RevokeCustomerToken:
        return RevokeCustomerToken(customer_id=path["customer_id"], token_id=path["token_id"])
