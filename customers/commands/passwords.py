"""What customers do who have a password, or want one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from customers.commands.sign_in import SignedIn
from customers.domain.challenge import ChallengeKind
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """That the session goes on, by another token, until when."""

    session_id: UUID
    expires_at: datetime


@command
class SignInByPassword(Command[SignedIn]):
    """Let who knows the password of the customer who holds a phone or email (normal form) act as them.

    The edge has compared it with `known`, the hash that was kept then, and counted that; it must be the same still. `hash` is the SHA-256
    of the session's token, `asked_from` the address of the network; on a device without the mark `known_device` it is told to the customer
    that somebody signed in. No phone or email is proven by it.
    Refused with `customers.password_wrong`, also for somebody inactive, and where the programme wants no passwords.
    """

    kind: ChallengeKind
    value: str
    known: str = field(repr=False)
    hash: bytes
    device: str
    asked_from: str
    known_device: str = ""


@command
class ChangePassword(Command[PasswordChanged]):
    """Keep the hash `encoded` of a customer's new password in the place of the one before; None: they have none from now on.

    By who has shown lately whose session it is (`ProveSession`), or knows the password: the edge has compared it with `known`, the hash
    that was kept then (None: it was not said). All other sessions end, and this one goes on by the token of which `hash` is the SHA-256.
    No fact is recorded.
    Refused with `customers.passwords_closed`, `customers.proof_needed`, `customers.password_wrong`, `customers.fact_needed` as long as
    they are asked who they are, and `customers.not_active`.
    """

    customer_id: UUID
    side_id: UUID
    session_id: UUID
    hash: bytes
    encoded: str | None = field(repr=False)
    known: str | None = field(default=None, repr=False)


@command
class ProveSession(Command[None]):
    """Note that who uses a session has just said the code that came to the customer's own phone or email. It is asked for with purpose
    "proof". Refused with `customers.code_wrong`, `customers.fact_needed`, and `customers.not_active`.
    """

    customer_id: UUID
    session_id: UUID
    challenge_id: UUID
    code: str


@command
class ProveSessionByPassword(Command[None]):
    """Note that who uses a session has just said the customer's password. The edge has compared it with `known`, the hash that was kept
    then; it must be the same still.

    Refused with `customers.passwords_closed`, `customers.password_wrong`, `customers.fact_needed`, and `customers.not_active`.
    """

    customer_id: UUID
    side_id: UUID
    session_id: UUID
    known: str = field(repr=False)
