"""Tries that a customer has on a business day: so many that a mistake can be put right, too few to find out who is there."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from loyalty.bus import Unit
from loyalty.domain.errors import DomainError

TRIES_A_DAY = 5
RECEIPTS, TRANSFERS = "earning_receipt_tries", "earning_transfer_tries"
TRY = """insert into {0} as t (tenant_id, customer_id, day, tried) values (%s, %s, %s, 1)
    on conflict (tenant_id, customer_id, day) do update set tried = t.tried + 1 where t.tried < %s returning tried"""
GIVE_BACK = "update {0} set tried = tried - 1 where tenant_id = %s and customer_id = %s and day = %s and tried > 0"


def count_try(table: str, customer_id: UUID, day: date, unit: Unit, used_up: str) -> None:
    """Raises DomainError `used_up` (param most) when none is left. A refusal later on would undo the try."""
    if not unit.execute(TRY.format(table), (unit.tenant_id, customer_id, day, TRIES_A_DAY)):
        raise DomainError(used_up, most=TRIES_A_DAY)


def give_back_try(table: str, customer_id: UUID, day: date, unit: Unit) -> None:
    """It found nothing out that was not paid for."""
    unit.execute(GIVE_BACK.format(table), (unit.tenant_id, customer_id, day))
