"""What accounts would have, had their customers never been one with others: from the log, for a command as for who decides on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from earning.domain.account import Account
from earning.domain.parting import Apart, Policies
from earning.streams import account_of
from loyalty.eventstore import store


def apart(
    tenant_id: int, since: Mapping[UUID, int], wallet: str, policies: Policies, now: datetime, there: Iterable[Account] = ()
) -> Mapping[UUID, Account]:
    """The accounts, by id, of customers who stay one, by themselves: `since` says for each customer after which position of the log they
    were one with others. What is pending of those that are `there` has happened, too. Needs an open transaction of the tenant.
    """
    ids = {account_of(customer_id, tenant_id, wallet): position for customer_id, position in since.items()}
    events = sorted((one for account_id in ids for one in store.load(account_id)), key=attrgetter("position"))
    pending = [event for one in there if one.id in ids for event in one.pending]
    return Apart(ids, policies).take(events, pending, now)
