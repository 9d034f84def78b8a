"""The forms that spend points of an account, and keep them aside, in the administration."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from earning.commands import AccountAnswer, ConfirmHold, HoldPoints, ReleaseHold, SpendPoints
from earning.forms.accounts import AccountForm, FreeForm
from earning.forms.fields import MomentField, NumberField
from earning.models import Account, Hold
from earning.permissions import SPEND
from earning.units import phrase
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.house import formats


class SpendForm(FreeForm):
    """Spend points."""

    title = _("Spend points")
    icon = "redeem"
    permission = SPEND
    submit = _("Spend points")
    explanation = _("Points that end soonest are spent first.")

    points = NumberField(label=_("Points"))

    def command(self) -> Command[AccountAnswer]:
        return SpendPoints(customer_id=self.subject.customer_id, points=self.amount(), wallet=self.subject.wallet)

    def confirm(self, result: AccountAnswer) -> str:
        return gettext("%(points)s spent. The balance is %(balance)s now.") % self.told(result)


class HoldForm(FreeForm):
    """Keep points aside."""

    title = _("Keep points aside")
    icon = "front_hand"
    permission = SPEND
    submit = _("Keep points aside")
    explanation = _("They are free again by themselves at the time that you enter, at most a week from now.")

    points = NumberField(label=_("Points"))
    ends_at = MomentField(label=_("Until"), required=True, widget=forms.DateTimeInput)

    def command(self) -> Command[AccountAnswer]:
        ends_at = self.cleaned_data["ends_at"]
        if ends_at <= timezone.now():
            raise DomainError("earning.hold_ends_before_now", field="ends_at")
        return HoldPoints(customer_id=self.subject.customer_id, points=self.amount(), ends_at=ends_at, wallet=self.subject.wallet)

    def confirm(self, result: AccountAnswer) -> str:
        return gettext("%(points)s are kept aside.") % self.told(result)


class KeptForm(AccountForm):
    """What the pages about points that are kept aside share."""

    permission = SPEND
    order: ClassVar[type[ConfirmHold | ReleaseHold]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_field("hold_id", forms.TypedChoiceField(label=_("Kept aside"), choices=self._holds(), coerce=UUID))

    @classmethod
    def offered(cls, subject: Account) -> bool:
        return _open_holds(subject).exists()

    def command(self) -> Command[AccountAnswer]:
        return self.order(customer_id=self.subject.customer_id, hold_id=self.cleaned_data["hold_id"], wallet=self.subject.wallet)

    def _holds(self) -> list[tuple[Any, str]]:
        language, unit = get_language() or formats.FALLBACK, self.unit()
        return [
            (
                hold.id,
                gettext("%(points)s until %(end)s")
                % {
                    "points": phrase(unit, hold.points, language),
                    "end": formats.day_and_clock(hold.ends_at, self.tenant.zone, language),
                },
            )
            for hold in _open_holds(self.subject)
        ]


class ConfirmHoldForm(KeptForm):
    """Spend points that were kept aside."""

    title = _("Spend what is kept aside")
    icon = "task_alt"
    submit = _("Spend points")
    order = ConfirmHold

    def confirm(self, result: AccountAnswer) -> str:
        return gettext("%(points)s spent. The balance is %(balance)s now.") % self.told(result)


class ReleaseHoldForm(KeptForm):
    """Free points that were kept aside."""

    title = _("Free what is kept aside")
    icon = "undo"
    submit = _("Free points")
    order = ReleaseHold

    def confirm(self, result: AccountAnswer) -> str:
        return gettext("%(points)s are free again.") % self.told(result)


def _open_holds(account: Account) -> QuerySet[Hold]:
    """Those that can still be spent or freed, the one that ends first in front."""
    held = Hold.objects.filter(tenant_id=account.tenant_id, account_id=account.id, closed_at=None, ends_at__gt=timezone.now())
    return held.order_by("ends_at", "id")
