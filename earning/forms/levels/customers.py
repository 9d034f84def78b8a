"""Forms that give a customer a level by hand, and take it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import GiveLevel, WithdrawLevel
from earning.forms.accounts import reason_field
from earning.level_wording import level_name, set_name
from earning.models import Account
from earning.permissions import GIVE_LEVELS
from loyalty.admin.forms import CommandForm
from loyalty.domain.period import local_midnight

DAY = timedelta(days=1)


class CustomerLevelForm(CommandForm):
    """What the two pages share."""

    subject: Account
    permission = GIVE_LEVELS

    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_field("level", forms.ChoiceField(label=_("Level"), choices=self.levels()))
        self.order_fields(["level", "last_day", "reason"])

    def levels(self) -> list[tuple[str, str]]:
        """Those that can be chosen: code and name."""
        raise NotImplementedError


class GiveLevelForm(CustomerLevelForm):
    """Let a customer have a level for a while, whatever they earn."""

    title = _("Give a level")
    icon = "military_tech"
    submit = _("Give the level")
    explanation = _(
        "Until its end the customer has at least this level: nothing automatic takes it, and a higher level that they earn counts. "
        "At the end they have what they have earned by then. It takes the place of a level given before in the same set."
    )
    done = _("The level is given.")

    last_day = forms.DateField(label=_("Until the end of"), widget=forms.DateInput)

    @classmethod
    def offered(cls, subject: Account) -> bool:
        return any(card.state == "active" for card in queries.level_sets())

    def levels(self) -> list[tuple[str, str]]:
        sets = (card for card in queries.level_sets() if card.state == "active")
        return [(level.code, f"{level_name(level)} ({set_name(card.terms)})") for card in sets for level in card.terms.levels]

    def command(self) -> GiveLevel:
        told = self.cleaned_data
        try:
            ends_at = local_midnight(told["last_day"] + DAY, self.tenant.zone)
        except OverflowError:
            ends_at = timezone.now()  # no such day: refused as one that is not to come
        return GiveLevel(customer_id=self.subject.customer_id, level=told["level"], ends_at=ends_at, reason=told["reason"])


class WithdrawLevelForm(CustomerLevelForm):
    """Take a level back before its end."""

    title = _("Take a given level back")
    icon = "remove_moderator"
    submit = _("Take the level back")
    dangerous = True
    explanation = _("The customer has what they have earned from now on.")
    done = _("The level is taken back.")

    @classmethod
    def offered(cls, subject: Account) -> bool:
        return bool(queries.given_levels(subject.customer_id))

    def levels(self) -> list[tuple[str, str]]:
        return [(level.code, level_name(level)) for level in queries.given_levels(self.subject.customer_id)]

    def command(self) -> WithdrawLevel:
        told = self.cleaned_data
        return WithdrawLevel(customer_id=self.subject.customer_id, level=told["level"], reason=told["reason"])
