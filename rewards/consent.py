"""The customer's consent to spend their points: what only they can show."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied

from customers.commands import SpendByMemberCode, SpendingAction
from customers.queries import sides
from loyalty.bus import Unit
from loyalty.domain.errors import DomainError, NotFound
from loyalty.staff.principal import Principal
from rewards.permissions import REDEEM, REDEEM_UNASKED

MISSING = "rewards.consent_missing"


def shown_by_whom(principal: Principal, shown: str) -> str:
    """What was shown to somebody who wants to spend points of a customer: "" from who may do without it.

    Raises DomainError `rewards.consent_missing` from others, PermissionDenied from who may not redeem at all.
    """
    may_unasked = principal.may(REDEEM_UNASKED)
    if not may_unasked and not principal.may(REDEEM):
        raise PermissionDenied
    if not shown.strip() and not may_unasked:
        raise DomainError(MISSING, field="shown")
    return shown.strip()


def refuse_without_consent(
    unit: Unit, shown: str, customer_id: UUID, action: SpendingAction, points: int, pos_id: UUID | None, instead_of: UUID | None = None
) -> None:
    """Where something was shown, it must be of this customer, and is good for this command alone from now on.

    Raises DomainError `rewards.consent_unknown` for what is none, `rewards.consent_of_another`, `rewards.consent_not_given` for a code that
    says only who they are, and those of `customers.commands.SpendByMemberCode`, all at the field "shown".
    """
    if not shown:
        return
    try:
        by = unit.dispatch(SpendByMemberCode(text=shown, action=action, points=points, pos_id=pos_id, instead_of=instead_of))
    except NotFound:
        raise DomainError("rewards.consent_unknown", field="shown") from None
    except DomainError as refusal:
        refusal.field = "shown"
        raise
    if by.customer_id not in sides(customer_id):
        raise DomainError("rewards.consent_of_another", field="shown")
    if not by.agrees:
        raise DomainError("rewards.consent_not_given", field="shown")
