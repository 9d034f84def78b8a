"""How customers come in."""

from __future__ import annotations

from collections.abc import Iterable

from customers.commands import ChangeDoors
from customers.domain.doors import DOORS, DoorRules, Doors, doors_id
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def stream_of_doors(command: ChangeDoors, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Doors, doors_id(circumstances.tenant_id))


@handles(ChangeDoors, streams=stream_of_doors)
def change_doors(command: ChangeDoors, unit: Unit) -> None:
    rules = DoorRules(
        doors=tuple(door for door in DOORS if door in command.doors),
        countries=tuple(sorted(set(command.countries))),
        dormant_months=command.dormant_months,
        fact_above=command.fact_above,
        messages_by=command.messages_by,
        passwords=command.passwords,
    )
    unit.load(Doors, doors_id(unit.tenant_id)).settle(rules, unit.now)
