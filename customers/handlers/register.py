"""One handler for each command of the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

import structlog

from customers import tokens
from customers.alerts import tell_of_contacts
from customers.barred import reads_of_barred, refuse_barred
from customers.claims import FILES, claim, claim_with_code, reads_of_file, release
from customers.commands import (
    ActivateCustomer,
    DeactivateCustomer,
    EditCustomer,
    IssueCustomerToken,
    IssuedToken,
    RegisterCustomer,
    Registered,
    RevokeCustomerToken,
)
from customers.domain.consents import Consents, consents_id
from customers.domain.customer import Customer
from customers.domain.identifiers import GIVEN, IdentifierKind, normal_identifiers
from customers.domain.ids import customer_id_for
from customers.domain.profile import Profile, Unchanged
from customers.handlers.invitations import brought_by
from customers.queries.register import STANDING
from customers.whole import absorbed_by, whole
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound, Refusals, called

log = structlog.get_logger(__name__)
PROFILE_FIELDS = ("first_name", "last_name", "gender", "birth_date", "address", "company", "tax_number", "language", "labels")
ToOne = EditCustomer | ActivateCustomer | DeactivateCustomer | IssueCustomerToken | RevokeCustomerToken


def id_of_new(command: RegisterCustomer, circumstances: Circumstances) -> UUID:
    return command.customer_id or customer_id_for(circumstances.command_id, circumstances.now)


def new_customer(command: RegisterCustomer, circumstances: Circumstances) -> Iterable[StreamRef]:
    customer_id = id_of_new(command, circumstances)
    yield StreamRef(Customer, customer_id)
    if command.consents:
        yield StreamRef(Consents, consents_id(circumstances.tenant_id, customer_id))


def reads_of_new(command: RegisterCustomer, circumstances: Circumstances) -> Iterable[Read]:
    told = normal_identifiers({kind: getattr(command, kind) for kind in GIVEN}, Refusals())
    yield from reads_of_barred(told, circumstances)
    yield from reads_of_file(told, id_of_new(command, circumstances), circumstances)
    if command.referrer_id is not None:
        yield Read(STANDING, command.referrer_id)


def one_customer(command: ToOne, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(RegisterCustomer, streams=new_customer, reads=reads_of_new)
def register_customer(command: RegisterCustomer, unit: Unit) -> Registered:
    customer = unit.load(Customer, id_of_new(command, unit.circumstances))
    customer.refuse_registered()
    told = Profile(**{name: getattr(command, name) for name in PROFILE_FIELDS})
    profile, identifiers = _checked(unit, customer, told, {kind: getattr(command, kind) for kind in GIVEN})
    refuse_barred(identifiers, unit)
    _refuse_unknown_referrer(command, unit)
    code = claim_with_code(unit, customer.id, identifiers)
    customer.register(
        code,
        profile,
        identifiers,
        pos_id=command.pos_id,
        active=command.active,
        now=unit.now,
        seller_id=command.seller_id,
        referrer_id=brought_by(command, customer.id, identifiers, unit),
    )
    _agree(command, customer.id, unit)
    return Registered(customer.id, code)


@handles(EditCustomer, streams=one_customer)
def edit_customer(command: EditCustomer, unit: Unit) -> None:
    customer = unit.load(Customer, command.customer_id)
    customer.refuse_absent()
    held = dict(customer.identifiers)
    told = customer.profile.with_changes({name: getattr(command, name) for name in PROFILE_FIELDS})
    profile, identifiers = _checked(unit, customer, told, {kind: _kept(command, kind, held) for kind in GIVEN})
    if unit.circumstances.channel != FILES:
        tell_of_contacts(unit, customer, held, identifiers)
    customer.edit(profile, identifiers, unit.now)
    release(unit, customer.id, [kind for kind in held if identifiers.get(kind) != held[kind]])
    claim(unit, customer.id, {kind: text for kind, text in identifiers.items() if held.get(kind) != text})


@handles(ActivateCustomer, streams=one_customer)
def activate_customer(command: ActivateCustomer, unit: Unit) -> None:
    whole(unit, command.customer_id).activate(unit.now)


@handles(DeactivateCustomer, streams=one_customer)
def deactivate_customer(command: DeactivateCustomer, unit: Unit) -> None:
    survivor = whole(unit, command.customer_id)
    survivor.deactivate(command.reason, unit.now)
    for customer_id in (survivor.id, *absorbed_by(unit, survivor.id)):
        tokens.revoke_all(unit, customer_id)


@handles(IssueCustomerToken, streams=one_customer)
def issue_customer_token(command: IssueCustomerToken, unit: Unit) -> IssuedToken:
    whole(unit, command.customer_id).refuse_inactive()
    expires_at = unit.now + timedelta(minutes=command.minutes)
    token_id = tokens.issue(unit, command.customer_id, command.hash, expires_at)
    log.info("customer token issued", token=str(token_id), customer=str(command.customer_id), actor=unit.circumstances.actor)
    return IssuedToken(token_id, expires_at)


@handles(RevokeCustomerToken, streams=one_customer)
def revoke_customer_token(command: RevokeCustomerToken, unit: Unit) -> None:
    survivor = whole(unit, command.customer_id)
    sides = (survivor.id, *absorbed_by(unit, survivor.id))
    if not any(tokens.revoke(unit, customer_id, command.token_id) for customer_id in sides):
        raise NotFound("customers.token_unknown")
    log.info("customer token revoked", token=str(command.token_id), customer=str(command.customer_id), actor=unit.circumstances.actor)


def _refuse_unknown_referrer(command: RegisterCustomer, unit: Unit) -> None:
    if command.referrer_id is not None and [row[0] for row in unit.rows(STANDING, command.referrer_id)] in ([], ["erased"]):
        raise DomainError("customers.referrer_unknown", field="referrer_id")


def _agree(command: RegisterCustomer, customer_id: UUID, unit: Unit) -> None:
    if command.consents:
        wanted = dict.fromkeys(command.consents, True)
        consents = unit.load(Consents, consents_id(unit.tenant_id, customer_id))
        with called(text_version="consent_text"):
            consents.change(customer_id, wanted, command.consent_text, command.consent_source, unit.now)


def _checked(
    unit: Unit, customer: Customer, told: Profile, given: Mapping[IdentifierKind, str | None]
) -> tuple[Profile, dict[IdentifierKind, str]]:
    """Both in normal form. Where something has none, what others hold already is refused with it."""
    refusals = Refusals()
    profile = told
    with refusals:
        profile = told.checked(unit.now.date())
    identifiers = normal_identifiers(given, refusals)
    if refusals:
        with refusals:
            claim(unit, customer.id, {kind: text for kind, text in identifiers.items() if customer.identifiers.get(kind) != text})
    refusals.raise_all()
    return profile, identifiers


def _kept(command: EditCustomer, kind: IdentifierKind, held: Mapping[IdentifierKind, str]) -> str | None:
    given: str | Unchanged | None = getattr(command, kind)
    return held.get(kind) if isinstance(given, Unchanged) else given
