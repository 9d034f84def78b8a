"""What can be settled for all purchases of a programme."""

from __future__ import annotations

from loyalty.domain.command import Command, command


@command
class SetMatchingOrder(Command[None]):
    """Match purchases to customers by these references, the first one first: card, phone, email, code, external_id.

    Kinds that are left out are neither tried nor kept. Refusals: earning.matching_empty, earning.matching_twice,
    earning.matching_unknown.
    """

    kinds: tuple[str, ...]
