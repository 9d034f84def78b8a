"""The guard of guesses: so many tries on a business day that a mistake can be put right, too few to find out who is there.

Plain rows of the write side: no fact says of them, so `verify_guards` only tells whether they can be. They name nobody but by id, and
go when their day is long over.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import connection

from earning.poolbook import sides_of
from loyalty.bus import Unit
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading

Guess = Literal["receipt", "transfer"]
"""What is guessed at: a receipt that may be claimed, somebody who may receive points."""
TRIES_A_DAY = 5
KEPT = timedelta(days=7)
TRY = """insert into earning_attempts as t (tenant_id, customer_id, guess, day, tried) values (%s, %s, %s, %s, 1)
    on conflict (tenant_id, customer_id, guess, day) do update set tried = t.tried + 1 where t.tried < %s returning tried"""
GIVE_BACK = """update earning_attempts set tried = tried - 1
    where tenant_id = %s and customer_id = %s and guess = %s and day = %s and tried > 0"""
FORGET_OLD = "delete from earning_attempts where tenant_id = %s and day < %s"


def count_try(guess: Guess, customer_id: UUID, day: date, unit: Unit) -> None:
    """Raises DomainError `earning.receipt_tries_used_up` or `earning.transfer_tries_used_up` (param most) when none is left.

    All who turned out to be one customer have the same tries. A refusal later on would undo the try.
    """
    whose = sides_of(unit, customer_id).customer_id
    if not unit.execute(TRY, (unit.tenant_id, whose, guess, day, TRIES_A_DAY)):
        raise DomainError(f"earning.{guess}_tries_used_up", most=TRIES_A_DAY)


def give_back_try(guess: Guess, customer_id: UUID, day: date, unit: Unit) -> None:
    """It found nothing out that was not paid for."""
    unit.execute(GIVE_BACK, (unit.tenant_id, sides_of(unit, customer_id).customer_id, guess, day))


def forget_old_attempts(tenant_id: int, now: datetime) -> int:
    """Delete those of days long over; answers with the number of rows."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET_OLD, [tenant_id, (now - KEPT).date()])
        return int(cursor.rowcount)
