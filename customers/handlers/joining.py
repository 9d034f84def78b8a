"""How somebody joins at a till: the code that came to their phone is told to the seller."""

from __future__ import annotations

from uuid import UUID

from customers import challenges
from customers.budgets import fact_keys_of, forget_counts
from customers.claims import holder_of
from customers.commands import ChangeConsents, JoinByCode, Joined, ProvePhone, RegisterCustomer, ShownBy
from customers.domain.customer import Customer
from customers.handlers.holding import holder_shown
from customers.queries.doors import doors
from customers.standing import has_more_than
from customers.whole import whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.errors import Conflict, called


@handles(JoinByCode, streams=lambda command, circumstances: ())
def join_by_code(command: JoinByCode, unit: Unit) -> Joined:
    _kind, phone = challenges.spend(unit, command.challenge_id, "till", None, command.code)
    settled, registered = doors(), False
    customer_id, fact = holder_shown(unit, ("phone", phone), command.fact, command.anew, settled)
    if customer_id is None:
        customer_id, registered = _registered(unit, command, phone)
    shown = unit.dispatch(ProvePhone(customer_id=customer_id, phone=phone, fact=fact, fact_above=settled.fact_above))
    agreed = {"consents": {"terms": True}, "text_version": command.terms_version}
    with called(text_version="terms_version"):
        unit.dispatch(ChangeConsents(customer_id=shown.customer_id, source="till", **agreed))  # type: ignore[arg-type]
    return Joined(shown.customer_id, shown.code, registered)


@handles(ProvePhone, streams=lambda command, circumstances: [StreamRef(Customer, command.customer_id)])
def prove_phone(command: ProvePhone, unit: Unit) -> ShownBy:
    first = unit.load(Customer, command.customer_id).prove("phone", command.phone, unit.now)
    survivor = whole(unit, command.customer_id)
    if command.fact is not None:
        survivor.say_fact(command.fact, unit.now)
        forget_counts(unit, fact_keys_of("phone", command.phone, unit.tenant_id))
    elif first and has_more_than(unit, survivor.id, command.fact_above):
        survivor.ask_fact(unit.now)
    return ShownBy(survivor.id, survivor.code)


def _registered(unit: Unit, command: JoinByCode, phone: str) -> tuple[UUID, bool]:
    """The new customer; or who joined with the same phone in this moment."""
    told = RegisterCustomer(
        first_name=command.first_name,
        last_name=command.last_name,
        phone=phone,
        language=command.language,
        pos_id=command.pos_id,
        seller_id=command.seller_id,
    )
    try:
        return unit.attempt(told).customer_id, True
    except Conflict:
        if (holder := holder_of(unit, "phone", phone)) is None:
            raise
        return holder, False
