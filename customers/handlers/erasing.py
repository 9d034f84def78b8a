"""Forgetting who somebody is."""

from __future__ import annotations

from collections.abc import Iterable

from customers import challenges, proof
from customers.alerts import proven_of, tell
from customers.barred import bar
from customers.commands import EraseByCode, EraseCustomer, EraseOneself, EraseReason
from customers.domain.customer import Customer
from customers.domain.memberships import Memberships, memberships_id
from customers.whole import absorbed_by, opened, whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.erasure import Person, erase_person


def one_person(command: EraseCustomer | EraseByCode | EraseOneself, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)
    yield StreamRef(Memberships, memberships_id(circumstances.tenant_id, command.customer_id))


@handles(EraseCustomer, streams=one_person)
def erase_customer(command: EraseCustomer, unit: Unit) -> None:
    """All who turned out to be one with them are: it is one person."""
    unit.load(Customer, command.customer_id).refuse_absent()
    survivor = whole(unit, command.customer_id)
    if command.reason == "own":
        survivor.refuse_asked()
    for customer_id in absorbed_by(unit, survivor.id):
        _erase(opened(unit, customer_id), command.reason, None, unit)
    _erase(survivor, command.reason, command.code, unit)


@handles(EraseOneself, streams=one_person)
def erase_oneself(command: EraseOneself, unit: Unit) -> None:
    customer = unit.load(Customer, command.customer_id)
    customer.refuse_inactive()
    customer.refuse_asked()
    proof.demand(unit, (customer.id, *absorbed_by(unit, customer.id)), command.session_id)
    unit.dispatch(EraseCustomer(customer_id=customer.id, reason="own", code=command.code))


@handles(EraseByCode, streams=one_person)
def erase_by_code(command: EraseByCode, unit: Unit) -> None:
    challenges.spend(unit, command.challenge_id, "erase", command.customer_id, command.code)
    customer = unit.load(Customer, command.customer_id)
    customer.refuse_inactive()
    customer.refuse_asked()
    unit.dispatch(EraseCustomer(customer_id=customer.id, reason="own", code=customer.code))


def _erase(customer: Customer, reason: EraseReason, confirmed: str | None, unit: Unit) -> None:
    held = dict(customer.identifiers)
    former = set(customer.former)
    person = Person(unit.tenant_id, customer.id, {"code": customer.code} | {str(kind): text for kind, text in held.items()}, former)
    language, addresses = customer.profile.language, proven_of(customer)
    customer.erase(reason, confirmed, unit.now)
    segments = StreamRef(Memberships, memberships_id(unit.tenant_id, customer.id))
    if not unit.has(segments.id):
        unit.open([segments])
    unit.load(Memberships, segments.id).leave_all(customer.id, "erased", unit.now)
    bar(unit, {*held.items(), *former})
    erase_person(unit, person)
    tell(unit, "erased", customer.id, language, addresses)
