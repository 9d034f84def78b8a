"""What can be settled about how customers come in."""

from __future__ import annotations

from customers.domain.challenge import ChallengeKind
from customers.domain.doors import Door
from loyalty.domain.command import Command, command


@command
class ChangeDoors(Command[None]):
    """Settle by which doors customers come in, and when they are asked for more than a code, as `customers.domain.doors.DoorRules` says.

    Refused with the field at fault: `customers.door_missing`, `country_unknown`, `months_invalid`, `points_invalid`.
    """

    doors: tuple[Door, ...]
    countries: tuple[str, ...] = ()
    dormant_months: int = 12
    fact_above: int | None = None
    messages_by: ChallengeKind = "phone"
    passwords: bool = True
