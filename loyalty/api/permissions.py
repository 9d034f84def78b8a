"""What a caller may do: every view names one permission, and the kinds of callers that it is for."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from loyalty.staff.principal import Principal


class HasRole(BasePermission):
    """The view declares `permission = "context.what"` and, by `callers`, whom it is for; without a permission nobody may call it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        wanted = getattr(view, "permission", None)
        caller: Any = request.user
        return isinstance(caller, Principal) and wanted is not None and caller.kind in view.callers and caller.may(wanted)
