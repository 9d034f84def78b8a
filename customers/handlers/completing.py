"""Completing what is known of somebody."""

from __future__ import annotations

from collections.abc import Iterable

from customers.barred import reads_of_barred, refuse_barred
from customers.commands import CompleteCustomer, EditCustomer
from customers.domain.completing import lacking
from customers.domain.customer import Customer
from customers.domain.identifiers import GIVEN, IdentifierKind
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def one_customer(command: CompleteCustomer, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


def reads_of_told(command: CompleteCustomer, circumstances: Circumstances) -> Iterable[Read]:
    yield from reads_of_barred(_identifiers(command), circumstances)


@handles(CompleteCustomer, streams=one_customer, reads=reads_of_told)
def complete_customer(command: CompleteCustomer, unit: Unit) -> bool:
    customer = unit.load(Customer, command.customer_id)
    customer.refuse_absent()
    known = {name: getattr(customer.profile, name, None) or customer.identifiers.get(name) for name in command.told}  # type: ignore[call-overload]
    missing = lacking(known, command.told)
    refuse_barred({kind: text for kind, text in _identifiers(command).items() if kind in missing}, unit)
    if missing:
        unit.dispatch(EditCustomer(customer_id=customer.id, **missing))
    return bool(missing)


def _identifiers(command: CompleteCustomer) -> dict[IdentifierKind, str]:
    return {kind: command.told[kind] for kind in GIVEN if kind in command.told}
