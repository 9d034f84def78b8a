"""Passwords of customers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import structlog

from customers import challenges, passwords, tokens
from customers.alerts import reached, tell
from customers.budgets import forget_counts, give_back_password_try, own_password_key
from customers.claims import holder_of
from customers.commands import ChangePassword, PasswordChanged, ProveSession, ProveSessionByPassword, SignedIn, SignInByPassword
from customers.domain.customer import Customer
from customers.handlers.sign_in import SESSION, let_in
from customers.known_devices import is_known, mark_of
from customers.proof import proof_needed
from customers.queries.doors import doors
from customers.whole import absorbed_by, opened, whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError

log = structlog.get_logger(__name__)


def one_customer(command: ChangePassword | ProveSession | ProveSessionByPassword, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(SignInByPassword, streams=lambda command, circumstances: ())
def sign_in_by_password(command: SignInByPassword, unit: Unit) -> SignedIn:
    customer_id = holder_of(unit, command.kind, command.value)
    if customer_id is None or not doors().passwords:
        raise wrong_password()
    opened(unit, customer_id)
    survivor = whole(unit, customer_id)
    if not passwords.is_still(unit, command.kind, command.value, command.known):
        raise wrong_password()
    let_in(survivor, unit, wrong_password())
    give_back_password_try(unit, command.kind, command.value, command.asked_from)
    expires_at = unit.now + SESSION
    token_id = tokens.issue(unit, customer_id, command.hash, expires_at, command.device, is_proven=True)
    log.info("customer signed in", session=str(token_id), customer=str(customer_id), by="password")
    if not is_known(command.known_device, command.kind, command.value, unit.tenant_id):
        tell(unit, "device", survivor.id, survivor.profile.language, reached([customer_id]))
    kept = mark_of(command.kind, command.value, unit.tenant_id)
    return SignedIn(survivor.id, False, token_id, expires_at, kept)


@handles(ChangePassword, streams=one_customer)
def change_password(command: ChangePassword, unit: Unit) -> PasswordChanged:
    survivor, sides = _who(unit, command.customer_id)
    if command.encoded is not None and not doors().passwords:
        raise DomainError("customers.passwords_closed", field="password")
    if not tokens.is_proven(unit, sides, command.session_id):
        _refuse_stranger(unit, command, survivor.id)
    expires_at = tokens.renew(unit, sides, command.session_id, command.hash)
    if expires_at is None:
        raise proof_needed("old")
    tokens.revoke_others(unit, sides, command.session_id)
    passwords.replace(unit, sides, survivor.id, command.encoded)
    tell(unit, "password" if command.encoded else "no_password", survivor.id, survivor.profile.language, reached(sides))
    forget_counts(unit, [own_password_key(command.customer_id, unit.tenant_id)])
    log.info("customer changed the password", customer=str(survivor.id), session=str(command.session_id))
    return PasswordChanged(command.session_id, expires_at)


@handles(ProveSession, streams=one_customer)
def prove_session(command: ProveSession, unit: Unit) -> None:
    challenges.spend(unit, command.challenge_id, "proof", command.customer_id, command.code)
    _survivor, sides = _who(unit, command.customer_id)
    tokens.prove(unit, sides, command.session_id)


@handles(ProveSessionByPassword, streams=one_customer)
def prove_session_by_password(command: ProveSessionByPassword, unit: Unit) -> None:
    survivor, sides = _who(unit, command.customer_id)
    if not doors().passwords:
        raise DomainError("customers.passwords_closed", field="password")
    if passwords.known_to(unit, command.side_id, survivor.id) != command.known:
        raise wrong_password()
    tokens.prove(unit, sides, command.session_id)
    forget_counts(unit, [own_password_key(command.customer_id, unit.tenant_id)])


def wrong_password() -> DomainError:
    """One refusal for whatever is wrong with a password, or who it would sign in."""
    return DomainError("customers.password_wrong", field="password")


def _who(unit: Unit, customer_id: UUID) -> tuple[Customer, tuple[UUID, ...]]:
    """Who stands for a customer, and all who are one with them. Nobody does anything as long as it is not certain who they are."""
    survivor = whole(unit, customer_id)
    survivor.refuse_inactive()
    survivor.refuse_asked()
    return survivor, (survivor.id, *absorbed_by(unit, survivor.id))


def _refuse_stranger(unit: Unit, command: ChangePassword, survivor_id: UUID) -> None:
    """A session alone changes no password: somebody else may have the device in their hand."""
    if command.known is None:
        raise proof_needed("old")
    if passwords.known_to(unit, command.side_id, survivor_id) != command.known:
        raise DomainError("customers.password_wrong", field="old")
