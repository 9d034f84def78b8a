"""Where a code goes that somebody asks for, as the programme has it."""

from __future__ import annotations

from customers.domain.challenge import ChallengeKind
from customers.domain.identifiers import normal_email
from customers.phones import mobile, region_of
from loyalty.domain.errors import DomainError
from loyalty.tenancy.models import Tenant


def sign_in_target(phone: str | None, email: str | None, tenant: Tenant) -> tuple[ChallengeKind, str]:
    """Where a code to sign in goes. Raises DomainError with the field at fault."""
    if (phone is None) == (email is None):
        raise DomainError("customers.sign_in_one", field="phone")
    kind: ChallengeKind = "phone" if email is None else "email"
    if kind not in tenant.sign_in_by:
        raise DomainError("customers.sign_in_way", field=kind, known=", ".join(tenant.sign_in_by))
    return (kind, phone_target(phone or "", tenant)) if email is None else (kind, normal_email(email))


def phone_target(typed: str, tenant: Tenant) -> str:
    """The mobile phone (E.164) that was typed. Raises DomainError with field "phone" for what no code is sent to."""
    home = region_of(tenant.time_zone)
    return mobile(typed, home, tenant.code_countries or [home])


def friend_target(phone: str | None, email: str | None, tenant: Tenant) -> tuple[ChallengeKind, str]:
    """Where an invitation goes. Raises DomainError with the field at fault, `customers.friend_one` for both or none."""
    if (phone is None) == (email is None):
        raise DomainError("customers.friend_one", field="phone")
    return ("phone", phone_target(phone or "", tenant)) if email is None else ("email", normal_email(email))
