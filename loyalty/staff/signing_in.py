"""The way from a right password to a session: where a second factor is asked for, the session begins with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from loyalty.staff import factors
from loyalty.staff.models import User
from loyalty.staff.sessions import note_session

BACKEND = "loyalty.staff.backend.StaffBackend"
WAITING, PASSED, BEGUN = "signing_in", "second_factor", "factor_begun"
"""In the session: who gave a right password and still owes a code; that this session began with one; the sealed secret that it shows."""
PATIENCE = timedelta(minutes=10)


def lacks_factor(request: HttpRequest, user: User) -> bool:
    """Whether `user` needs a second factor and this session began without one."""
    return factors.mandatory_for(user) and not request.session.get(PASSED)


def wait_for_code(request: HttpRequest, user: User, wanted: str) -> None:
    """`user` gave the right password and wants to go to `wanted`; nobody is signed in yet."""
    request.session.flush()
    request.session[WAITING] = {
        "user": str(user.pk),
        "password": user.get_session_auth_hash(),
        "since": timezone.now().isoformat(),
        "wanted": wanted,
    }


def who_waits(request: HttpRequest) -> tuple[User, str] | None:
    """Who gave the right password in this session not long ago, and where they want to go. Needs an open transaction."""
    kept: dict[str, Any] | None = request.session.get(WAITING)
    if kept is None or datetime.fromisoformat(kept["since"]) < timezone.now() - PATIENCE:
        return None
    user = User.objects.select_related("role", "tenant").filter(pk=UUID(kept["user"]), is_active=True).first()
    if user is None or not constant_time_compare(kept["password"], user.get_session_auth_hash()):
        return None
    return user, kept["wanted"]


def begin_session(request: HttpRequest, user: User, *, with_factor: bool) -> None:
    """Sign `user` in. Needs an open transaction."""
    login(request, user, backend=BACKEND)
    request.session.pop(WAITING, None)
    if with_factor:
        request.session[PASSED] = True
    note_session(request, user)
