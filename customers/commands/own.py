"""What customers do on pages of their own, and what they show at the till."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from customers.domain.profile import UNCHANGED, Gender, Unchanged
from loyalty.domain.command import Command, command

SpendingAction = Literal["redeem", "basket"]


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
class SpendByMemberCode(Command[ShownBy]):
    """Let the digits that a customer shows pay for this one order: it spends `points` of them at a point of sale (None: at none), and they
    are good for no other. A joint command of what spends: refused, or undone, the digits are as good as before.

    An order that takes the place of another one (`instead_of`, the id of its command), of the same `action`, at the same place and for
    no more points, may be paid for by the same digits.

    Refused as `ReadMemberCode` is, and with `customers.member_code_spent`.
    """

    text: str = field(repr=False)
    action: SpendingAction
    points: int
    pos_id: UUID | None = None
    instead_of: UUID | None = None


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
class EraseOneself(Command[None]):
    """Forget, for good, the customer who says their own customer `code`, as confirmation, in a session that they have just shown to be
    theirs (`ProveSession`).

    Refused with `customers.proof_needed`, `customers.confirmed_another`, `customers.code_invalid`, `customers.fact_needed` as long as they
    are asked who they are, and `customers.not_active`.
    """

    customer_id: UUID
    session_id: UUID
    code: str


@command
class EraseByCode(Command[None]):
    """Forget, for good, the customer who says the code that came to their own phone or email. It is asked for with purpose "erase".

    Refused with `customers.code_wrong`, `customers.fact_needed` as long as they are asked who they are, and `customers.not_active`.
    """

    customer_id: UUID
    challenge_id: UUID
    code: str
