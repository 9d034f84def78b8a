"""What can be asked by somebody who comes in by themselves, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customers.commands.own import ShownBy
from customers.commands.people import IssuedToken
from customers.domain.challenge import ChallengeKind, Purpose
from customers.domain.purposes import ConsentSource
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True)
class CodeSent:
    """That a code is on its way: for which challenge, until when it is good, and from when on another one may be sent."""

    challenge_id: UUID
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """What an email has beside the code: `token`, that nobody can guess, at the page below `at` (an address that ends in "/")."""

    at: str
    token: str


@command
class SendCode(Command[CodeSent]):
    """Send `code` to a phone (E.164) or an email (normal form), whoever has it. Nobody is looked up.

    `purpose` "sign_in" is for somebody unknown, "phone" for the customer who wants that number, "till" for somebody who joins at one.
    `asked_from` is the address of the network. An email brings a `link` beside the code. `known_device` is what a device keeps on which
    the same was proven before, "" for none: what others use up of the number does not count there.
    Refused with Throttled `customers.code_just_sent` within a minute after another code to the same, `customers.too_many_compares` when
    codes were compared so often that this one could not be, and `customers.too_many_codes`.
    """

    purpose: Purpose
    kind: ChallengeKind
    to: str
    code: str
    asked_from: str
    language: str
    customer_id: UUID | None = None
    link: Link | None = None
    known_device: str = ""


@command
class SendCodeAgain(Command[CodeSent]):
    """Send another code in the place of one; how often it may still be compared stays.

    Refused with NotFound `customers.challenge_over`, and as `SendCode` is.
    """

    purpose: Purpose
    challenge_id: UUID
    code: str
    asked_from: str
    language: str
    customer_id: UUID | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, whether they joined by it, and the session that they have now. `known_device` is for the device to keep.
    `invitation_over`: nobody comes by the code of the invitation that they joined with, or not any more.
    """

    customer_id: UUID
    registered: bool
    session_id: UUID
    expires_at: datetime
    known_device: str
    invitation_over: bool = False


@command
class SignInByCode(Command[SignedIn]):
    """Let who says the code act as the customer who holds the phone or email it was sent to; who is nobody's, joins by it. The `link` of an
    email says as much as its code.

    `hash` is the SHA-256 of the session's token. Names and `language` are for somebody who joins; `terms_version` is the wording of the
    terms that they agree to, "" for none, `invitation` the code of the link by which they come. A customer who did nothing for long also
    says a `fact`, their birth date or card number, or begins `anew`: then the phone or email is theirs, and nothing of before. `source` is
    where they said that they agree.
    Refused with `customers.code_wrong` for a code that is wrong, over or used, and for somebody inactive alike;
    `customers.terms_missing` for who joins without agreeing; `customers.fact_missing`, `customers.fact_wrong`.
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
    link: str = ""
    fact: str = ""
    anew: bool = False
    source: ConsentSource = "app"


@command
class OpenSession(Command[IssuedToken]):
    """Note that a customer proved a phone or email, and let them in on a device. Part of signing in; refused as that is.

    A `fact` of None is not asked for; the first proof by who has more than `fact_above` points (None: any) is asked for later.
    """

    customer_id: UUID
    kind: ChallengeKind
    value: str
    hash: bytes
    device: str
    fact: str | None = None
    fact_above: int | None = None


@command
class LoseIdentifier(Command[None]):
    """Note that a phone or email does not lead to a customer any more, since somebody else holds it. Part of signing in anew."""

    customer_id: UUID
    kind: ChallengeKind
    value: str


@command
class SayFact(Command[None]):
    """Let a customer say their birth date or card number, because it must be certain who they are before they spend.

    Refused with `customers.fact_wrong`, and `customers.not_active`.
    """

    customer_id: UUID
    fact: str


@command
class ConfirmCustomer(Command[None]):
    """Note that staff know who a customer is, who may spend from now on, and say a second fact again without waiting. Harmless when nobody
    asks. Refused with NotFound.
    """

    customer_id: UUID


@command
class ProvePhone(Command[ShownBy]):
    """Note that a customer proved their phone at a till. Part of joining there; refused as that is.

    Who was away for long says a `fact` (None: not asked for); the first proof by who has more than `fact_above` points (None: any) is
    asked for later, before they spend.
    """

    customer_id: UUID
    phone: str
    fact: str | None = None
    fact_above: int | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Whose phone it is, and whether they are new: the id for programs, the code for people."""

    customer_id: UUID
    code: str
    registered: bool


@command
class JoinByCode(Command[Joined]):
    """Let who says the code at a till be a customer, by the phone that it was sent to: the one who has it already, or a new one.

    Telling the code agrees to the terms `terms_version`. `pos_id` and `seller_id` say where, and who brought them. For a customer who did
    nothing for long a `fact` is said too, their birth date or card number, or somebody begins `anew`: then the phone is theirs, and
    nothing of before.
    Refused with `customers.code_wrong` for a code that is wrong, over or used, and for somebody inactive alike; `customers.fact_missing`,
    `customers.fact_wrong`.
    """

    challenge_id: UUID
    code: str
    terms_version: str
    pos_id: UUID | None = None
    seller_id: UUID | None = None
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    fact: str = ""
    anew: bool = False


@command
class ChangePhoneByCode(Command[None]):
    """Give a customer the phone to which the code was sent that they say; the one before is released. Which session asks, they have just
    shown to be theirs (`ProveSession`).

    Refused with `customers.proof_needed`, `customers.code_wrong`, and Conflict `customers.phone_not_yours` when it is another customer's.
    """

    customer_id: UUID
    session_id: UUID
    challenge_id: UUID
    code: str
