"""`/api/v1/me/sessions`: where a customer is signed in, and the end of that."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from customers.commands import RevokeCustomerToken
from customers.sessions import sessions
from loyalty.api.own import OwnView
from loyalty.api.paging import Page
from loyalty.api.views import CommandView, QueryView


class SessionAnswer(msgspec.Struct, frozen=True):
    """Somewhere the customer is signed in. `device` is empty for what a program was let in with; `current` is the one that asks."""

    id: UUID
    device: str
    started_at: datetime
    last_used: date | None
    expires_at: datetime
    current: bool


class SessionsView(OwnView, QueryView):
    """Show where I am signed in."""

    answer = Page[SessionAnswer]

    def ask(self, query: None, **path: Any) -> Page[SessionAnswer]:
        mine = self.principal.session_id
        return Page(
            [SessionAnswer(s.id, s.device, s.started_at, s.last_used, s.expires_at, s.id == mine) for s in sessions(self.customer_id)]
        )


class EndSessionView(OwnView, CommandView):
    """End a session: sign out, here or there. It opens nothing from now on."""

    def command(self, body: None, **path: Any) -> RevokeCustomerToken:
        return RevokeCustomerToken(customer_id=self.customer_id, token_id=path["session_id"])
