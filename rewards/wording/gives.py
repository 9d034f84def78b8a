"""What a reward gives, as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.domain.money import EXPONENTS
from loyalty.house import formats
from loyalty.house.templatetags.house import language
from rewards.called import Called
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
from rewards.domain.terms import RewardTerms


def gives_sentence(terms: RewardTerms, around: Called) -> str:
    """“₫20,000 off one purchase.”"""
    return SENTENCES[type(terms.benefit)](terms.benefit, around, terms.price.wallet)


def _money(minor: int, around: Called) -> str:
    return formats.money(minor, around.tenant.currency, language())


def _amount(benefit: DiscountAmount, around: Called, _wallet: str) -> str:
    return _("%(amount)s off one purchase.") % {"amount": _money(benefit.amount, around)}


def _value(benefit: ValueCode, around: Called, _wallet: str) -> str:
    return _("A gift code worth %(amount)s.") % {"amount": _money(benefit.amount, around)}


def _percent(benefit: DiscountPercent, around: Called, _wallet: str) -> str:
    told = {"percent": formats.percent(benefit.basis_points, language())}
    if benefit.most is None:
        return _("%(percent)s off one purchase.") % told
    return _("%(percent)s off one purchase, at most %(most)s.") % (told | {"most": _money(benefit.most, around)})


def _delivery(benefit: FreeDelivery, around: Called, _wallet: str) -> str:
    if benefit.most is None:
        return _("Free delivery of one purchase.")
    return _("Delivery of one purchase for %(most)s less.") % {"most": _money(benefit.most, around)}


def _cashback(benefit: Cashback, around: Called, wallet: str) -> str:
    currency = around.tenant.currency
    worth = benefit.per_point.scaleb(around.decimals.get(wallet, 0) - EXPONENTS[currency])
    told = {"worth": formats.exact_money(worth, currency, language()), "least": around.points(benefit.least, wallet)}
    if benefit.most is None:
        return _("Each point pays %(worth)s of a purchase, from %(least)s on.") % told
    told["most"] = around.points(benefit.most, wallet)
    return _("Each point pays %(worth)s of a purchase, from %(least)s to %(most)s.") % told


def _product(benefit: FreeProduct, _around: Called, _wallet: str) -> str:
    told = {"quantity": formats.exact(Decimal(benefit.quantity).scaleb(-3), language()), "skus": ", ".join(benefit.skus)}
    return _("%(quantity)s free of these goods: %(skus)s.") % told


def _draw(benefit: LuckyDraw, _around: Called, _wallet: str) -> str:
    number, prizes = len(benefit.prizes), ", ".join(prize.code for prize in benefit.prizes)
    words = ngettext("A draw of %(number)s prize: %(prizes)s.", "A draw of one of %(number)s prizes: %(prizes)s.", number)
    return words % {"number": number, "prizes": prizes}


def _access(benefit: EventAccess, around: Called, _wallet: str) -> str:
    moments = (formats.day_and_clock(at, around.tenant.zone, language()) for at in (benefit.begins_at, benefit.ends_at) if at)
    told = ", ".join(filter(None, (benefit.place, " – ".join(moments))))
    return _("Access: %(told)s.") % {"told": told} if told else _("Access to an event or offer.")


def _gift(benefit: MaterialGift, _around: Called, _wallet: str) -> str:
    return _("A gift, sent to an address.") if benefit.delivered else _("A gift, to be taken at the shop.")


SENTENCES: dict[type[Benefit], Callable[[Any, Called, str], str]] = {
    DiscountAmount: _amount,
    DiscountPercent: _percent,
    ValueCode: _value,
    FreeDelivery: _delivery,
    EventAccess: _access,
    MaterialGift: _gift,
    Cashback: _cashback,
    FreeProduct: _product,
    LuckyDraw: _draw,
    Custom: lambda _benefit, _around, _wallet: _("What its texts say."),
}
