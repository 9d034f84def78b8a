"""`/api/v1/sign-in/password` and `/api/v1/me/password`: customers who like have a password, and come in by it without a code."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.utils import timezone

from customers import queries
from customers.api.sign_in import LONGEST_DEVICE, SignedInAnswer
from customers.commands import ChangePassword, PasswordChanged, SignedIn, SignInByPassword
from customers.domain.text import on_one_line
from customers.known_devices import LONGEST_MARK
from customers.passwords import LONGEST_TYPED, kept
from customers.queries.doors import doors
from customers.targets import sign_in_target
from customers.tokens import new_token, proven_until
from customers.told_passwords import changed_password_of, password_of
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView, QueryView
from loyalty.api.visitors import VisitorOrder
from loyalty.devices import device_of
from loyalty.staff.models import token_hash

Typed = Annotated[str, msgspec.Meta(max_length=LONGEST_TYPED)]


class PasswordSignInBody(msgspec.Struct, forbid_unknown_fields=True):
    """A mobile phone or an email, as to be sent a code, and the password. `device` is what the session is called in the list of sessions,
    `known_device` what the answer to signing in before gave the device to keep.
    """

    password: Typed
    phone: str | None = None
    email: str | None = None
    device: Annotated[str, msgspec.Meta(max_length=LONGEST_DEVICE)] = ""
    known_device: Annotated[str, msgspec.Meta(max_length=LONGEST_MARK)] = ""


class NewPasswordBody(msgspec.Struct, forbid_unknown_fields=True):
    """The new password, 8 to 128 characters; null: there is none from now on. `old` is the one that is known: it is not needed for a
    quarter of an hour after signing in, or after `me/proof`.
    """

    password: Typed | None
    old: Typed = ""


class PasswordAnswer(msgspec.Struct, frozen=True):
    """Since when there is a password, null: there is none. `open`: the programme lets customers have one. Until `proven_until` a new one is
    set without the old one.
    """

    set_at: datetime | None
    open: bool
    proven_until: datetime | None


class PasswordChangedAnswer(msgspec.Struct, frozen=True):
    """The session goes on by this token, which is told in this answer only. The one before, and all other sessions, open nothing more."""

    session_id: UUID
    token: str
    expires_at: datetime


class SignInByPasswordView(VisitorOrder):
    """Sign in by a password. Whoever has the phone or email, or nobody, a password that does not match is answered alike."""

    rate = "sign_in"
    body = PasswordSignInBody
    answer = SignedInAnswer

    def command(self, body: PasswordSignInBody, **path: Any) -> SignInByPassword:
        target = sign_in_target(body.phone, body.email, self.tenant)
        self.text = new_token()
        return SignInByPassword(
            kind=target[0],
            value=target[1],
            known=password_of(self.tenant.id, target, body.password, self.asked_from, body.known_device),
            hash=token_hash(self.text),
            device=on_one_line(body.device, "device", LONGEST_DEVICE) or device_of(self.request.headers.get("User-Agent", "")),
            asked_from=self.asked_from,
            known_device=body.known_device,
        )

    def present(self, result: SignedIn) -> SignedInAnswer:
        session = (result.session_id, self.text, result.expires_at)
        return SignedInAnswer(result.customer_id, False, *session, result.known_device, False)


class PasswordView(OwnView, QueryView):
    """Show whether I have a password, and whether I may set one without it."""

    answer = PasswordAnswer

    def ask(self, query: None, **path: Any) -> PasswordAnswer:
        found = kept(self.tenant.id, self.side_id, self.customer_id)
        until = proven_until(self.tenant.id, queries.sides(self.customer_id), self.session_id)
        proven = until if until is not None and until > timezone.now() else None
        return PasswordAnswer(found.set_at if found else None, doors().passwords, proven)


class ChangePasswordView(OwnView, CommandView):
    """Set a password, or change it, or have none. Everybody else who is signed in as me is signed out."""

    method = "put"
    rate = "sign_in"
    body = NewPasswordBody
    answer = PasswordChangedAnswer

    def command(self, body: NewPasswordBody, **path: Any) -> ChangePassword:
        self.text = new_token()
        who = (self.side_id, self.customer_id, self.session_id)
        encoded, known = changed_password_of(self.tenant.id, who, body.old, body.password)
        return ChangePassword(
            customer_id=self.customer_id,
            side_id=self.side_id,
            session_id=self.session_id,
            hash=token_hash(self.text),
            encoded=encoded,
            known=known,
        )

    def present(self, result: PasswordChanged) -> PasswordChangedAnswer:
        return PasswordChangedAnswer(result.session_id, self.text, result.expires_at)
