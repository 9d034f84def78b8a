"""Sales as tills print them, and in parts that fit into a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from earning.commands import RecordPurchase, ReturnGoods

T = TypeVar("T")


def numbered(sales: Iterable[RecordPurchase]) -> list[RecordPurchase]:
    """Receipt numbers as a till would print them: the shop, the day, and a running number."""
    running: dict[str, int] = {}
    found = []
    for sale in sales:
        day = f"{sale.document_number}-{sale.purchased_at:%y%m%d}"
        running[day] = running.get(day, 0) + 1
        found.append(replace(sale, document_number=f"{day}-{running[day]:03}"))
    return found


def taken_back(sale: RecordPurchase, purchase_id: UUID, number: str, at: datetime) -> ReturnGoods:
    """All that was sold comes back to where it was bought."""
    return ReturnGoods(
        purchase_id=purchase_id,
        customer_id=sale.customer_id,
        merchant_id=sale.merchant_id,
        pos_id=sale.pos_id,
        document_scope=sale.document_scope,
        document_number=number,
        returned_at=at,
        zone=sale.zone,
    )


def batches(deeds: Iterable[T], most: int) -> Iterator[list[T]]:
    """The same in parts of `most` at most."""
    stream = iter(deeds)
    while batch := list(islice(stream, most)):
        yield batch
