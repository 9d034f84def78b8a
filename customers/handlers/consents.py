"""What customers agree to, and where their cards are."""

from __future__ import annotations

from collections.abc import Iterable

from customers.commands import ChangeCardState, ChangeConsents
from customers.domain.consents import Consents, consents_id
from customers.domain.customer import Customer
from customers.whole import whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def one_customer(command: ChangeCardState, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


def one_person(command: ChangeConsents, circumstances: Circumstances) -> Iterable[StreamRef]:
    """The customer too, so that nobody who is erased meanwhile agrees to anything."""
    yield StreamRef(Customer, command.customer_id)
    yield StreamRef(Consents, consents_id(circumstances.tenant_id, command.customer_id))


@handles(ChangeCardState, streams=one_customer)
def change_card_state(command: ChangeCardState, unit: Unit) -> None:
    whole(unit, command.customer_id).mark_card(command.state, unit.now)


@handles(ChangeConsents, streams=one_person)
def change_consents(command: ChangeConsents, unit: Unit) -> None:
    survivor = whole(unit, command.customer_id)
    survivor.refuse_closed()
    ref = StreamRef(Consents, consents_id(unit.tenant_id, survivor.id))
    if not unit.has(ref.id):
        unit.open([ref])
    consents = unit.load(Consents, ref.id)
    consents.change(survivor.id, command.consents, command.text_version, command.source, unit.now)
