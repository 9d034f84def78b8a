"""The forms of points accounts in the administration: corrections, transfers, blocking."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from customers.queries import named
from earning import queries
from earning.commands import (
    AccountAnswer,
    AdjustPoints,
    ApproveCorrection,
    BlockAccount,
    CancelLot,
    RejectCorrection,
    TransferAnswer,
    TransferPoints,
    UnblockAccount,
    WaitingAnswer,
)
from earning.domain.reason import LONGEST_REASON
from earning.domain.wallets import Unit
from earning.forms.fields import NumberField
from earning.models import Account, Correction
from earning.permissions import ADJUST, APPROVE, BLOCK, TRANSFER
from earning.units import phrase
from earning.wording import waiting_sentence
from loyalty.admin.forms import CommandForm
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.house import formats
from loyalty.staff.principal import Principal
from loyalty.tenancy import reading

LOTS = 100


def reason_field() -> forms.CharField:
    """Why somebody does it."""
    return forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Others will read it later.")
    )


def smallest_units(typed: Decimal, decimals: int) -> int:
    """What was typed, in the wallet's smallest unit. Raises DomainError for more decimals than it has."""
    scaled = typed.scaleb(decimals)
    if scaled != int(scaled):
        raise DomainError("earning.points_too_exact", field="points", decimals=decimals)
    return int(scaled)


class AccountForm(CommandForm):
    """What the pages of one account share."""

    subject: Account

    def amount(self) -> int:
        """The points that were entered, in the wallet's smallest unit."""
        return smallest_units(self.cleaned_data["points"], self.unit().decimals)

    def told(self, result: AccountAnswer) -> dict[str, str]:
        """What to say of points, in the reader's words."""
        with reading(self.tenant.id):
            unit = self.unit()
        language = get_language() or formats.FALLBACK
        return {
            "points": phrase(unit, result.points, language),
            "balance": formats.points(result.balance, language, decimals=unit.decimals),
        }

    def unit(self) -> Unit:
        """What the wallet counts."""
        return queries.unit_of(queries.wallet(self.subject.wallet))


class FreeForm(AccountForm):
    """What cannot be done with a blocked account."""

    @classmethod
    def offered(cls, subject: Account) -> bool:
        return not queries.is_blocked(subject.customer_id, subject.wallet)


class AdjustForm(AccountForm):
    """Give or take points by hand."""

    title = _("Correct points")
    icon = "tune"
    permission = ADJUST
    submit = _("Correct points")
    explanation = _(
        "Above the amount that the wallet sets, the correction waits until somebody else approves it. "
        "Your corrections of an account within 24 hours count together."
    )

    direction = forms.ChoiceField(label=_("What to do"), choices=[("give", _("Give points")), ("take", _("Take points"))])
    points = NumberField(label=_("Points"))
    reason = reason_field()

    def command(self) -> AdjustPoints:
        told, points = self.cleaned_data, self.amount()
        return AdjustPoints(
            customer_id=self.subject.customer_id,
            points=points if told["direction"] == "give" else -points,
            reason=told["reason"],
            wallet=self.subject.wallet,
        )

    def confirm(self, result: AccountAnswer) -> str:
        if isinstance(result, WaitingAnswer):
            with reading(self.tenant.id):
                why = waiting_sentence(result, self.unit())
            return f"{gettext('The correction waits for somebody else to approve it.')} {why}"
        return gettext("%(points)s corrected. The balance is %(balance)s now.") % self.told(result)


class TransferForm(FreeForm):
    """Pass points on to another customer."""

    title = _("Pass points on")
    icon = "swap_horiz"
    permission = TRANSFER
    submit = _("Pass points on")
    explanation = _("The points keep the ends that they have, and do not count as earned.")

    recipient = forms.CharField(
        label=_("To whom"),
        max_length=200,
        help_text=_("The whole phone number, card, code, email or external id."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    points = NumberField(label=_("Points"))

    def command(self) -> TransferPoints:
        found = named(self.cleaned_data["recipient"])
        return TransferPoints(
            customer_id=self.subject.customer_id,
            recipient_id=found.side if found else None,
            points=self.amount(),
            wallet=self.subject.wallet,
        )

    def carry_out(self) -> AccountAnswer:
        done: TransferAnswer = super().carry_out()
        if done.sent is None:
            raise DomainError("earning.recipient_unavailable", field="recipient")
        return done.sent

    def confirm(self, result: AccountAnswer) -> str:
        return gettext("%(points)s passed on. The balance is %(balance)s now.") % self.told(result)


class CancelLotForm(AccountForm):
    """Take what is left of a lot that should not have been given."""

    title = _("Cancel a lot")
    icon = "block"
    permission = ADJUST
    submit = _("Cancel the lot")
    dangerous = True
    explanation = _("What is left of the lot, and not kept aside, is taken away.")

    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_field("lot_id", forms.TypedChoiceField(label=_("Lot"), choices=self._lots(), coerce=UUID))
        self.order_fields(["lot_id", "reason"])

    def command(self) -> CancelLot:
        told = self.cleaned_data
        return CancelLot(customer_id=self.subject.customer_id, lot_id=told["lot_id"], reason=told["reason"], wallet=self.subject.wallet)

    def confirm(self, result: AccountAnswer) -> str:
        return gettext("%(points)s cancelled. The balance is %(balance)s now.") % self.told(result)

    def _lots(self) -> list[tuple[Any, str]]:
        language, wallet, unit = get_language() or formats.FALLBACK, self.subject.wallet, self.unit()
        return [
            (
                lot.lot_id,
                f"{formats.day(lot.earned_at, self.tenant.zone, language)} · {phrase(unit, lot.remaining, language)}",
            )
            for lot in queries.lots(self.subject.customer_id, limit=LOTS, wallet=wallet)
        ]


class BlockForm(AccountForm):
    """Let nothing be spent or passed on."""

    title = _("Block")
    icon = "lock"
    permission = BLOCK
    submit = _("Block the account")
    dangerous = True
    explanation = _("Points still come in, but none can be spent or passed on.")
    done = _("The account of %(subject)s is blocked.")

    reason = reason_field()

    @classmethod
    def offered(cls, subject: Account) -> bool:
        return not queries.is_blocked(subject.customer_id, subject.wallet)

    def command(self) -> Command[AccountAnswer]:
        return BlockAccount(customer_id=self.subject.customer_id, reason=self.cleaned_data["reason"], wallet=self.subject.wallet)


class UnblockForm(AccountForm):
    """Let an account be used again."""

    title = _("Unblock")
    icon = "lock_open"
    permission = BLOCK
    submit = _("Unblock the account")
    done = _("The account of %(subject)s can be used again.")

    reason = reason_field()

    @classmethod
    def offered(cls, subject: Account) -> bool:
        return queries.is_blocked(subject.customer_id, subject.wallet)

    def command(self) -> Command[AccountAnswer]:
        return UnblockAccount(customer_id=self.subject.customer_id, reason=self.cleaned_data["reason"], wallet=self.subject.wallet)


class DecideForm(CommandForm):
    """What the pages that decide a correction share: they say what is decided."""

    subject: Correction

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        card, language = queries.correction(self.subject.id), get_language() or formats.FALLBACK
        points = phrase(queries.unit_of(queries.wallet(card.wallet)), card.points, language, signed=True)
        about = gettext("%(name)s: %(points)s. Reason: %(reason)s") % {"name": self.subject, "points": points, "reason": card.reason}
        self.explanation = f"{self.explanation} {about}".strip()  # type: ignore[misc]

    @classmethod
    def offered(cls, subject: Correction) -> bool:
        return subject.state == Correction.State.WAITS


class ApproveForm(DecideForm):
    """Agree to a correction that waits."""

    title = _("Approve")
    icon = "check"
    permission = APPROVE
    submit = _("Approve")
    explanation = _("The points are given or taken at once.")
    done = _("The correction is approved.")

    @classmethod
    def offered_to(cls, principal: Principal, subject: Correction) -> bool:
        return subject.proposed_by != principal.actor

    def command(self) -> Command[Any]:
        return ApproveCorrection(correction_id=self.subject.id, customer_id=self.subject.customer_id, wallet=self.subject.wallet)


class RejectForm(DecideForm):
    """Refuse a correction that waits."""

    title = _("Reject")
    icon = "close"
    permission = APPROVE
    submit = _("Reject")
    dangerous = True
    done = _("The correction is rejected.")

    reason = reason_field()

    def command(self) -> Command[Any]:
        return RejectCorrection(correction_id=self.subject.id, reason=self.cleaned_data["reason"])
