"""What was left when points were spent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from earning.models import Movement
from earning.queries.here import tenant_here
from earning.streams import account_of

Spending = tuple[UUID, str, datetime]
"""Who spent, of which wallet, and when."""


def balances_after(spendings: Iterable[Spending]) -> dict[Spending, int]:
    """The balance of the spender's own account in that wallet, as its statement has it after the spending; all in one question."""
    tenant_id = tenant_here()
    wanted = {(account_of(one[0], tenant_id, one[1]), one[2]): one for one in spendings}
    rows = Movement.objects.filter(
        tenant_id=tenant_id,
        account_id__in={account for account, _ in wanted},
        kind=Movement.Kind.SPENT,
        effective_at__in={at for _, at in wanted},
    )
    found = rows.order_by("position").values_list("account_id", "effective_at", "balance")
    return {wanted[account, at]: balance for account, at, balance in found if (account, at) in wanted}
