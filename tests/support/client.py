"""A caller of the REST API and a visitor of pages, through the whole stack of middleware."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.test.client import ClientHandler

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant

HANDLER = ClientHandler(enforce_csrf_checks=False)
"""One for all callers, as a server has it: middleware looks through all static files when it is loaded."""


class Caller(Client):
    """Django's client without middleware of its own; failures come back as the answer that people would see."""

    def __init__(self, **given: Any) -> None:
        super().__init__(raise_request_exception=False, **given)
        self.handler = HANDLER


@dataclass(frozen=True)
class ApiClient:
    """`api.post("/api/v1/customers", {...})` with a token, in one language. A key is drawn for every write unless given."""

    token: str | None
    host: str
    language: str = "en"

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.send("GET", path, query=query, headers=headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        return self.send("POST", path, body, key=key or str(uuid4()), headers=headers)

    def put(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        return self.send("PUT", path, body, key=key or str(uuid4()), headers=headers)

    def patch(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        return self.send("PATCH", path, body, key=key or str(uuid4()), headers=headers)

    def send(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, query: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """One request; `body` as bytes goes out as it is. Headers are named as in `X_Tenant="…"`."""
        sent = {"Accept-Language": self.language} | {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if key is not None:
            sent["Idempotency-Key"] = key
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Caller().generic(method, path, raw, content_type="application/json", headers=sent, HTTP_HOST=self.host, query_params=query)

    def speaking(self, language: str) -> ApiClient:
        return replace(self, language=language)

    def anonymous(self) -> ApiClient:
        return replace(self, token=None)


def session_of(user: User) -> str:
    """The key of a stored session in which `user` is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def visitor(tenant: Tenant, user: User | None = None, language: str = "en") -> Client:
    """A caller at the tenant's host, signed in as `user`."""
    client = Caller(headers={"Accept-Language": language}, HTTP_HOST=tenant.hosts[0])
    if user is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
    return client
