"""What customers do on pages of their own, and what they show at the till."""

from __future__ import annotations

from collections.abc import Iterable

from customers import avatars, member_codes
from customers.claims import holder_of
from customers.commands import ChangeAvatar, EditCustomer, EditOwnProfile, ReadMemberCode, ShownBy, SpendByMemberCode
from customers.domain.customer import Customer
from customers.domain.member_code import MemberCode
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import NotFound


def own_stream(command: EditOwnProfile | ChangeAvatar, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


@handles(ReadMemberCode, streams=lambda command, circumstances: ())
def read_member_code(command: ReadMemberCode, unit: Unit) -> ShownBy:
    return _shown_by(unit, member_codes.claim(unit, command.text))


@handles(SpendByMemberCode, streams=lambda command, circumstances: ())
def spend_by_member_code(command: SpendByMemberCode, unit: Unit) -> ShownBy:
    shown = member_codes.claim(unit, command.text)
    member_codes.bind(unit, shown, command)
    return _shown_by(unit, shown)


def _shown_by(unit: Unit, shown: MemberCode) -> ShownBy:
    if (customer_id := holder_of(unit, "code", shown.code)) is None:
        raise NotFound("customers.not_found")
    return ShownBy(customer_id, shown.code, shown.agrees)


@handles(EditOwnProfile, streams=own_stream)
def edit_own_profile(command: EditOwnProfile, unit: Unit) -> None:
    customer = unit.load(Customer, command.customer_id)
    customer.refuse_another_birth_date(command.birth_date)
    told = {name: getattr(command, name) for name in command.__dataclass_fields__}
    unit.dispatch(EditCustomer(**told))


@handles(ChangeAvatar, streams=own_stream)
def change_avatar(command: ChangeAvatar, unit: Unit) -> None:
    unit.load(Customer, command.customer_id).refuse_inactive()
    avatars.keep(unit, command.customer_id, command.content)
