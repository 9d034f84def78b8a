"""Where gifts are sent, and how they are found at their carriers; of who is erased nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from customers.events import CustomerErased
from loyalty.domain.event import ERASED, Recorded
from loyalty.projections.projection import Projection, Statement
from rewards.events import GiftOrdered, GiftReaddressed, GiftShipped
from rewards.sealing import sealed

ADDRESS = """insert into rewards_gift (tenant_id, id, customer_id, recipient, phone, address, carrier, position)
    values (%s, %s, %s, %s, %s, %s, '', %s)
    on conflict (tenant_id, id) do update set recipient = excluded.recipient, phone = excluded.phone, address = excluded.address,
        position = excluded.position"""
SHIP = "update rewards_gift set carrier = %s, tracking_number = %s, position = %s where tenant_id = %s and id = %s"
FORGET = "delete from rewards_gift where tenant_id = %s and customer_id = %s"


class Gifts(Projection):
    """One row for each gift that is sent."""

    name = "rewards.gifts"
    events = (GiftOrdered, GiftReaddressed, GiftShipped, CustomerErased)
    tables = ("rewards_gift",)
    inline = True

    def key(self, recorded: Recorded[Any]) -> UUID | str:
        return str(recorded.event.customer_id)

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            event, tenant_id = recorded.event, recorded.tenant_id
            match event:
                case CustomerErased():
                    yield FORGET, (tenant_id, event.customer_id)
                case GiftShipped():
                    found = _ciphertext(event.tracking_number, "tracking_number", recorded)
                    carrier = "" if event.carrier is ERASED else event.carrier
                    yield SHIP, (carrier, found, recorded.position, tenant_id, event.coupon_id)
                case _ if event.address is not ERASED:
                    told = [_ciphertext(getattr(event, name), name, recorded) for name in ("recipient", "phone", "address")]
                    yield ADDRESS, (tenant_id, event.coupon_id, event.customer_id, *told, recorded.position)


def _ciphertext(text: str, field: str, recorded: Recorded[Any]) -> bytes | None:
    return sealed(text, field, recorded.tenant_id, recorded.event.coupon_id) if text and text is not ERASED else None
