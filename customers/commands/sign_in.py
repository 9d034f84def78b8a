"""What can be asked by somebody who comes in by themselves, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customers.commands.people import IssuedToken
from customers.domain.challenge import ChallengeKind, Purpose
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True)
class CodeSent:
    """That a code is on its way: for which challenge, until when it is good, and from when on another one may be sent."""

    challenge_id: UUID
    expires_at: datetime
    resend_at: datetime


@command
class SendCode(Command[CodeSent]):
    """Send `code` to a phone (E.164) or an email (normal form), whoever has it. Nobody is looked up.

    `purpose` "sign_in" is for somebody unknown, "phone" for the customer who wants that number. `asked_from` is the address of the
    network. Refused with Throttled `customers.too_many_codes`.
    """

    purpose: Purpose
    kind: ChallengeKind
    to: str
    code: str
    asked_from: str
    language: str
    customer_id: UUID | None = None


@command
class SendCodeAgain(Command[CodeSent]):
    """Send another code in the place of one; how often it may still be compared stays.

    Refused with NotFound `customers.challenge_over`, Throttled `customers.code_just_sent` (a minute) and `customers.too_many_codes`.
    """

    purpose: Purpose
    challenge_id: UUID
    code: str
    asked_from: str
    language: str
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, whether they joined by it, and the session that they have now."""

    customer_id: UUID
    registered: bool
    session_id: UUID
    expires_at: datetime


@command
class SignInByCode(Command[SignedIn]):
    """Let who says the code act as the customer who holds the phone or email it was sent to; who is nobody's, joins by it.

    `hash` is the SHA-256 of the session's token. Names and `language` are for somebody who joins; `terms_version` is the wording of the
    terms that they agree to, "" for none, `invitation` the code of the link by which they come.
    Refused with `customers.code_wrong` for a code that is wrong, over or used, and for somebody inactive alike;
    `customers.terms_missing` for who joins without agreeing.
    """

    challenge_id: UUID
    code: str
    hash: bytes
    device: str
    terms_version: str = ""
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    invitation: str = ""


@command
class OpenSession(Command[IssuedToken]):
    """Note that a customer proved a phone or email, and let them in on a device. Part of signing in; refused as that is."""

    customer_id: UUID
    kind: ChallengeKind
    value: str
    hash: bytes
    device: str


@command
class ChangePhoneByCode(Command[None]):
    """Give a customer the phone to which the code was sent that they say; the one before is released.

    Refused with `customers.code_wrong`, and Conflict `customers.phone_taken` when another customer has it.
    """

    customer_id: UUID
    challenge_id: UUID
    code: str
