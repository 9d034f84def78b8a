"""`/api/v1/me`: who calls, what they change of it, and what they show at the till. `/api/v1/member-codes`: that is read."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.utils import timezone

from customers import queries
from customers.avatars import avatar
from customers.commands import UNCHANGED, ChangeAvatar, EditOwnProfile, ReadMemberCode, ShownBy
from customers.domain.text import LONGEST_ADDRESS, LONGEST_NAME
from customers.member_codes import member_code
from customers.permissions import SEE
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView, QueryView
from loyalty.domain.turning import good_until, step_of

Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
GenderText = Literal["male", "female", "undisclosed"]


class Me(msgspec.Struct, frozen=True):
    """The customer whose token it is, with what is known of them. `fact_needed`: they spend nothing until they say one (`me/fact`), and
    are not told their birth date.
    """

    id: UUID
    code: str
    first_name: str
    last_name: str
    language: str
    gender: GenderText
    birth_date: date | None
    address: str
    phone: str | None
    email: str | None
    fact_needed: bool


class EditMeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; fields left out stay, "" empties one. A birth date is said once. Another phone needs a code (`me/phone`)."""

    first_name: Name | msgspec.UnsetType = msgspec.UNSET
    last_name: Name | msgspec.UnsetType = msgspec.UNSET
    gender: GenderText | msgspec.UnsetType = msgspec.UNSET
    birth_date: date | msgspec.UnsetType = msgspec.UNSET
    address: Annotated[str, msgspec.Meta(max_length=LONGEST_ADDRESS)] | msgspec.UnsetType = msgspec.UNSET
    language: Literal["vi", "en", "pl", ""] | msgspec.UnsetType = msgspec.UNSET


class OwnCard(msgspec.Struct, frozen=True):
    """The digital card: `member_code` are the digits for a QR code, good until `good_until`; ask again each half minute while it is shown.

    It says who stands at the till, once; no points are spent by it. `redeem_code` says so too, and that they agree that points are spent
    there: show it only when they want that. `card` is the number of a card of plastic, if there is one; null as
    long as they are asked for it (`fact_needed` in `me`).
    """

    code: str
    member_code: str
    redeem_code: str
    good_until: datetime
    card: str | None


class OwnPhoto(msgspec.Struct, forbid_unknown_fields=True):
    """A JPEG, PNG or WebP file in Base64, at most about 700 KB. null: there is none any more."""

    content: bytes | None


class OwnPhotoShown(msgspec.Struct, frozen=True):
    """The picture: WebP in Base64. null: there is none."""

    content: str | None


class MemberCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The digits that a customer showed."""

    member_code: Annotated[str, msgspec.Meta(max_length=100)]


class MeView(OwnView, QueryView):
    """Show who calls."""

    answer = Me

    def ask(self, query: None, **path: Any) -> Me:
        card, known = queries.customer(self.customer_id), queries.profile(self.customer_id)
        reached, asked = queries.contacts(self.customer_id), queries.is_asked(self.customer_id)
        return Me(
            id=card.id,
            code=card.code,
            first_name=card.first_name,
            last_name=card.last_name,
            language=card.language,
            gender=known.gender,
            birth_date=None if asked else known.birth_date,
            address=known.address,
            phone=reached.phone,
            email=reached.email,
            fact_needed=asked,
        )


class EditMeView(OwnView, CommandView):
    """Correct what is known of me."""

    method = "patch"
    body = EditMeBody

    def command(self, body: EditMeBody, **path: Any) -> EditOwnProfile:
        told = {name: UNCHANGED if value is msgspec.UNSET else value for name, value in msgspec.structs.asdict(body).items()}
        return EditOwnProfile(customer_id=self.customer_id, **told)


class OwnCardView(OwnView, QueryView):
    """Show the digital card, with what the till reads."""

    answer = OwnCard

    def ask(self, query: None, **path: Any) -> OwnCard:
        now, code = timezone.now(), queries.customer(self.customer_id).code
        shown, redeems = (member_code(code, self.tenant.id, now, agrees=agrees) for agrees in (False, True))
        card = None if queries.is_asked(self.customer_id) else queries.contacts(self.customer_id).card
        return OwnCard(code, shown, redeems, good_until(step_of(now)), card)


class ReadMemberCodeView(CommandView):
    """Read what a customer shows at the till: who it is. Once read, it is over for anybody else."""

    permission = SEE
    rate = "finding"
    body = MemberCodeBody
    answer = ShownBy

    def command(self, body: MemberCodeBody, **path: Any) -> ReadMemberCode:
        return ReadMemberCode(text=body.member_code)


class OwnPhotoView(OwnView, QueryView):
    """Show my picture."""

    answer = OwnPhotoShown

    def ask(self, query: None, **path: Any) -> OwnPhotoShown:
        picture = avatar(self.customer_id)
        return OwnPhotoShown(b64encode(picture).decode() if picture else None)


class ChangeOwnPhotoView(OwnView, CommandView):
    """Send a picture of me in the place of the one before; null takes it away. It is made small, and nothing but the picture is kept."""

    method = "put"
    body = OwnPhoto

    def command(self, body: OwnPhoto, **path: Any) -> ChangeAvatar:
        return ChangeAvatar(customer_id=self.customer_id, content=body.content)
