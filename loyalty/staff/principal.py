"""Who asks, once they are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from loyalty.staff.permissions import EVERYTHING

Kind = Literal["staff", "token", "customer", "visitor"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody signed in, a program with a token, a customer who asks for what is their own, or a visitor of whom nothing is known yet.

    `actor` is what events keep: "staff:<user id>", "token:<token id>" for a program, "customer:<customer id>", or "visitor".
    `permissions` are names; "*" stands for all. `language` is the reader's own choice or "". `customer_id` stands for whom the session was
    opened for, `side_id`: another one only after a merge.
    """

    tenant_id: int
    actor: str
    kind: Kind
    user_id: UUID | None
    permissions: frozenset[str]
    language: str = ""
    customer_id: UUID | None = None
    session_id: UUID | None = None
    side_id: UUID | None = None

    is_authenticated = True
    """Django REST framework asks for it."""

    def may(self, permission: str) -> bool:
        """Whether the principal holds `permission` ("context.what")."""
        return EVERYTHING in self.permissions or permission in self.permissions
