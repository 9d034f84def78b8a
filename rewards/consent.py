"""The customer's consent to spend their points: what only they can show."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import PermissionDenied

from customers.commands import ReadMemberCode, ShownBy
from loyalty.domain.errors import DomainError
from loyalty.staff.principal import Principal
from rewards.permissions import REDEEM, REDEEM_UNASKED


def check_consent(principal: Principal, customer_id: UUID, shown: str, read: Callable[[ReadMemberCode], ShownBy]) -> None:
    """Somebody wants to spend points of a customer, who has shown this code; `read` gives the order to read it.

    Raises DomainError `rewards.consent_missing` from who may not do without, `rewards.consent_of_another`, `rewards.consent_not_given`
    for a code that says only who they are, and those of `customers.commands.ReadMemberCode`, all at the field "shown"; PermissionDenied
    from who may not redeem at all.
    """
    may_unasked = principal.may(REDEEM_UNASKED)
    if not may_unasked and not principal.may(REDEEM):
        raise PermissionDenied
    if not shown.strip():
        if not may_unasked:
            raise DomainError("rewards.consent_missing", field="shown")
        return
    try:
        by = read(ReadMemberCode(text=shown))
    except DomainError as refusal:
        refusal.field = "shown"
        raise
    if by.customer_id != customer_id:
        raise DomainError("rewards.consent_of_another", field="shown")
    if not by.agrees:
        raise DomainError("rewards.consent_not_given", field="shown")
