"""What customers do on pages of their own, and what they show at the till."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from customers.domain.profile import UNCHANGED, Gender, Unchanged
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True)
class ShownBy:
    """The customer who showed what was read: the id for programs, the code for people, and whether they agree that points are spent."""

    customer_id: UUID
    code: str
    agrees: bool = False


@command
class ReadMemberCode(Command[ShownBy]):
    """Read the digits that a customer shows, for whoever acts: for anybody else they are over then. Nothing is recorded.

    Refused with NotFound `customers.not_found` for what no customer showed, and `customers.member_code_over`.
    """

    text: str


@command
class ChangeAvatar(Command[None]):
    """Keep a picture of a customer, as it was sent, in the place of the one before; None takes it away. No fact is recorded.

    Refused with photo.too_large, photo.too_many_pixels, photo.unreadable, and `customers.not_active`.
    """

    customer_id: UUID
    content: bytes | None = field(repr=False)


@command
class EditOwnProfile(Command[None]):
    """Let customers correct what is known of them; fields left UNCHANGED stay, "" empties one.

    A birth date is said once: who may have a present on it does not move it about, and it is what they are asked for when it must be
    certain who they are. Refused with `customers.birth_date_known`, and as `EditCustomer` is.
    """

    customer_id: UUID
    first_name: str | Unchanged = UNCHANGED
    last_name: str | Unchanged = UNCHANGED
    gender: Gender | Unchanged = UNCHANGED
    birth_date: date | Unchanged | None = UNCHANGED
    address: str | Unchanged = UNCHANGED
    language: str | Unchanged = UNCHANGED


@command
class EraseByCode(Command[None]):
    """Forget, for good, the customer who says the code that came to their own phone or email. It is asked for with purpose "erase".

    Refused with `customers.code_wrong`, `customers.fact_needed` as long as they are asked who they are, and `customers.not_active`.
    """

    customer_id: UUID
    challenge_id: UUID
    code: str
