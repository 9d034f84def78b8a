"""Where a code goes that somebody asks for, as the programme has it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import phonenumbers

from customers.domain.challenge import ChallengeKind
from customers.domain.doors import DoorRules
from customers.domain.identifiers import normal_email
from customers.phones import mobile, region_of
from customers.queries import contacts, sides
from customers.queries.doors import doors
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant


def doors_of(tenant: Tenant) -> DoorRules:
    """How customers of a programme come in."""
    return doors_of_id(tenant.id)


def doors_of_id(tenant_id: int) -> DoorRules:
    """The same, by its id."""
    with reading(tenant_id):
        return doors()


def own_target(tenant_id: int, side_id: UUID) -> tuple[ChallengeKind, str]:
    """Where a code goes that must reach who came as `side_id`: the phone of that side, or else its email, since they came by it; or else
    that of who stands for it, or was merged with it. Raises DomainError `customers.no_contact`.
    """
    with reading(tenant_id):
        reached = (contacts(one) for one in dict.fromkeys((side_id, *sides(side_id))))
        for known in reached:
            if known.phone:
                return "phone", known.phone
            if known.email:
                return "email", known.email
    raise DomainError("customers.no_contact")


def sign_in_target(phone: str | None, email: str | None, tenant: Tenant) -> tuple[ChallengeKind, str]:
    """Where a code to sign in goes. Raises DomainError with the field at fault."""
    if (phone is None) == (email is None):
        raise DomainError("customers.sign_in_one", field="phone")
    kind: ChallengeKind = "phone" if email is None else "email"
    settled = doors_of(tenant)
    if kind not in settled.doors:
        raise DomainError("customers.sign_in_way", field=kind, known=", ".join(settled.codes_by))
    return (kind, _mobile(phone or "", tenant, settled)) if email is None else (kind, normal_email(email))


def phone_target(typed: str, tenant: Tenant) -> str:
    """The mobile phone (E.164) that was typed. Raises DomainError with field "phone" for what no code is sent to."""
    return _mobile(typed, tenant, doors_of(tenant))


def friend_target(phone: str | None, email: str | None, tenant: Tenant) -> tuple[ChallengeKind, str]:
    """Where an invitation goes. Raises DomainError with the field at fault, `customers.friend_one` for both or none."""
    if (phone is None) == (email is None):
        raise DomainError("customers.friend_one", field="phone")
    return ("phone", phone_target(phone or "", tenant)) if email is None else ("email", normal_email(email))


def known_countries(codes: Iterable[str]) -> tuple[str, ...]:
    """Countries (ISO 3166) as they were written. Raises DomainError `customers.country_unknown` for one that is none."""
    countries = tuple(code.strip().upper() for code in codes)
    if unknown := sorted(set(countries) - phonenumbers.SUPPORTED_REGIONS):
        raise DomainError("customers.country_unknown", field="countries", unknown=", ".join(unknown)[:60])
    return countries


def _mobile(typed: str, tenant: Tenant, settled: DoorRules) -> str:
    return mobile(typed, region_of(tenant.time_zone), settled.countries)
