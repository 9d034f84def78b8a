"""Handlers of what links to customers."""

from __future__ import annotations

from collections.abc import Iterable

from customers import links
from customers.commands import LinkIdentifier, UnlinkIdentifier
from customers.domain.customer import Customer
from customers.domain.identifiers import normal_link
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def one_customer(command: LinkIdentifier | UnlinkIdentifier, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(LinkIdentifier, streams=one_customer)
def link_identifier(command: LinkIdentifier, unit: Unit) -> None:
    kind, value = normal_link(command.kind, command.value)
    if unit.load(Customer, command.customer_id).link(kind, value, unit.now):
        links.link(unit, command.customer_id, kind, value)


@handles(UnlinkIdentifier, streams=one_customer)
def unlink_identifier(command: UnlinkIdentifier, unit: Unit) -> None:
    kind, value = normal_link(command.kind, command.value)
    unit.load(Customer, command.customer_id).unlink(kind, value, unit.now)
    links.unlink(unit, command.customer_id, kind, value)
