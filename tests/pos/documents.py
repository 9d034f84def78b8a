"""Sales of several lines at a till, and how their goods come back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from earning.commands import Line, RecordPurchase, Thousandths
from loyalty.tenancy import reading
from pos.queries import places_of
from tests.pos.counter import HTMX, Till
from tests.pos.given import say


def sell(till: Till, *lines: Line, number: str = "HD-7", customer: bool = True) -> UUID:
    """A sale of just now at this till: two coffees and a cake, unless told otherwise."""
    with reading(till.tenant.id):
        (place,) = places_of(till.seller.id)
    given = lines or (Line(total=90_000, quantity=Thousandths(2000), name="Cà phê sữa"), Line(total=30_000, name="Bánh"))
    command = RecordPurchase(
        customer_id=till.customer_id if customer else None, merchant_id=place.merchant_id, pos_id=place.pos_id,
        document_scope=place.document_scope, document_number=number, purchased_at=datetime.now(UTC), zone=place.zone,
        currency=place.currency, total=sum(line.total for line in given), lines=given,
    )  # fmt: skip
    return UUID(str(say(till.tenant, command).purchase_id))


def take_back(till: Till, purchase_id: UUID, client: Any = None, **told: str) -> Any:
    told = {"once": str(uuid4())} | told
    return (client or till.client).post(till.at("till-return", purchase_id), told, headers=HTMX)


def returns(till: Till) -> list[Any]:
    return till.rows("select jsonb_array_length(returns), state, kept, points from earning_purchase where tenant_id = %s order by position")
