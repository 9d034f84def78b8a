"""Signing in: an address and a password, within the tenant whose page is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from loyalty.staff.models import User, normal_email


class StaffBackend(BaseBackend):
    """Needs `request.tenant` and an open transaction of it: another tenant's users are not there at all."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> User | None:
        tenant = getattr(request, "tenant", None)
        email = credentials.get("email") or username
        if tenant is None or not email or password is None:
            return None
        user = User.objects.select_related("role").filter(tenant_id=tenant.id, email=normal_email(email)).first()
        if user is None:
            # An unknown address must take as long as a wrong password, or the difference names who works here.
            User().set_password(password)
            return None
        right = user.check_password(password)
        return user if right and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        try:
            wanted = UUID(str(user_id))
        except ValueError:
            return None
        return User.objects.select_related("role", "tenant").filter(pk=wanted, is_active=True).first()
