"""How customers come in by themselves: a code is sent, and who says it is who they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.utils import translation
from django.utils.translation import gettext

from customers import challenges, tokens
from customers.budgets import count_code
from customers.challenges import Sent
from customers.commands import (
    ChangeConsents,
    ChangePhoneByCode,
    CodeSent,
    EditCustomer,
    IssuedToken,
    OpenSession,
    RegisterCustomer,
    SendCode,
    SendCodeAgain,
    SignedIn,
    SignInByCode,
)
from customers.domain.challenge import GOOD_FOR, RESEND_AFTER, ChallengeKind
from customers.domain.customer import Customer
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.identity import derived_id
from loyalty.lookup import lookup_digests
from loyalty.messages.outbox import write_to
from loyalty.tenancy.middleware import tenant_of_id

log = structlog.get_logger(__name__)
SESSION = timedelta(days=90)
HOLDER = """select customer_id from customers_identifier
    where tenant_id = %s and kind = %s and digest = any (%s) and state = 'active' limit 1"""


def no_stream(command: SendCode | SendCodeAgain | SignInByCode, circumstances: Circumstances) -> Iterable[StreamRef]:
    """Whose it is turns out on the way."""
    return ()


def one_customer(command: OpenSession | ChangePhoneByCode, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(SendCode, streams=no_stream)
def send_code(command: SendCode, unit: Unit) -> CodeSent:
    challenge_id = unit.new_id()
    sent = challenges.start(unit, challenge_id, command.purpose, command.kind, command.to, command.code, command.customer_id)
    return _written(unit, command, challenge_id, sent)


@handles(SendCodeAgain, streams=no_stream)
def send_code_again(command: SendCodeAgain, unit: Unit) -> CodeSent:
    sent = challenges.send_again(unit, command.challenge_id, command.purpose, command.customer_id, command.code)
    return _written(unit, command, command.challenge_id, sent)


@handles(SignInByCode, streams=no_stream)
def sign_in_by_code(command: SignInByCode, unit: Unit) -> SignedIn:
    kind, value = challenges.spend(unit, command.challenge_id, "sign_in", None, command.code)
    customer_id, registered = _holder(unit, kind, value), False
    if customer_id is None:
        customer_id, registered = _joined(unit, command, kind, value)
    if command.terms_version:
        agreed = ChangeConsents(customer_id=customer_id, consents={"terms": True}, text_version=command.terms_version, source="app")
        unit.dispatch(agreed)
    session = unit.dispatch(OpenSession(customer_id=customer_id, kind=kind, value=value, hash=command.hash, device=command.device))
    return SignedIn(customer_id, registered, session.token_id, session.expires_at)


@handles(OpenSession, streams=one_customer)
def open_session(command: OpenSession, unit: Unit) -> IssuedToken:
    unit.load(Customer, command.customer_id).prove(command.kind, command.value, unit.now)
    expires_at = unit.now + SESSION
    token_id = tokens.issue(unit, command.customer_id, command.hash, expires_at, command.device)
    log.info("customer signed in", session=str(token_id), customer=str(command.customer_id))
    return IssuedToken(token_id, expires_at)


@handles(ChangePhoneByCode, streams=one_customer)
def change_phone_by_code(command: ChangePhoneByCode, unit: Unit) -> None:
    kind, value = challenges.spend(unit, command.challenge_id, "phone", command.customer_id, command.code)
    unit.load(Customer, command.customer_id).refuse_inactive()
    unit.dispatch(EditCustomer(customer_id=command.customer_id, phone=value))
    unit.load(Customer, command.customer_id).prove(kind, value, unit.now)


def _joined(unit: Unit, command: SignInByCode, kind: ChallengeKind, value: str) -> tuple[UUID, bool]:
    """The new customer; or who joined with the same phone or email in this moment."""
    if not command.terms_version:
        raise DomainError("customers.terms_missing", field="terms_version")
    told = {"first_name": command.first_name, "last_name": command.last_name, "language": command.language}
    told["invitation"] = command.invitation
    try:
        return unit.attempt(RegisterCustomer(**told, **{kind: value})).customer_id, True  # type: ignore[arg-type]
    except Conflict:
        if (holder := _holder(unit, kind, value)) is None:
            raise
        return holder, False


def _holder(unit: Unit, kind: ChallengeKind, value: str) -> UUID | None:
    rows = unit.execute(HOLDER, (unit.tenant_id, kind, lookup_digests(kind, value, unit.tenant_id)))
    return rows[0][0] if rows else None


def _written(unit: Unit, command: SendCode | SendCodeAgain, challenge_id: UUID, sent: Sent) -> CodeSent:
    """Put the code on its way, in the language of who asks; what is counted comes last, since all tills of the world meet there."""
    with translation.override(command.language):
        text = gettext("%(code)s is your code for %(programme)s. It is good for %(minutes)s minutes. Tell it to nobody.") % {
            "code": command.code,
            "programme": tenant_of_id(unit.tenant_id).name,
            "minutes": GOOD_FOR // timedelta(minutes=1),
        }
    message_id = derived_id("customers.code", challenge_id, sent.number)
    about = "sign_in_code" if command.purpose == "sign_in" else "phone_code"
    write_to(unit, message_id, (sent.kind, sent.to), about, command.language, text, sent.expires_at)
    count_code(unit, sent.kind, sent.to, command.asked_from)
    return CodeSent(challenge_id, sent.expires_at, unit.now + RESEND_AFTER)
