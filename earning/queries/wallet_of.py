"""In which wallet something was done that is named by its id alone."""

from __future__ import annotations

from uuid import UUID

from earning.models import Account, Hold, Movement
from earning.queries.accounts import accounts_joined
from earning.queries.here import tenant_here
from earning.streams import WALLET
from earning.walletbook import wallets_here


def wallet_of_hold(customer_id: UUID, hold_id: UUID) -> str:
    """The wallet in which points of a customer were kept aside under this id; `points` where there are none."""
    held = Hold.objects.filter(tenant_id=tenant_here(), id=hold_id, account_id__in=_accounts(customer_id))
    return _wallet_of(held.values_list("account_id", flat=True).first())


def wallet_of_spending(customer_id: UUID, spend_id: UUID) -> str:
    """The wallet of which points of a customer were spent under this id; `points` where there are none."""
    rows = Movement.objects.filter(tenant_id=tenant_here(), account_id__in=_accounts(customer_id))
    spent = rows.filter(operation_id=spend_id, kind=Movement.Kind.SPENT)
    return _wallet_of(spent.values_list("account_id", flat=True).first())


def _accounts(customer_id: UUID) -> list[UUID]:
    return [account_id for code in wallets_here().codes for account_id in accounts_joined(customer_id, code)]


def _wallet_of(account_id: UUID | None) -> str:
    if account_id is None:
        return WALLET
    return Account.objects.filter(tenant_id=tenant_here(), id=account_id).values_list("wallet", flat=True).get()
