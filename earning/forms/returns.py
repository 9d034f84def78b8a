"""The forms that take goods back in the administration: all that is left of a purchase, or some of its lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.access import own_places
from earning.commands import ReturnAnswer, ReturnGoods, ReturnLine
from earning.domain.document import LONGEST_NUMBER
from earning.domain.lines import quantity_text
from earning.forms.brought import said_brought
from earning.forms.fields import MomentField, QuantityField
from earning.models import Purchase
from earning.permissions import DATE_BACK, RECORD_ANYWHERE, RETURN
from earning.streams import WALLET
from earning.units import phrase
from earning.versions import versions
from earning.wording import line_name
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError
from loyalty.house import formats
from loyalty.house.fields import AmountField
from loyalty.messages.refusals import message
from pos.queries import all_places, sale_place

ONLINE = ""


class ReturnForm(CommandForm):
    """What both pages share: the return document."""

    permission = RETURN
    dangerous = True

    document_number = forms.CharField(
        label=_("Number of the return document"),
        max_length=LONGEST_NUMBER,
        help_text=_("A number of its own, which no other document has."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    pos_id = forms.ChoiceField(label=_("Where the goods come back"), required=False)
    returned_at = MomentField(label=_("When"), help_text=_("Leave it empty for now."), widget=forms.DateTimeInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pos_id"].choices = self._places()  # type: ignore[attr-defined]

    @classmethod
    def offered(cls, subject: Purchase) -> bool:
        return not subject.is_gone

    def initial_values(self) -> dict[str, Any]:
        number = f"{self.subject.document_number}-R{len(self.subject.returns) + 1}"
        return {"document_number": number if len(number) <= LONGEST_NUMBER else "", "pos_id": str(self.subject.pos_id or ONLINE)}

    def lines(self) -> tuple[ReturnLine, ...] | None:
        """What comes back; None for all that is left."""
        return None

    def command(self) -> ReturnGoods:
        told = self.cleaned_data
        at: datetime = told["returned_at"] or timezone.now()
        where = UUID(told["pos_id"]) if told["pos_id"] else None
        return queries.goods_return(
            self.subject.id,
            document_number=told["document_number"],
            returned_at=at,
            lines=self.lines(),
            at=sale_place(where) if where not in {None, self.subject.pos_id} else None,
            may_date_back=self.principal.may(DATE_BACK),
        )

    def refuse(self, refusal: DomainError) -> None:
        """With both versions of a return document that was recorded before with other content."""
        super().refuse(refusal)
        for version in versions(refusal, self.tenant):
            self.add_error("document_number", version)

    def confirm(self, result: ReturnAnswer) -> str:
        language = get_language() or formats.FALLBACK
        return gettext("Goods worth %(amount)s came back from %(document)s, and %(points)s with them.") % {
            "amount": formats.money(result.amount, self.subject.currency, language),
            "document": self.subject.document_number,
            "points": said_brought(result, self.tenant.id),
        }

    def _places(self) -> list[tuple[str, str]]:
        """Those of the merchant where the user may record; with the right to record anywhere also where it was bought."""
        anywhere = self.principal.may(RECORD_ANYWHERE)
        places = [p for p in (all_places() if anywhere else own_places(self.principal)) if p.merchant_id == self.subject.merchant_id]
        choices = [(str(p.pos_id), p.pos_name) for p in places]
        if anywhere and self.subject.pos_id is None:
            return [(ONLINE, gettext("Online")), *choices]
        if anywhere and self.subject.pos_id not in {p.pos_id for p in places}:
            choices.insert(0, (str(self.subject.pos_id), sale_place(self.subject.pos_id).pos_name))
        return choices


class TakeBackForm(ReturnForm):
    """Take back all that is left of a purchase."""

    title = _("Take back everything")
    icon = "undo"
    submit = _("Take back everything")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or formats.FALLBACK
        told = {
            "amount": formats.money(self.subject.kept, self.subject.currency, language),
            "points": phrase(queries.wallets_here().unit(WALLET), self.subject.points, language),
        }
        self.explanation = gettext("Goods worth %(amount)s come back, and %(points)s with them.") % told  # type: ignore[misc]


class TakeBackLinesForm(ReturnForm):
    """Take back some lines of a purchase, each in part or whole."""

    title = _("Take back lines")
    icon = "playlist_remove"
    submit = _("Take back")
    explanation = _("Enter how much of each line comes back. The points of what is kept stay.")
    template = "earning/admin/take_back_lines.html"
    live = "earning/admin/take_back_foreseen.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = [line for line in queries.purchase(self.subject.id).lines if line.left]
        self.left = {f"line_{line.number}": line for line in kept if not line.follows_goods}
        self.following = [(line.number, line_name(line.line), line.left) for line in kept if line.follows_goods]
        """Discounts that come back by themselves with their goods: number, name, and what is left of each."""
        if self.following:
            told = _("Enter how much of each line comes back: discounts come back with their goods. The points of what is kept stay.")
            self.explanation = told  # type: ignore[misc]
        for name, line in self.left.items():
            self.add_field(name, _field(line, self.subject.currency))
        plain = [name for name in self.fields if name not in {"command_id", *self.left}]
        self.sections = [(_("Lines"), list(self.left)), (_("Return document"), plain)]  # type: ignore[misc]

    def lines(self) -> tuple[ReturnLine, ...]:
        return tuple(
            ReturnLine(line=line.number, quantity=given) if line.line.quantity is not None else ReturnLine(line=line.number, amount=given)
            for name, line in self.left.items()
            if (given := self.cleaned_data.get(name))
        )

    def foreseen(self) -> tuple[ReturnAnswer, str] | None:
        """What would come back of what is typed, discounts taken off, and the points that would go with it; None while it is no return."""
        try:
            answer = queries.preview_return(self.command(), self.channel) if self.is_valid() else None
        except DomainError:
            return None
        if answer is None:
            return None
        return answer, queries.said_brought(answer) if any(one.points for one in answer.wallets) else ""

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not self.errors and not any(told.get(name) for name in self.left):
            raise ValidationError(_("Enter how much of at least one line comes back."))
        return told

    def refuse(self, refusal: DomainError) -> None:
        """A refusal about a line appears at the line."""
        name = f"line_{refusal.params.get('line')}"
        if name in self.fields:
            self.add_error(name, message(refusal))
        else:
            super().refuse(refusal)


def _field(shown: queries.PurchaseLine, currency: str) -> forms.Field:
    line, language = shown.line, get_language() or formats.FALLBACK
    goods = line.name or line.sku or gettext("Goods")
    label = f"{shown.number}. {goods}"
    if line.quantity is None:
        left = formats.money(shown.left, currency, language)
        field: forms.Field = AmountField(currency=currency, zero=True, required=False, label=label)
    else:
        left, field = quantity_text(shown.left), QuantityField(zero=True, required=False, label=label)
    field.help_text = gettext("%(left)s left") % {"left": left}
    if shown.goes_along:
        field.help_text = f"{field.help_text}. {gettext('How much of it goes with the goods that come back?')}"
    return field
