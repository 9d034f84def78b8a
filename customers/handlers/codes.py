"""How codes are sent, whoever has the phone or email they go to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from customers import challenges
from customers.budgets import count_code, count_minute, refuse_compared
from customers.challenges import Sent
from customers.commands import CodeSent, SendCode, SendCodeAgain
from customers.domain.challenge import GOOD_FOR, RESEND_AFTER, crowd_of, lane_of
from customers.known_devices import is_known
from loyalty.bus import Unit, handles
from loyalty.domain.identity import derived_id
from loyalty.messages.outbox import write_to
from loyalty.tenancy.middleware import tenant_of_id

ABOUT = {
    "sign_in": "sign_in_code",
    "phone": "phone_code",
    "till": "till_code",
    "merge": "merge_code",
    "erase": "erase_code",
    "proof": "proof_code",
}


@handles(SendCode, streams=lambda command, circumstances: ())
def send_code(command: SendCode, unit: Unit) -> CodeSent:
    challenge_id, token = unit.new_id(), command.link.token if command.link else ""
    lane = lane_of(command.purpose, is_known(command.known_device, command.kind, command.to, unit.tenant_id))
    sent = challenges.start(unit, challenge_id, command.purpose, command.kind, command.to, command.code, command.customer_id, token, lane)
    return _written(unit, command, challenge_id, sent)


@handles(SendCodeAgain, streams=lambda command, circumstances: ())
def send_code_again(command: SendCodeAgain, unit: Unit) -> CodeSent:
    token = command.link.token if command.link else ""
    sent = challenges.send_again(unit, command.challenge_id, command.purpose, command.customer_id, command.code, token)
    return _written(unit, command, command.challenge_id, sent)


def _written(unit: Unit, command: SendCode | SendCodeAgain, challenge_id: UUID, sent: Sent) -> CodeSent:
    """Put the code on its way, in the language of who asks; what is counted comes last, since all tills of the world meet there."""
    refuse_compared(unit, sent.kind, sent.to, sent.lane)
    count_minute(unit, sent.kind, sent.to)
    with translation.override(command.language):
        text = _text(command, challenge_id, sent, tenant_of_id(unit.tenant_id).name)
    message_id = derived_id("customers.code", challenge_id, sent.number)
    write_to(unit, message_id, (sent.kind, sent.to), ABOUT[command.purpose], command.language, text, sent.expires_at)
    crowd = crowd_of(sent.lane, command.customer_id)
    count_code(unit, sent.kind, sent.to, command.asked_from, crowd, command.customer_id)
    return CodeSent(challenge_id, sent.expires_at, unit.now + RESEND_AFTER)


def _text(command: SendCode | SendCodeAgain, challenge_id: UUID, sent: Sent, programme: str) -> str:
    told = {"code": command.code, "programme": programme, "minutes": GOOD_FOR // timedelta(minutes=1)}
    if command.purpose == "till":
        return gettext("%(code)s is your code for %(programme)s. Tell it to the seller to join: that agrees to the terms.") % told
    text = gettext("%(code)s is your code for %(programme)s. It is good for %(minutes)s minutes. Tell it to nobody.") % told
    if command.link is None or sent.kind != "email":
        return text
    link = f"{command.link.at}{challenge_id}/{command.link.token}/"
    return text + "\n\n" + gettext("Or sign in by this link: %(link)s") % {"link": link}
