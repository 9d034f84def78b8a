"""The slip of a sale: the number and time that it got when its form was first sent. Sent again, it is the same sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.utils import CursorWrapper

from loyalty.domain.period import business_day
from loyalty.tenancy import reading
from pos.queries import SalePlace

OWN = "TILL-"
"""Numbers that begin so are drawn by tills. Whatever else took one first, the till draws the next."""
KEPT = timedelta(days=30)
FIND = "select number, at from pos_till_slip where tenant_id = %s and command_id = %s"
KEEP = """insert into pos_till_slip (tenant_id, command_id, pos_id, number, at) values (%s, %s, %s, %s, %s)
    on conflict (tenant_id, command_id) do nothing"""
REPLACE = "update pos_till_slip set number = %s where tenant_id = %s and command_id = %s and number = %s"
DRAW = """insert into pos_till_counter as c (tenant_id, pos_id, day, drawn) values (%s, %s, %s, 1)
    on conflict (tenant_id, pos_id, day) do update set drawn = c.drawn + 1 returning drawn"""
FORGET = "delete from pos_till_slip where tenant_id = %s and at < %s"


@dataclass(frozen=True, slots=True)
class Slip:
    """`number` is that of the document, `at` when it was sold."""

    number: str
    at: datetime


def slip_for(tenant_id: int, place: SalePlace, command_id: UUID, number: str, now: datetime) -> Slip:
    """The slip of the sale `command_id`, in a transaction of its own: what it was the first time, or a new one.

    Without a `number` the till draws the next of the day: "TILL-CAFE-1-260307-0012".
    """
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FIND, [tenant_id, command_id])
        known = cursor.fetchone()
        if known is None:
            number = number or _drawn(cursor, tenant_id, place, now)
            cursor.execute(KEEP, [tenant_id, command_id, place.pos_id, number, now])
            # The same form sent twice at once: the insert has waited for the other, and its slip stands.
            cursor.execute(FIND, [tenant_id, command_id])
            known = cursor.fetchone()
    return Slip(*known)


def draw_again(tenant_id: int, place: SalePlace, command_id: UUID, taken: Slip) -> None:
    """Put the next number on the slip of the sale `command_id`: another document has the one that was drawn for it.

    Where the same form was sent twice at once, the first to say so has done it.
    """
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(REPLACE, [_drawn(cursor, tenant_id, place, taken.at), tenant_id, command_id, taken.number])


def _drawn(cursor: CursorWrapper, tenant_id: int, place: SalePlace, at: datetime) -> str:
    day = business_day(at, ZoneInfo(place.zone))
    cursor.execute(DRAW, [tenant_id, place.pos_id, day])
    return f"{OWN}{place.pos_code}-{day:%y%m%d}-{cursor.fetchone()[0]:04}"


def forget_old_slips(tenant_id: int, now: datetime) -> int:
    """Delete slips whose forms nobody can send again; answers with their number."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, now - KEPT])
        return int(cursor.rowcount)
