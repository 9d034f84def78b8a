"""What a customer asks and does with a token of their own: nobody's but theirs, and open to nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from loyalty.api.views import ApiView, CommandView, QueryView

OWN = "customer.own"
"""Held by every customer's token, by no role."""


class OwnView(ApiView):
    """For the customer who calls."""

    permission = OWN
    callers = frozenset({"customer"})

    @property
    def customer_id(self) -> UUID:
        """Whose token it is."""
        assert self.principal.customer_id is not None
        return self.principal.customer_id

    @property
    def side_id(self) -> UUID:
        """By whom they came: what they earn and spend is charged to the points of that side, though it is theirs who stands for both."""
        assert self.principal.side_id is not None
        return self.principal.side_id

    @property
    def session_id(self) -> UUID:
        """By which token they call."""
        assert self.principal.session_id is not None
        return self.principal.session_id


class OwnQuery(OwnView, QueryView):
    """Mixed in before a question about the customer in the address: there it is who calls."""

    def ask(self, query: Any, **path: Any) -> Any:
        return super().ask(query, **path, customer_id=self.customer_id)


class OwnOrder(OwnView, CommandView):
    """Mixed in before an order about the customer in the address: there it is who calls."""

    def command(self, body: Any, **path: Any) -> Any:
        return super().command(body, **path, customer_id=self.customer_id)
