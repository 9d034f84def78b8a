"""The page, or file, with everything that is kept of a customer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from customers import queries
from customers.forms.disclosure import FORMATS, REASONS
from customers.permissions import DISCLOSE
from loyalty.api.renderers import dumps
from loyalty.disclosure import disclosed, disclosure_page
from loyalty.staff.models import PrivilegedRead


def disclosure(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """For who may hand it out, with a reason; it is noted. Without one of the known reasons there is no such page."""
    user: Any = request.user
    if not user.has_perm(DISCLOSE):
        raise PermissionDenied
    row, reason, form = model_admin.row(request, object_id), request.GET.get("reason"), request.GET.get("format")
    if row is None or reason not in dict(REASONS) or form not in dict(FORMATS):
        raise Http404
    PrivilegedRead.note(user.principal, f"{DISCLOSE}:{reason}", row.id)
    told = disclosed(queries.sides(row.id))
    headers = {"Cache-Control": "private, no-store"}
    if form == "html":
        return HttpResponse(disclosure_page(told, request.tenant), headers=headers)  # type: ignore[attr-defined]
    headers["Content-Disposition"] = f'attachment; filename="customer-{row.code}.json"'
    return HttpResponse(dumps(told), content_type="application/json", headers=headers)
