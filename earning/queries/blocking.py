"""Why an account is blocked: what was said when it was, as its event holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from earning.events import AccountBlocked
from earning.models import Account
from earning.queries.accounts import accounts_joined
from earning.queries.here import tenant_here
from earning.streams import WALLET
from loyalty.domain.event import Recorded
from loyalty.eventstore import store


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocking:
    """Since when an account is blocked, by whom, and why (free text about a person; ERASED with them)."""

    since: datetime
    reason: str
    blocked_by: str


def blockings(customer_id: UUID, wallet: str = WALLET) -> list[Blocking]:
    """Why a customer's account, and those that it is one with, are blocked; empty where none is. The longest first."""
    joined = accounts_joined(customer_id, wallet)
    blocked = list(Account.objects.filter(tenant_id=tenant_here(), id__in=joined, blocked=True).values_list("id", flat=True))
    return sorted(map(_blocking, store.last_named(blocked, AccountBlocked) if blocked else []), key=lambda one: one.since)


def _blocking(last: Recorded[Any]) -> Blocking:
    return Blocking(since=last.event.blocked_at, reason=last.event.reason, blocked_by=last.metadata.actor)
