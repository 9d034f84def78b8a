"""Where a member of staff is signed in, and how that ends: the session's own row goes, so that its next request finds nobody."""

from __future__ import annotations

from uuid import UUID

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from loyalty.staff.models import StaffSession, User

LONGEST_BROWSER = 200


def note_session(request: HttpRequest, user: User) -> None:
    """Keep that `user` is signed in by the session of `request`. Needs an open transaction, as all here."""
    request.session.save()
    key = request.session.session_key
    assert key is not None
    browser = request.headers.get("User-Agent", "")[:LONGEST_BROWSER].replace("\0", "")
    StaffSession.objects.create(tenant_id=user.tenant_id, user_id=user.pk, key=key, browser=browser)


def live_sessions(user_id: UUID) -> list[StaffSession]:
    """The sessions that open something, newest first; what is left of others is cleared away."""
    kept = list(StaffSession.objects.filter(user_id=user_id).order_by("-began_at"))
    alive = set(
        Session.objects.filter(pk__in=[one.key for one in kept], expire_date__gt=timezone.now()).values_list("session_key", flat=True)
    )
    StaffSession.objects.filter(pk__in=[one.pk for one in kept if one.key not in alive]).delete()
    return [one for one in kept if one.key in alive]


def end_sessions(user_id: UUID, *, but: str | None = None, only: UUID | None = None) -> int:
    """End the sessions of somebody: all, all `but` the one with this key, or `only` one; answers how many that were."""
    ending = StaffSession.objects.filter(user_id=user_id).exclude(key=but or "")
    keys = list((ending if only is None else ending.filter(pk=only)).values_list("key", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    return StaffSession.objects.filter(user_id=user_id, key__in=keys).delete()[0]
