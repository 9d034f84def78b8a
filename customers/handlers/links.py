"""Handlers of what links to customers."""

from __future__ import annotations

from collections.abc import Iterable

from customers import links
from customers.commands import LinkIdentifier, UnlinkIdentifier
from customers.domain.customer import Customer
from customers.domain.identifiers import normal_link
from customers.whole import absorbed_by, opened, whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def one_customer(command: LinkIdentifier | UnlinkIdentifier, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(LinkIdentifier, streams=one_customer)
def link_identifier(command: LinkIdentifier, unit: Unit) -> None:
    kind, value = normal_link(command.kind, command.value)
    customer = whole(unit, command.customer_id)
    if customer.link(kind, value, unit.now):
        links.link(unit, customer.id, kind, value)


@handles(UnlinkIdentifier, streams=one_customer)
def unlink_identifier(command: UnlinkIdentifier, unit: Unit) -> None:
    kind, value = normal_link(command.kind, command.value)
    """It may lead to somebody who was merged into them."""
    survivor = whole(unit, command.customer_id)
    sides = [survivor, *(opened(unit, one) for one in absorbed_by(unit, survivor.id))]
    customer = next((one for one in sides if (kind, value) in one.links), survivor)
    customer.unlink(kind, value, unit.now)
    links.unlink(unit, customer.id, kind, value)
