"""What a seller chooses of a customer's rewards for one purchase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.queries import CustomerCard
from earning.queries import wallet
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.domain.money import Money
from loyalty.house.readable import ReadableForm
from loyalty.house.typed import points_as_typed, smallest_units
from loyalty.messages.refusals import message
from pos.forms.till import INCOMPLETE, LONGEST_TYPED, DocumentForm, OnceForm, TypedAmount
from rewards.commands import BasketLine, Cashback, Choice, FreeProduct
from rewards.queries import Quote, Quoted, SaidQuoted, choice_text, said_quote

ONE = 1000
"""One piece, in thousandths."""


class PaidForm(DocumentForm):
    """The document of a basket, and the total that the seller saw."""

    total = forms.IntegerField(min_value=0, max_value=10**15, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if self.errors.pop("total", None):
            raise ValidationError(INCOMPLETE)
        return told


class BroughtForm(ReadableForm):
    """A code on paper that a customer brings, on the form of their basket."""

    code = forms.CharField(
        label=_("Code on paper"),
        help_text=_("Scan or type the code of a voucher. It becomes the customer's and is chosen."),
        max_length=LONGEST_TYPED,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def is_whole(self, basket: OnceForm) -> bool:
        """Whether the form of the basket came with it."""
        if "once" not in basket.cleaned_data:
            self.add_error("code", INCOMPLETE)
        return not self.errors

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at the code."""
        self.add_error("code", message(refusal))


class PaperForm(OnceForm):
    """A code on paper, and who brings it."""

    code = forms.CharField(max_length=LONGEST_TYPED, widget=forms.HiddenInput)
    whose = forms.CharField(
        label=_("Who brings it?"),
        help_text=_("Phone number, card or customer code: scan or type it."),
        max_length=LONGEST_TYPED,
        error_messages={"required": _("Say who brings the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    @classmethod
    def of(cls, code: str, card: CustomerCard | None) -> PaperForm:
        """An empty form for a code; for the customer at the counter, if there is one."""
        form = cls(initial={"code": code, "whose": card.code if card else ""})
        form.begin()
        return form

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if self.errors.pop("code", None):
            raise ValidationError(INCOMPLETE)
        return told

    @property
    def typed_code(self) -> str:
        """The code of a form that came back, whatever else is wrong with it."""
        return str(self.cleaned_data.get("code", ""))

    def refuse(self, refusal: DomainError) -> None:
        """Above the form: the code stands in no field that is seen."""
        self.add_error("whose" if refusal.field == "customer_id" else None, message(refusal))


class ChoiceField(forms.Field):
    """Choices as `rewards.queries.choice_text` writes them: [("coupon" or "reward", its id), …]."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[tuple[str, UUID]]:
        try:
            found = [(kind, UUID(key)) for kind, key in (one.split(":") for one in value or ())]
        except ValueError:
            raise ValidationError(_("This choice is not there any more. Choose again.")) from None
        if any(kind not in {"coupon", "reward"} for kind, _key in found):
            raise ValidationError(_("This choice is not there any more. Choose again."))
        return list(dict.fromkeys(found))


class BasketForm(OnceForm):
    """The amount before rewards, what is chosen, and the code that the customer shows where points are spent."""

    amount = TypedAmount(label=_("Amount before rewards"), error_messages={"required": _("Enter the amount.")})
    choice = ChoiceField(required=False)
    free_price = TypedAmount(
        label=_("Price of the free product"), help_text=_("What one of it costs. It is part of the amount above."), required=False
    )
    points = forms.CharField(
        label=_("Points to pay with"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    shown = forms.CharField(
        label=_("Code that the customer shows"),
        help_text=_("Scan the code in the customer's app, or type it. It says that they agree to spend their points."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        for name in ("amount", "free_price"):
            self.fields[name].use(currency)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if (told.get("free_price") or 0) > (told.get("amount") or 0):
            self.add_error("free_price", _("The free product cannot cost more than the whole purchase."))
        return told

    @property
    def chosen(self) -> list[str]:
        """What is chosen, each as `rewards.queries.choice_text` writes it."""
        return [f"{kind}:{key}" for kind, key in self.cleaned_data.get("choice") or ()]

    def choices(self, picked: Sequence[Quoted]) -> tuple[Choice, ...]:
        """The choices; of what takes any number of points, as many as are typed, or the least: also where what is typed cannot be read,
        which is said at its field. Needs an open `reading`.
        """
        return tuple(
            Choice(coupon_id=one.coupon_id) if one.coupon_id else Choice(reward_id=one.reward_id, points=self._points(one))
            for one in picked
        )

    def _points(self, one: Quoted) -> int | None:
        benefit, typed = one.content.terms.benefit, self.cleaned_data.get("points", "").strip()
        if not isinstance(benefit, Cashback):
            return None
        try:
            return smallest_units(typed, wallet(one.wallet).decimals) if typed else benefit.least_points
        except ValidationError as unreadable:
            self.add_error("points", unreadable)
            return benefit.least_points

    def is_priced(self, one: Quoted) -> bool:
        """Whether all is known that it is worked out of: of a free product, what it costs."""
        return not isinstance(one.content.terms.benefit, FreeProduct) or bool(self.cleaned_data.get("free_price"))

    def said(self, found: Quote, picked: Sequence[Quoted]) -> list[SaidQuoted]:
        """What could be chosen, what is picked first. What takes nothing off because its price is asked when it is chosen can be."""
        offers = tuple(replace(one, refusal=None) if _asks_its_price(one) else one for one in found.offers)
        picks = {choice_text(one.reward_id, one.coupon_id) for one in picked}
        said = [replace(one, chosen=one.choice in picks) for one in said_quote(replace(found, offers=offers))]
        return sorted(said, key=lambda one: not one.chosen)

    def lines(self, picked: Sequence[Quoted]) -> tuple[BasketLine, ...]:
        """The purchase: what is free by itself, where a price for it is typed, and everything else."""
        amount, free = self.cleaned_data["amount"], self.cleaned_data.get("free_price") or 0
        skus = [one.content.terms.benefit.skus[0] for one in picked if isinstance(one.content.terms.benefit, FreeProduct)]
        if not (free and skus):
            return (BasketLine(total=amount),)
        rest = (BasketLine(total=amount - free),) if amount > free else ()
        return (*rest, BasketLine(total=free, quantity=ONE, sku=skus[0]))

    @classmethod
    def anew(cls, amount: int, currency: str) -> BasketForm:
        """The same amount (minor units) with nothing chosen."""
        return cls({"once": str(new_id()), "amount": str(Money(amount, currency).major)}, currency=currency)

    def is_whole(self, picked: Sequence[Quoted]) -> bool:
        """Whether all is there that what is chosen needs; what is missing is said at its field. Needs an open `reading`."""
        self.choices(picked)
        if not picked:
            self.add_error(None, _("Choose a reward, or record the purchase without one."))
        if any(isinstance(one.content.terms.benefit, FreeProduct) for one in picked) and not self.cleaned_data.get("free_price"):
            self.add_error("free_price", _("Enter what the free product costs."))
        return not self.errors

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at its field; what is wrong with a choice, or with the points for it, above the choices."""
        name = {"lines.0.total": "amount", "lines.1.total": "free_price"}.get(refusal.field or "", refusal.field)
        name = "points" if name and name.endswith(".points") else name
        self.add_error(name if name in self.fields and name != "choice" else None, message(refusal))

    def ask(self, picked: Sequence[Quoted]) -> None:
        """Leave out the fields that what is chosen does not need, and begin with the least points that can be paid with. Needs an open
        `reading`.
        """
        benefits = [one.content.terms.benefit for one in picked]
        bought = [one for one in picked if one.coupon_id is None]
        least = next((points_as_typed(points, wallet(one.wallet).decimals) for one in bought if (points := _least_of(one))), "")
        needed = {
            "free_price": any(isinstance(one, FreeProduct) for one in benefits),
            "points": bool(least),
            "shown": bool(bought),
        }
        if needed["points"] and not self.data.get("points"):
            self.data = {name: self.data[name] for name in self.data} | {"points": least}
        for name in (name for name, is_needed in needed.items() if not is_needed and name not in self.errors):
            del self.fields[name]


def _least_of(one: Quoted) -> int:
    benefit = one.content.terms.benefit
    return benefit.least_points if isinstance(benefit, Cashback) else 0


def _asks_its_price(one: Quoted) -> bool:
    is_free = isinstance(one.content.terms.benefit, FreeProduct)
    return is_free and one.refusal is not None and one.refusal.code == "rewards.takes_nothing_off"
