"""A new tenant: its row, its starter roles, its first administrator."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS
from loyalty.staff.models import Role, User, normal_email
from loyalty.staff.permissions import STARTER_ROLES
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import forget_hosts
from loyalty.tenancy.models import Tenant

__all__ = ["add_user", "create_tenant", "role"]
ONE_AT_A_TIME = 8_150_329
"""Advisory lock: an array of hosts cannot have a unique index, so that each new tenant sees those before it."""


def create_tenant(
    code: str, name: str, *, currency: str = "VND", zone: str = "Asia/Ho_Chi_Minh", language: str = "vi", hosts: tuple[str, ...] = ()
) -> Tenant:
    """A committed tenant with the starter roles, named in its language.

    Raises DomainError naming the field: `tenant.unknown_currency`, `tenant.unknown_zone`, `tenant.unknown_language`,
    `tenant.code_taken`, `tenant.host_taken`.
    """
    _check(currency, zone, language)
    wanted = [h.lower() for h in hosts]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if Tenant.objects.filter(code=code).exists():
            raise DomainError("tenant.code_taken", field="code", value=code)
        if Tenant.objects.filter(hosts__overlap=wanted).exists():
            raise DomainError("tenant.host_taken", field="hosts", value=", ".join(wanted))
        made = Tenant.objects.create(code=code, name=name, currency=currency, time_zone=zone, default_language=language, hosts=wanted)
        with reading(made.id), translation.override(language):
            Role.objects.bulk_create(
                Role(tenant=made, code=starter.code, name=str(starter.name), permissions=given, given=given)
                for starter, given in ((starter, starter.permissions()) for starter in STARTER_ROLES)
            )
    forget_hosts()
    return made


def _check(currency: str, zone: str, language: str) -> None:
    if currency not in EXPONENTS:
        raise DomainError("tenant.unknown_currency", field="currency", value=currency, known=", ".join(EXPONENTS))
    if language not in dict(settings.LANGUAGES):
        raise DomainError("tenant.unknown_language", field="default_language", value=language)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise DomainError("tenant.unknown_zone", field="time_zone", value=zone) from None


def role(code: str) -> Role:
    """The role of the open tenant with this code. Raises Role.DoesNotExist."""
    return Role.objects.get(code=code)


def add_user(tenant_id: int, email: str, password: str | None, *, role_code: str, display_name: str = "", language: str = "") -> User:
    """A member of staff of the tenant; without a password nobody can sign in as them. Joins an open transaction."""
    with reading(tenant_id):
        user = User(tenant_id=tenant_id, email=normal_email(email), display_name=display_name or email.partition("@")[0], language=language)
        user.role = role(role_code)
        user.set_password(password)
        user.save()
    return user
