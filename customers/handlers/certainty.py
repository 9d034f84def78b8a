"""Who a customer is, where a code is not enough: they say a second fact, or staff know them."""

from __future__ import annotations

from collections.abc import Iterable

from customers.commands import ConfirmCustomer, SayFact
from customers.domain.customer import Customer
from customers.whole import whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def one_customer(command: SayFact | ConfirmCustomer, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(SayFact, streams=one_customer)
def say_fact(command: SayFact, unit: Unit) -> None:
    whole(unit, command.customer_id).say_fact(command.fact, unit.now)


@handles(ConfirmCustomer, streams=one_customer)
def confirm_customer(command: ConfirmCustomer, unit: Unit) -> None:
    whole(unit, command.customer_id).confirm(unit.now)
