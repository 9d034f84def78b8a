"""A reward for everybody in a segment, foreseen before it is given."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.queries import members_of, segments
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError
from loyalty.house import formats
from loyalty.messages.refusals import message_to_staff
from rewards.commands import GiveToSegment, GivingAnswer
from rewards.giving import Foreseen, foreseen
from rewards.models import Reward
from rewards.permissions import EDIT_REWARDS, GIVE
from rewards.queries.here import asked
from rewards.rewardbook import offer_now


class GiveToSegmentForm(CommandForm):
    """Give the reward to everybody in a segment."""

    title = _("Give to a segment")
    permission = EDIT_REWARDS
    also = (GIVE,)
    icon = "redeem"
    submit = _("Give it to all of them")
    explanation = _(
        "Everybody in the segment gets one without points, one after the other; limits, stock and budget hold. "
        "It can be stopped under Long-running work, and goes on where it was."
    )
    done = _("%(subject)s is being given. How far it is stands under Long-running work.")
    template = "rewards/admin/giving_form.html"
    live = "rewards/admin/giving.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = [one for one in segments() if one.active]
        people = members_of(one.segment_id for one in active)
        choices = [(str(one.segment_id), f"{one.name} ({formats.number(people.get(one.segment_id, 0), _language())})") for one in active]
        field = forms.ChoiceField(label=_("Segment"), choices=[("", "–"), *choices], error_messages={"required": _("Choose a segment.")})
        self.add_field("segment_id", field)

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return subject.standing not in {"draft", "ended"} and subject.kind != "cashback"

    def command(self) -> GiveToSegment:
        return GiveToSegment(reward_id=self.subject.id, segment_id=UUID(self.cleaned_data["segment_id"]))

    def foreseen(self) -> str:
        """What it would come to, or why it cannot be; "" while nothing is chosen."""
        if not self.is_bound or not self.is_valid():
            return ""
        segment_id, tenant = UUID(self.cleaned_data["segment_id"]), self.tenant
        try:
            found = foreseen(offer_now(self.subject.id, tenant.id, asked), segment_id, tenant.id, timezone.now(), asked)
        except DomainError as refusal:
            return message_to_staff(refusal)
        return " ".join(_said(found, tenant.currency))

    def next_url(self, result: GivingAnswer) -> str:
        return reverse("admin:jobs_jobrun_changelist")


def _said(found: Foreseen, currency: str) -> list[str]:
    number = formats.number(found.customers, _language())
    said = [ngettext("%(number)s customer is in it.", "%(number)s customers are in it.", found.customers) % {"number": number}]
    if found.left is not None and found.left < found.customers:
        said.append(
            gettext("There are only %(left)s left: whoever comes later gets none.") % {"left": formats.number(found.left, _language())}
        )
    if found.cost:
        said.append(gettext("It costs you %(cost)s at most.") % {"cost": formats.money(found.cost, currency, _language())})
    return said


def _language() -> str:
    return get_language() or formats.FALLBACK
