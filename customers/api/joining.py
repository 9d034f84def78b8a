"""`/api/v1/enrolments`: a till sends a code to somebody's phone, and they join by telling it to the seller."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.utils.translation import get_language

from customers.api.register import refuse_unknown_place
from customers.api.sign_in import ComparesCode, Name, SendsCode
from customers.commands import CodeSent, JoinByCode, Joined, SendCode, SendCodeAgain
from customers.domain.challenge import typed_code
from customers.domain.facts import LONGEST_FACT
from customers.permissions import REGISTER
from customers.targets import phone_target
from loyalty.api.views import CommandView
from loyalty.tenancy import reading


class EnrolBody(msgspec.Struct, forbid_unknown_fields=True):
    """A mobile phone in any usual spelling."""

    phone: str


class TellBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code that came to the phone; telling it agrees to the terms `terms_version`. Names, and the point of sale where they
    are, count for somebody new. Who did nothing for long is refused with `customers.fact_missing`, and says the same code with a
    `fact`, their birth date or card number, or `anew` to begin without what whoever had the number before has.
    """

    code: Annotated[str, msgspec.Meta(max_length=40)]
    terms_version: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    pos_id: UUID | None = None
    first_name: Name = ""
    last_name: Name = ""
    fact: Annotated[str, msgspec.Meta(max_length=LONGEST_FACT)] = ""
    anew: bool = False


class EnrolView(SendsCode, CommandView):
    """Send a code to the phone of somebody at a till. The answer is the same whether anybody has the number or not."""

    permission = REGISTER
    purpose = "till"
    body = EnrolBody
    answer = CodeSent
    status = 201

    def command(self, body: EnrolBody, **path: Any) -> SendCode:
        return self.code_to("phone", phone_target(body.phone, self.tenant))


class EnrolAgainView(SendsCode, CommandView):
    """Send another code to the same phone, a minute after the last at the earliest."""

    permission = REGISTER
    purpose = "till"
    answer = CodeSent

    def command(self, body: None, **path: Any) -> SendCodeAgain:
        return self.code_again(path["challenge_id"])


class TellCodeView(ComparesCode, CommandView):
    """Say the code that came to the phone: its owner joins, or is the customer who has it already."""

    permission = REGISTER
    purpose = "till"
    body = TellBody
    answer = Joined

    def command(self, body: TellBody, **path: Any) -> JoinByCode:
        with reading(self.tenant.id):
            refuse_unknown_place(body.pos_id)
        return JoinByCode(
            challenge_id=path["challenge_id"],
            code=typed_code(body.code),
            terms_version=body.terms_version,
            pos_id=body.pos_id,
            seller_id=self.principal.user_id,
            first_name=body.first_name,
            last_name=body.last_name,
            language=get_language() or self.tenant.default_language,
            fact=body.fact,
            anew=body.anew,
        )
