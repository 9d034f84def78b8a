"""What a caller may do: every view names one permission, and the kinds of callers that it is for."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from loyalty.api.problems import Problem
from loyalty.staff.principal import Principal

MEANT = {frozenset({"token"}): "auth.for_programs", frozenset({"customer"}): "auth.for_customers", frozenset({"staff"}): "auth.for_persons"}
"""What somebody else is told of a view that is for one kind of callers only."""


class HasRole(BasePermission):
    """The view declares `permission = "context.what"` (with what it needs beside it, `also`) and, by `callers`, whom it is for; without a
    permission nobody may call it.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        wanted = getattr(view, "permission", None)
        caller: Any = request.user
        if not isinstance(caller, Principal) or wanted is None:
            return False
        if caller.kind not in view.callers:
            raise Problem(403, MEANT.get(view.callers, "auth.forbidden"))
        return all(map(caller.may, (wanted, *getattr(view, "also", ()))))
