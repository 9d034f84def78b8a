"""Who a customer is, where a code is not enough: they say a second fact, or staff know them."""

from __future__ import annotations

from collections.abc import Iterable

from customers.budgets import fact_key, fact_keys_of, forget_counts
from customers.commands import ConfirmCustomer, SayFact
from customers.domain.challenge import KINDS
from customers.domain.customer import Customer
from customers.whole import absorbed_by, opened, whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def one_customer(command: SayFact | ConfirmCustomer, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(SayFact, streams=one_customer)
def say_fact(command: SayFact, unit: Unit) -> None:
    survivor = whole(unit, command.customer_id)
    survivor.say_fact(command.fact, unit.now)
    _let_say_anew(survivor, unit)


@handles(ConfirmCustomer, streams=one_customer)
def confirm_customer(command: ConfirmCustomer, unit: Unit) -> None:
    survivor = whole(unit, command.customer_id)
    survivor.confirm(unit.now)
    _let_say_anew(survivor, unit)


def _let_say_anew(survivor: Customer, unit: Unit) -> None:
    """Nobody waits any more because something else was said of them, or of who was merged into them."""
    for side in [survivor, *(opened(unit, side_id) for side_id in absorbed_by(unit, survivor.id))]:
        theirs = [(kind, side.identifiers[kind]) for kind in KINDS if kind in side.identifiers]
        keys = [key for kind, value in theirs for key in fact_keys_of(kind, value, unit.tenant_id)]
        forget_counts(unit, [fact_key(side.id, unit.tenant_id), *keys])
