"""What each kind of reward asks for: its fields, and the benefit that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.house.fields import AmountField
from loyalty.house.lists import ListField
from loyalty.house.typed import CountField, MomentField
from rewards.domain.kinds import (
    Benefit,
    Cashback,
    Custom,
    DiscountAmount,
    DiscountPercent,
    EventAccess,
    FreeDelivery,
    FreeProduct,
    LuckyDraw,
    MaterialGift,
    ValueCode,
)
from rewards.forms.rewards.fields import FigureField, ShareField
from rewards.kinds import KIND_TITLES

WITH_COMMAS = _("With commas between them.")


@dataclass(frozen=True, slots=True)
class KindAsked:
    """The `fields` of a kind, those that are `needed`, the benefit `made` of cleaned values, and its values `shown`.

    `made` is told the power of ten between what a point pays as typed and as kept, and the prizes of a draw under "prizes".
    """

    fields: tuple[str, ...]
    needed: tuple[str, ...]
    made: Callable[[Mapping[str, Any], int], Benefit]
    shown: Callable[[Any, int], dict[str, Any]]


def _cashback(told: Mapping[str, Any], scale: int) -> Cashback:
    return Cashback(per_point=told["per_point"].scaleb(scale), least=told["least_points"] or 1, most=told["most_points"])


def _product(told: Mapping[str, Any], _scale: int) -> FreeProduct:
    return FreeProduct(skus=told["free_skus"], quantity=int((told["free_quantity"] or Decimal(1)).scaleb(3)))


def _access(told: Mapping[str, Any], _scale: int) -> EventAccess:
    return EventAccess(place=told["event_place"], begins_at=told["event_begins"], ends_at=told["event_ends"])


ASKED: dict[str, KindAsked] = {
    "discount_amount": KindAsked(
        ("amount",), ("amount",), lambda told, _s: DiscountAmount(amount=told["amount"]), lambda one, _s: {"amount": one.amount}
    ),
    "discount_percent": KindAsked(
        ("percent", "most"),
        ("percent",),
        lambda told, _s: DiscountPercent(basis_points=told["percent"], most=told["most"]),
        lambda one, _s: {"percent": one.basis_points, "most": one.most},
    ),
    "value_code": KindAsked(
        ("amount",), ("amount",), lambda told, _s: ValueCode(amount=told["amount"]), lambda one, _s: {"amount": one.amount}
    ),
    "free_delivery": KindAsked(("most",), (), lambda told, _s: FreeDelivery(most=told["most"]), lambda one, _s: {"most": one.most}),
    "event_access": KindAsked(
        ("event_place", "event_begins", "event_ends"),
        (),
        _access,
        lambda one, _s: {"event_place": one.place, "event_begins": one.begins_at, "event_ends": one.ends_at},
    ),
    "material_gift": KindAsked(
        ("gift_sku", "delivered"),
        (),
        lambda told, _s: MaterialGift(sku=told["gift_sku"], delivered=told["delivered"]),
        lambda one, _s: {"gift_sku": one.sku, "delivered": one.delivered},
    ),
    "cashback": KindAsked(
        ("per_point", "least_points", "most_points"),
        ("per_point",),
        _cashback,
        lambda one, scale: {"per_point": one.per_point.scaleb(-scale), "least_points": one.least, "most_points": one.most},
    ),
    "free_product": KindAsked(
        ("free_skus", "free_quantity"),
        ("free_skus",),
        _product,
        lambda one, _s: {"free_skus": one.skus, "free_quantity": Decimal(one.quantity).scaleb(-3)},
    ),
    "lucky_draw": KindAsked(("prizes",), (), lambda told, _s: LuckyDraw(prizes=told["prizes"]), lambda _one, _s: {}),
    "custom": KindAsked((), (), lambda _told, _s: Custom(), lambda _one, _s: {}),
}
assert list(ASKED) == list(KIND_TITLES)
KIND_FIELDS = tuple(dict.fromkeys(name for kind in ASKED.values() for name in kind.fields if name != "prizes"))


class KindFields(forms.Form):
    """What the reward gives: the fields of all kinds, of which a page shows those of the one that is chosen."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(KIND_TITLES.items()), initial="discount_amount")
    amount = AmountField(label=_("Amount"), required=False)
    percent = ShareField(label=_("Percent"), required=False, help_text=_("Such as 10 or 7.5."))
    most = AmountField(label=_("At most"), required=False, help_text=_("Leave it empty for no bound."))
    event_place = forms.CharField(label=_("Where it is"), required=False, max_length=200)
    event_begins = MomentField(label=_("Begins"), widget=forms.DateTimeInput)
    event_ends = MomentField(label=_("Ends"), widget=forms.DateTimeInput)
    gift_sku = forms.CharField(label=_("SKU of the gift"), required=False, max_length=100)
    delivered = forms.BooleanField(label=_("Sent to an address"), required=False)
    per_point = FigureField(label=_("Each point pays"), required=False, help_text=_("Such as 1000 or 0.03. It may have six decimals."))
    least_points = CountField(label=_("Points from"), help_text=_("Leave it empty for one point."))
    most_points = CountField(label=_("Points at most"), help_text=_("Leave it empty for as many as there are."))
    free_skus = ListField(label=_("One of these SKUs is free"), help_text=WITH_COMMAS)
    free_quantity = FigureField(label=_("Quantity"), required=False, help_text=_("Leave it empty for one piece."))

    def benefit(self, kind: str, told: Mapping[str, Any], scale: int) -> Benefit | None:
        """What cleaned values stand for; None as long as something of the kind is missing or wrong."""
        asked = ASKED[kind]
        if any(name in self.errors for name in asked.fields) or any(not told.get(name) for name in asked.needed):
            return None
        return asked.made(told, scale)

    def benefit_shown(self, kind: str, benefit: Benefit, scale: int) -> dict[str, Any]:
        """The fields' values."""
        return {"kind": kind} | ASKED[kind].shown(benefit, scale)
