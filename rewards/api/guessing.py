"""Whose guesses at codes are counted over the API."""

from __future__ import annotations

from contextlib import AbstractContextManager

from loyalty.api.views import ApiView
from loyalty.staff.lockout import address_of
from rewards.guesses import guessing


def guessing_of(view: ApiView) -> AbstractContextManager[None]:
    """Around looking at a code that the caller typed. Raises Throttled as `guessing` does."""
    return guessing(view.principal.tenant_id, view.principal.actor, address_of(view.request._request))
