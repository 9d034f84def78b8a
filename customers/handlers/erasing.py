"""Forgetting who somebody is."""

from __future__ import annotations

from collections.abc import Iterable

from customers.barred import bar
from customers.commands import EraseCustomer
from customers.domain.customer import Customer
from customers.domain.memberships import Memberships, memberships_id
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.erasure import Person, erase_person


def one_person(command: EraseCustomer, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)
    yield StreamRef(Memberships, memberships_id(circumstances.tenant_id, command.customer_id))


@handles(EraseCustomer, streams=one_person)
def erase_customer(command: EraseCustomer, unit: Unit) -> None:
    customer = unit.load(Customer, command.customer_id)
    held = dict(customer.identifiers)
    former = set(customer.former)
    person = Person(unit.tenant_id, customer.id, {"code": customer.code} | {str(kind): text for kind, text in held.items()}, former)
    customer.erase(command.reason, command.code, unit.now)
    unit.load(Memberships, memberships_id(unit.tenant_id, customer.id)).leave_all(customer.id, "erased", unit.now)
    bar(unit, {*held.items(), *former})
    erase_person(unit, person)
