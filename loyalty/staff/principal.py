"""Who asks, once they are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from loyalty.staff.permissions import EVERYTHING


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody signed in, or a program with a token.

    `actor` is what events keep: "staff:<user id>", or "token:<token id>" for a program. `permissions` are names;
    "*" stands for all. `language` is the reader's own choice or "".
    """

    tenant_id: int
    actor: str
    kind: Literal["staff", "token"]
    user_id: UUID | None
    permissions: frozenset[str]
    language: str = ""

    is_authenticated = True
    """Django REST framework asks for it."""

    def may(self, permission: str) -> bool:
        """Whether the principal holds `permission` ("context.what")."""
        return EVERYTHING in self.permissions or permission in self.permissions
