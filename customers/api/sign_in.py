"""`/api/v1/sign-in`: somebody of whom nothing is known asks for a code, and says it: they are signed in, or have joined."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.utils.translation import get_language

from customers import invitations
from customers.codes import Said, code_again, code_to, count_compare
from customers.commands import ChangePhoneByCode, CodeSent, SendCode, SendCodeAgain, SignedIn, SignInByCode
from customers.domain.challenge import ChallengeKind, Purpose, typed_code
from customers.domain.facts import LONGEST_FACT
from customers.domain.text import on_one_line
from customers.known_devices import LONGEST_MARK
from customers.proof import refuse_unproven
from customers.targets import phone_target, sign_in_target
from customers.tokens import new_token
from loyalty.api.idempotency import AlreadyAnswered, Answer, KeptReceipt
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView
from loyalty.api.visitors import VisitorOrder
from loyalty.devices import device_of
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.messages.tasks import send_soon
from loyalty.staff.models import token_hash

LONGEST_DEVICE = 80
Name = Annotated[str, msgspec.Meta(max_length=200)]


class SignInBody(msgspec.Struct, forbid_unknown_fields=True):
    """Where the code goes: a mobile phone in any usual spelling, or an email, where the programme lets customers sign in by it.

    `known_device` is what the answer to signing in by the same phone or email gave the device to keep, if there is any: whatever strangers
    asked for and tried since does not count on it.
    """

    phone: str | None = None
    email: str | None = None
    known_device: Annotated[str, msgspec.Meta(max_length=LONGEST_MARK)] = ""


class CodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code, as it was typed, or the last part of the `link` in the email. `terms_version` says which wording of the programme's terms
    they agree to; nobody joins without. It is `version` of `GET terms`, or, where none are published, a name of the app's own wording.
    Names and language are for somebody who joins. `device` is what the session is called in the list of sessions, `invitation` the code of
    the link by which they came. Who did nothing for long is refused with `customers.fact_missing`, and says the same code with a `fact`,
    their birth date or card number, or `anew` to begin without the points of before.
    """

    code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    link: Annotated[str, msgspec.Meta(max_length=60)] = ""
    fact: Annotated[str, msgspec.Meta(max_length=LONGEST_FACT)] = ""
    anew: bool = False
    terms_version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    first_name: Name = ""
    last_name: Name = ""
    language: Literal["vi", "en", "pl", ""] = ""
    device: Annotated[str, msgspec.Meta(max_length=LONGEST_DEVICE)] = ""
    invitation: Annotated[str, msgspec.Meta(max_length=40)] = ""


class NewPhoneBody(msgspec.Struct, forbid_unknown_fields=True):
    """The number that the customer wants to have from now on."""

    phone: str


class NewPhoneCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code that was sent to the new number."""

    code: Annotated[str, msgspec.Meta(max_length=40)]


class SignedInAnswer(msgspec.Struct, frozen=True):
    """A session: its token, which is told in this answer only, opens what is the customer's own under `/api/v1/me`. The device keeps
    `known_device`, also when the session ends, and sends it when somebody signs in by the same phone or email again. `invitation_over`:
    they joined, but nobody comes by the code of the invitation that was said, or not any more.
    """

    customer_id: UUID
    registered: bool
    session_id: UUID
    token: str
    expires_at: datetime
    known_device: str
    invitation_over: bool


class SendsCode(CommandView):
    """Mixed in where a code leaves: at once, after the commit."""

    purpose: Purpose = "sign_in"
    rate = "sign_in"

    def _dispatch(self, command: Command[Any], **how: Any) -> Any:
        result = super()._dispatch(command, **how)
        send_soon(self.principal.tenant_id)
        return result

    def code_to(self, kind: ChallengeKind, to: str, customer_id: UUID | None = None, known_device: str = "") -> SendCode:
        """The order to send a new code."""
        return code_to(self.request._request, self.purpose, kind, to, customer_id, known_device)

    def code_again(self, challenge_id: UUID, customer_id: UUID | None = None) -> SendCodeAgain:
        """The order to send another code for the same challenge."""
        return code_again(self.request._request, self.purpose, challenge_id, customer_id)


class ComparesCode(CommandView):
    """Mixed in where a code is compared: that is counted, and committed, before. What was answered before is not compared again, and
    a request that waits for another one with its key counts once.
    """

    purpose: Purpose = "sign_in"
    rate = "sign_in"
    counted = False

    def count(self, command: Any) -> None:
        """Count, and commit, what is about to be compared. Raises DomainError when that may not be."""
        said = Said(command.code, getattr(command, "link", ""), getattr(command, "fact", ""))
        count_compare(self.principal.tenant_id, command.challenge_id, self.purpose, said, self.principal.customer_id)

    def _carried_out(self, receipt: KeptReceipt, command: Any) -> Answer:
        self._answer_as_before(receipt)
        if not self.counted:
            try:
                self.count(command)
            except DomainError:
                self._answer_as_before(receipt)  # the same request used the code up while this one waited to count
                raise
            self.counted = True
        return super()._carried_out(receipt, command)

    @staticmethod
    def _answer_as_before(receipt: KeptReceipt) -> None:
        if (answer := receipt.before()) is not None:
            raise AlreadyAnswered(answer)


class AskToSignInView(SendsCode, VisitorOrder):
    """Ask for a code with which to sign in or to join. The answer is the same whether anybody has the number or not."""

    told_apart = True
    body = SignInBody
    answer = CodeSent
    status = 201

    def command(self, body: SignInBody, **path: Any) -> SendCode:
        return self.code_to(*sign_in_target(body.phone, body.email, self.tenant), known_device=body.known_device)


class AskAgainToSignInView(SendsCode, VisitorOrder):
    """Ask for another code in the place of one that did not come; a minute after that at the earliest."""

    answer = CodeSent

    def command(self, body: None, **path: Any) -> SendCodeAgain:
        return self.code_again(path["challenge_id"])


class SignInView(ComparesCode, VisitorOrder):
    """Say the code: sign in as the customer who has the phone or email, or join with it."""

    body = CodeBody
    answer = SignedInAnswer

    def command(self, body: CodeBody, **path: Any) -> SignInByCode:
        self.text = new_token()
        return SignInByCode(
            challenge_id=path["challenge_id"],
            code=typed_code(body.code),
            hash=token_hash(self.text),
            device=on_one_line(body.device, "device", LONGEST_DEVICE) or device_of(self.request.headers.get("User-Agent", "")),
            terms_version=body.terms_version.strip(),
            first_name=body.first_name,
            last_name=body.last_name,
            language=body.language or get_language() or self.tenant.default_language,
            invitation=invitations.said_code(body.invitation),
            link=body.link,
            fact=body.fact,
            anew=body.anew,
        )

    def present(self, result: SignedIn) -> SignedInAnswer:
        session = (result.session_id, self.text, result.expires_at)
        return SignedInAnswer(result.customer_id, result.registered, *session, result.known_device, result.invitation_over)


class AskForNewPhoneView(SendsCode, OwnView):
    """Ask for a code at the phone number that shall be the customer's own from now on. Show first that it is you (`me/proof`)."""

    purpose = "phone"
    body = NewPhoneBody
    answer = CodeSent
    status = 201

    def command(self, body: NewPhoneBody, **path: Any) -> SendCode:
        to = phone_target(body.phone, self.tenant)
        refuse_unproven(self.tenant.id, self.customer_id, self.session_id)
        return self.code_to("phone", to, self.customer_id)


class AskAgainForNewPhoneView(SendsCode, OwnView):
    """Ask for another code at the new phone number."""

    purpose = "phone"
    answer = CodeSent

    def command(self, body: None, **path: Any) -> SendCodeAgain:
        return self.code_again(path["challenge_id"], self.customer_id)


class ChangePhoneView(ComparesCode, OwnView):
    """Say the code that came to the new number: it is the customer's phone from now on, and the one before may be anybody's."""

    purpose = "phone"
    body = NewPhoneCodeBody

    def command(self, body: NewPhoneCodeBody, **path: Any) -> ChangePhoneByCode:
        said = {"challenge_id": path["challenge_id"], "code": typed_code(body.code)}
        return ChangePhoneByCode(customer_id=self.customer_id, session_id=self.session_id, **said)
