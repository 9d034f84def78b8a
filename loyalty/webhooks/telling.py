"""Whoever set an endpoint up is told when it was paused because it takes nothing. Needs an open `reading`."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from loyalty.domain.identity import derived_id
from loyalty.messages.outbox import write_to_staff
from loyalty.staff.models import ApiToken, User
from loyalty.tenancy.middleware import tenant_of_id
from loyalty.webhooks.messages import PAUSED
from loyalty.webhooks.models import Endpoint


def tell_owner(tenant_id: int, endpoint_id: UUID, now: datetime) -> None:
    """An email to who added the endpoint, or issued the token of the program that did, as long as they work here."""
    endpoint = Endpoint.objects.filter(tenant_id=tenant_id, id=endpoint_id).first()
    owner = None if endpoint is None else _owner(endpoint.created_by)
    if endpoint is None or owner is None:
        return
    tenant = tenant_of_id(tenant_id)
    language = owner.language or tenant.default_language
    with translation.override(language):
        text = gettext("The webhook endpoint %(endpoint)s of %(programme)s is paused: %(why)s. What happens waits for it, for 30 days.") % {
            "endpoint": endpoint,
            "programme": tenant.name,
            "why": endpoint.get_paused_because_display(),
        }
    write_to_staff(tenant_id, derived_id("webhooks.paused", endpoint_id, now.isoformat()), owner.email, PAUSED, language, text, now)


def _owner(created_by: str) -> User | None:
    kind, _colon, key = created_by.partition(":")
    with suppress(ValueError):
        if kind == "token":
            token = ApiToken.objects.filter(pk=UUID(key)).first()
            return None if token is None or token.issued_by is None else User.objects.filter(pk=token.issued_by, is_active=True).first()
        if kind == "staff":
            return User.objects.filter(pk=UUID(key), is_active=True).first()
    return None
