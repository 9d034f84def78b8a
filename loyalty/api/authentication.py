"""Who calls the API: a bearer token, and the tenant that it fixes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest
from django.utils import timezone, translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from loyalty.staff.models import TOKEN_PREFIX, token_hash
from loyalty.staff.principal import Principal
from loyalty.tenancy.current import asked_again
from loyalty.tenancy.middleware import host_of, tenant_of_host, tenant_of_id
from loyalty.tenancy.models import Tenant

PRINCIPAL = "select tenant_id, token_id, user_id, permissions, language from public.staff_principal(%s)"
LONGEST = 100
Lookup = Callable[[str], Principal | None]
LOOKUPS: dict[str, Lookup] = {}


def knows_tokens(prefix: str) -> Callable[[Lookup], Lookup]:
    """Register who says whose a token with this prefix is. Raises ValueError for a second one."""

    def register(lookup: Lookup) -> Lookup:
        if prefix in LOOKUPS:
            raise ValueError(f"tokens {prefix}… are looked up by {LOOKUPS[prefix]}")
        LOOKUPS[prefix] = lookup
        return lookup

    return register


def row_of_token(sql: str, token: str) -> tuple[Any, ...] | None:
    """The row of a look-up by the hash of `token`, before any tenant is known: one round trip."""

    def ask() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, [token_hash(token)])
            return cursor.fetchone()

    return asked_again(ask)  # type: ignore[no-any-return]


def principal_of(token: str) -> Principal | None:
    """Whose token this is; None for one that is unknown or came to its end, and for one of somebody inactive."""
    lookup = next((found for prefix, found in LOOKUPS.items() if token.startswith(prefix)), None)
    return None if lookup is None or len(token) > LONGEST else lookup(token)


@knows_tokens(TOKEN_PREFIX)
def staff_principal(token: str) -> Principal | None:
    """The program, or the user in whose place it acts."""
    row = row_of_token(PRINCIPAL, token)
    if row is None:
        return None
    tenant_id, token_id, user_id, permissions, language = row
    actor = f"staff:{user_id}" if user_id else f"token:{token_id}"
    return Principal(tenant_id, actor, "staff" if user_id else "token", user_id, frozenset(permissions), language)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. Sets `request.tenant`; a host or `X-Tenant` of another tenant is answered by 404."""

    def authenticate(self, request: Request) -> tuple[Principal, str] | None:
        kind, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        principal = principal_of(token.strip())
        if principal is None:
            raise AuthenticationFailed
        tenant = tenant_of_id(principal.tenant_id)
        _same_tenant(request._request, tenant)
        request._request.tenant = tenant  # type: ignore[attr-defined]
        speak(request._request, principal, tenant)
        return principal, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _same_tenant(request: HttpRequest, tenant: Tenant) -> None:
    named = request.headers.get("X-Tenant")
    there = tenant_of_host(host_of(request))
    if (named is not None and named != tenant.code) or (there is not None and there.id != tenant.id):
        raise Http404


def speak(request: HttpRequest, principal: Principal, tenant: Tenant) -> None:
    """Without a wish in the request: the language of the user, then of the tenant. Times in sentences are the tenant's.

    Ends with the request's own override.
    """
    timezone.activate(tenant.zone)
    if "Accept-Language" not in request.headers:
        translation.activate(principal.language or tenant.default_language)


STAFF_SCHEME, CUSTOMER_SCHEME = "token", "customer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes it: two kinds of bearer tokens."""

    target_class = TokenAuthentication
    name = [STAFF_SCHEME, CUSTOMER_SCHEME]

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[Any]]:
        callers = getattr(auto_schema.view, "callers", ())
        return {CUSTOMER_SCHEME if "customer" in callers else STAFF_SCHEME: []}

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "An API token (lty_…), issued in the administration."},
            {"type": "http", "scheme": "bearer", "description": "A customer's token (ltc_…), issued to a server for a short while."},
        ]
