"""`/api/v1/customers/{id}/export` and `/api/v1/me/export`: all that is kept of a person, as JSON or as a page to be printed."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from customers import queries
from customers.permissions import DISCLOSE
from loyalty.api.own import OwnQuery
from loyalty.api.views import QueryView
from loyalty.disclosure import disclosed, disclosure_page
from loyalty.domain.errors import DomainError
from loyalty.staff.models import PrivilegedRead
from loyalty.tenancy import reading


class DisclosureQuery(msgspec.Struct):
    """`reason` is why it is looked at: the customer asked, an authority did, or a check. It is noted with who looked."""

    reason: Literal["asked", "authority", "check"]
    form: Literal["json", "html"] = "json"


class OwnDisclosureQuery(msgspec.Struct):
    """As JSON, or as a page to be printed."""

    form: Literal["json", "html"] = "json"


class DisclosureView(QueryView):
    """Show everything that is kept of a customer, by chapter. The look is noted with its reason."""

    permission = DISCLOSE
    query: ClassVar[type[msgspec.Struct] | None] = DisclosureQuery
    answer = dict[str, list[dict[str, Any]]]

    def ask(self, query: Any, **path: Any) -> dict[str, Any]:
        customer_id = queries.customer(path["customer_id"]).id
        self.note(query, customer_id)
        return disclosed(queries.sides(customer_id))

    def note(self, query: Any, customer_id: object) -> None:
        """Note who looks, and why."""
        PrivilegedRead.note(self.principal, f"{DISCLOSE}:{query.reason}", customer_id)

    def get(self, request: Request, **path: Any) -> HttpResponse:
        wanted: Any = self._wanted(request)
        if wanted.form == "json":
            return super().get(request, **path)
        with reading(self.principal.tenant_id):
            return HttpResponse(disclosure_page(self.ask(wanted, **path), self.tenant))


class OwnDisclosureView(OwnQuery, DisclosureView):
    """Show everything that is kept of oneself, once it is certain who that is (`fact_needed` in `me`)."""

    query = OwnDisclosureQuery

    def ask(self, query: Any, **path: Any) -> Any:
        if queries.is_asked(self.customer_id):
            raise DomainError("customers.fact_needed")
        return super().ask(query, **path)

    def note(self, query: Any, customer_id: object) -> None:
        """Whoever looks at what is their own is not noted."""
