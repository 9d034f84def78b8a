"""How customers come in by themselves: a code is sent, and who says it is who they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog

from customers import challenges, invitations, proof, tokens
from customers.budgets import fact_keys_of, forget_counts
from customers.claims import holder_of, release
from customers.commands import (
    ChangeConsents,
    ChangePhoneByCode,
    EditCustomer,
    IssuedToken,
    LoseIdentifier,
    OpenSession,
    RegisterCustomer,
    SignedIn,
    SignInByCode,
)
from customers.domain.challenge import ChallengeKind
from customers.domain.customer import Customer
from customers.domain.doors import DoorRules
from customers.handlers.holding import Shown, holder_shown
from customers.known_devices import mark_of
from customers.queries.doors import doors
from customers.standing import has_more_than
from customers.whole import absorbed_by, whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, DomainError, called

log = structlog.get_logger(__name__)
SESSION = timedelta(days=90)


def one_customer(command: OpenSession | ChangePhoneByCode | LoseIdentifier, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(SignInByCode, streams=lambda command, circumstances: ())
def sign_in_by_code(command: SignInByCode, unit: Unit) -> SignedIn:
    kind, value = challenges.spend(unit, command.challenge_id, "sign_in", None, command.code, command.link)
    settled, registered = doors(), False
    customer_id, fact = holder_shown(unit, (kind, value), command.fact, command.anew, settled)
    over = customer_id is None and _is_over(unit, command, settled)
    if customer_id is None:
        customer_id, registered = _joined(unit, command, kind, value)
    if command.terms_version:
        agreed = {"consents": {"terms": True}, "text_version": command.terms_version, "source": command.source}
        with called(text_version="terms_version"):
            unit.dispatch(ChangeConsents(customer_id=whole(unit, customer_id).id, **agreed))  # type: ignore[arg-type]
    session = unit.dispatch(_opening(command, customer_id, (kind, value), fact, settled))
    kept = mark_of(kind, value, unit.tenant_id)
    return SignedIn(whole(unit, customer_id).id, registered, session.token_id, session.expires_at, kept, registered and over)


@handles(OpenSession, streams=one_customer)
def open_session(command: OpenSession, unit: Unit) -> IssuedToken:
    """A session belongs to whom it was opened for, and opens what is theirs who stands for them."""
    first = unit.load(Customer, command.customer_id).prove(command.kind, command.value, unit.now)
    survivor = whole(unit, command.customer_id)
    let_in(survivor, unit, challenges.wrong_code())
    if command.fact is not None:
        survivor.say_fact(command.fact, unit.now)
        forget_counts(unit, fact_keys_of(command.kind, command.value, unit.tenant_id))
    elif first and has_more_than(unit, survivor.id, command.fact_above):
        survivor.ask_fact(unit.now)
    expires_at = unit.now + SESSION
    token_id = tokens.issue(unit, command.customer_id, command.hash, expires_at, command.device, is_proven=True)
    log.info("customer signed in", session=str(token_id), customer=str(command.customer_id))
    return IssuedToken(token_id, expires_at)


@handles(LoseIdentifier, streams=one_customer)
def lose_identifier(command: LoseIdentifier, unit: Unit) -> None:
    unit.load(Customer, command.customer_id).lose(command.kind, command.value, unit.now)
    release(unit, command.customer_id, [command.kind])
    tokens.revoke_all(unit, command.customer_id)


@handles(ChangePhoneByCode, streams=one_customer)
def change_phone_by_code(command: ChangePhoneByCode, unit: Unit) -> None:
    customer = unit.load(Customer, command.customer_id)
    customer.refuse_inactive()
    customer.refuse_asked()
    proof.demand(unit, (customer.id, *absorbed_by(unit, customer.id)), command.session_id)
    kind, value = challenges.spend(unit, command.challenge_id, "phone", command.customer_id, command.code)
    try:
        unit.dispatch(EditCustomer(customer_id=command.customer_id, phone=value))
    except Conflict:
        raise Conflict("customers.phone_not_yours", field="code") from None
    unit.load(Customer, command.customer_id).prove(kind, value, unit.now)


def let_in(survivor: Customer, unit: Unit, refusal: DomainError) -> None:
    """Who stands for somebody who signs in takes part from now on, unless staff decided otherwise: then raises the `refusal`."""
    if survivor.state == "inactive":
        raise refusal
    if survivor.state == "new":
        survivor.activate(unit.now)


def _opening(command: SignInByCode, customer_id: UUID, shown: Shown, fact: str | None, settled: DoorRules) -> OpenSession:
    return OpenSession(
        customer_id=customer_id,
        kind=shown[0],
        value=shown[1],
        hash=command.hash,
        device=command.device,
        fact=fact,
        fact_above=settled.fact_above,
    )


def _is_over(unit: Unit, command: SignInByCode, settled: DoorRules) -> bool:
    """Whether nobody comes by the invitation that they say, if they say one."""
    return bool(command.invitation) and ("invitation" not in settled.doors or invitations.found(unit, command.invitation, {}) is None)


def _joined(unit: Unit, command: SignInByCode, kind: ChallengeKind, value: str) -> tuple[UUID, bool]:
    """The new customer; or who joined with the same phone or email in this moment."""
    if not command.terms_version:
        raise DomainError("customers.terms_missing", field="terms_version")
    told = {"first_name": command.first_name, "last_name": command.last_name, "language": command.language}
    told["invitation"] = command.invitation if "invitation" in doors().doors else ""
    try:
        return unit.attempt(RegisterCustomer(**told, **{kind: value})).customer_id, True  # type: ignore[arg-type]
    except Conflict:
        if (holder := holder_of(unit, kind, value)) is None:
            raise
        return holder, False
