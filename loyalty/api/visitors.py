"""What anybody may ask at the host of a programme, before it is known who they are."""

from __future__ import annotations

from django.http import Http404
from rest_framework.request import Request

from loyalty.api.authentication import speak
from loyalty.api.views import ApiView, CommandView
from loyalty.domain.network import network_of
from loyalty.lookup import lookup_digest
from loyalty.staff.lockout import address_of
from loyalty.staff.principal import Principal
from loyalty.tenancy.middleware import host_of, tenant_of_host

VISIT = "visitor.open"
"""Held by everybody, by no role."""


class VisitorView(ApiView):
    """For people without a token: the host says whose programme it is, and a token that comes along is not looked at."""

    permission = VISIT
    callers = frozenset({"visitor"})
    authentication_classes = ()
    told_apart = False
    """Whether what visitors order at one address of ours is told apart by where they come from, so that nobody learns what was answered
    to somebody else by guessing an Idempotency-Key. Only where nothing is recorded: a fact does not say where somebody was.
    """

    def perform_authentication(self, request: Request) -> None:
        tenant = tenant_of_host(host_of(request._request))
        if tenant is None:
            raise Http404
        request._request.tenant = tenant  # type: ignore[attr-defined]
        actor = "visitor"
        if self.told_apart:
            actor += ":" + lookup_digest("visitor", self.asked_from, tenant_id=tenant.id).hex()
        principal = Principal(tenant.id, actor, "visitor", None, frozenset({VISIT}))
        speak(request._request, principal, tenant)
        request.user = principal  # type: ignore[assignment]

    @property
    def counted_as(self) -> str:
        """The household, shop or carrier from which the request came: nobody else is known."""
        return network_of(self.asked_from)

    @property
    def asked_from(self) -> str:
        """The address of the network that the request came from."""
        return address_of(self.request._request)


class VisitorOrder(VisitorView, CommandView):
    """An order of somebody who is not known yet."""
