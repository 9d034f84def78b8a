"""`/api/v1/me/proof`: whoever is signed in shows that it is they who hold the device, before they do what gives the account away."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.utils import timezone

from customers import queries
from customers.api.sign_in import ComparesCode, SendsCode
from customers.commands import CodeSent, ProveSession, ProveSessionByPassword, SendCode, SendCodeAgain
from customers.domain.challenge import typed_code
from customers.known_devices import mark_of
from customers.passwords import LONGEST_TYPED
from customers.targets import own_target
from customers.tokens import proven_until
from customers.told_passwords import said_password_of
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView, QueryView


class ProofBody(msgspec.Struct, forbid_unknown_fields=True):
    """The password that I have. Who has none, or does not know it, says a code (`me/proof/code`)."""

    password: Annotated[str, msgspec.Meta(max_length=LONGEST_TYPED)]


class ProofCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code that came to the customer's own phone or email."""

    code: Annotated[str, msgspec.Meta(max_length=40)]


class ProofAnswer(msgspec.Struct, frozen=True):
    """Until when this session may change the phone, set a password, join another account and erase this one; null: not now, since neither
    a code nor a password was said in it within a quarter of an hour.
    """

    proven_until: datetime | None


class ProofView(OwnView, QueryView):
    """Show whether it is certain at the moment that it is me who holds the device."""

    answer = ProofAnswer

    def ask(self, query: None, **path: Any) -> ProofAnswer:
        until = proven_until(self.tenant.id, queries.sides(self.customer_id), self.session_id)
        return ProofAnswer(until if until is not None and until > timezone.now() else None)


class ProveByPasswordView(OwnView, CommandView):
    """Show by my password that it is me: for a quarter of an hour this session may do what a session alone may not."""

    rate = "sign_in"
    body = ProofBody

    def command(self, body: ProofBody, **path: Any) -> ProveSessionByPassword:
        known = said_password_of(self.tenant.id, self.side_id, self.customer_id, body.password)
        who = {"customer_id": self.customer_id, "side_id": self.side_id, "session_id": self.session_id}
        return ProveSessionByPassword(known=known, **who)


class AskForProofCodeView(SendsCode, OwnView):
    """Ask for a code to my own phone, or else email, by which I show that it is me."""

    purpose = "proof"
    answer = CodeSent
    status = 201

    def command(self, body: None, **path: Any) -> SendCode:
        own = own_target(self.tenant.id, self.side_id)
        return self.code_to(*own, self.customer_id, mark_of(*own, self.tenant.id))


class AskAgainForProofCodeView(SendsCode, OwnView):
    """Ask for another code to show that it is me."""

    purpose = "proof"
    answer = CodeSent

    def command(self, body: None, **path: Any) -> SendCodeAgain:
        return self.code_again(path["challenge_id"], self.customer_id)


class SayProofCodeView(ComparesCode, OwnView):
    """Say the code: for a quarter of an hour this session may do what a session alone may not."""

    purpose = "proof"
    body = ProofCodeBody

    def command(self, body: ProofCodeBody, **path: Any) -> ProveSession:
        said = {"challenge_id": path["challenge_id"], "code": typed_code(body.code)}
        return ProveSession(customer_id=self.customer_id, session_id=self.session_id, **said)
