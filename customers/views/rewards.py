"""`/app/rewards/`: what a customer's points buy, and what they have of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any, cast, get_args
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import queries as customers
from customers.forms.rewards import ADDRESS, CodeForm, GiftAddressForm, RedeemForm
from customers.views.access import Shell, own_page
from customers.views.card import DRAWN_AGAIN, drawing
from earning import queries as earning
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id
from loyalty.messages.refusals import message
from loyalty.rates import refuse_too_many
from loyalty.shell import hang
from loyalty.staff.lockout import address_of
from loyalty.tenancy import reading
from rewards import queries
from rewards.commands import ClaimCode, UseCoupon
from rewards.guesses import guessing
from rewards.queries import SaidCoupon, SaidOffer, Standing, said_coupons, said_offers

PAGE = 20
LIST = "app coupons"
A_MOMENT = timedelta(minutes=10)
STANDINGS: dict[str, Any] = {
    "": pgettext_lazy("coupons", "All"),
    "usable": pgettext_lazy("coupons", "Usable"),
    "used": pgettext_lazy("coupons", "Used"),
    "expired": pgettext_lazy("coupons", "Expired"),
}
GIFTS: dict[str, Any] = {
    "ordered": pgettext_lazy("gifts", "To be sent"),
    "shipped": pgettext_lazy("gifts", "On their way"),
    "delivered": pgettext_lazy("gifts", "Delivered"),
}
"""Offered to who has, or had, something sent."""


@require_safe
@own_page
def rewards(shell: Shell) -> HttpResponse:
    """All rewards by category; those out of reach say what is missing."""
    with reading(shell.tenant.id):
        found = said_offers(queries.offers(shell.customer_id, for_customer=True), shell.tenant.currency)
        return shell.page("rewards", shelves=queries.on_shelves(found, queries.terms_of_offer), **_balance(shell))


@require_safe
@own_page
def reward(shell: Shell, reward_id: UUID) -> HttpResponse:
    """One reward with its conditions."""
    with reading(shell.tenant.id):
        return shell.page("reward", offer=_offer(shell, reward_id), **_balance(shell))


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def redeem(shell: Shell, reward_id: UUID) -> HttpResponse:
    """«Yes, I want it»: what it costs and what is left; sent, the coupon. Sent twice it is one."""
    with reading(shell.tenant.id):
        offer = _offer(shell, reward_id)
        sent = _home(shell) if offer.card.is_sent else None
        least = offer.card.points if offer.card.kind == "cashback" else None
        form = RedeemForm(shell.posted, sent=sent, least=least, places=earning.wallet(offer.card.wallet).decimals)
    if form.is_valid():
        command_id = derived_id("app redeem", shell.tenant.id, shell.customer_id, reward_id, form.cleaned_data["once"])
        try:
            shell.dispatch(form.order(shell.side_id, reward_id), command_id)
            messages.success(shell.request, _("“%(name)s” is yours.") % {"name": offer.text.name})
            return redirect("app-coupon", command_id)
        except DomainError as refusal:
            if refusal.code == "command.applied":
                return redirect("app-coupon", command_id)
            form.refuse(refusal)
    with reading(shell.tenant.id):
        if form.errors:
            with suppress(Http404):
                offer = _offer(shell, reward_id)
        left = earning.said_points([(offer.card.wallet, (offer.card.available or 0) - offer.card.points)], signed=False)[0]
        response = shell.page("redeem", offer=offer, form=form, left=left, just_had=_just_had(shell, reward_id), **_balance(shell))
    response.status_code = 422 if form.errors else 200
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def code(shell: Shell) -> HttpResponse:
    """«I have a code»: the coupon behind it; what is not good is answered alike, whatever it is. Sent twice it is one."""
    form = CodeForm(shell.posted)
    if form.is_valid():
        try:
            return redirect("app-coupon", _claimed(shell, form))
        except DomainError as refusal:
            form.refuse(refusal)
    with reading(shell.tenant.id):
        response = shell.page("code", form=form)
    response.status_code = 422 if form.errors else 200
    return response


def _claimed(shell: Shell, form: CodeForm) -> UUID:
    """The coupon by the code of a form that is valid: a new one, or what the customer has by it already."""
    refuse_too_many("coupons", str(shell.customer_id), shell.tenant.id)
    with guessing(shell.tenant.id, f"customer:{shell.customer_id}", address_of(shell.request)), reading(shell.tenant.id):
        found = queries.code_brought(form.cleaned_data["code"], shell.customer_id)
    if found.coupon_id is not None:
        return found.coupon_id
    order = ClaimCode(customer_id=shell.side_id, reward_id=found.reward_id, code_id=found.code_id, by_customer=True)
    command_id = derived_id("app code", shell.tenant.id, shell.customer_id, form.cleaned_data["once"])
    try:
        shell.dispatch(order, command_id)
    except DomainError as refusal:
        if refusal.code != "command.applied":
            raise
    messages.success(shell.request, _("The code is good. This is yours now."))
    return command_id


@require_safe
@own_page
def coupons(shell: Shell) -> HttpResponse:
    """What the customer has, the latest first."""
    asked = shell.request.GET.get("standing", "")
    standing = cast(Standing, asked) if asked in get_args(Standing) else None
    with reading(shell.tenant.id):
        found = queries.coupons(shell.customer_id, standing, shell.after(LIST), PAGE + 1)
        last = found[PAGE - 1] if len(found) > PAGE else None
        following = last and shell.cursor(LIST, last.issued_at, last.coupon_id)
        offered = STANDINGS | (GIFTS if queries.has_gifts(shell.customer_id) else {})
        return shell.page(
            "coupons",
            coupons=said_coupons(found[:PAGE], shell.tenant.currency),
            tabs=[{"label": said, "href": f"?standing={name}", "current": name == (standing or "")} for name, said in offered.items()],
            standing=standing or "",
            following=following,
            first="after" not in shell.request.GET,
        )


@require_safe
@own_page
def coupon(shell: Shell, coupon_id: UUID) -> HttpResponse:
    """One of them: its code while it can be used. One of somebody else is not there."""
    with reading(shell.tenant.id):
        had = _coupon(shell, coupon_id)
        usable = had.card.state == "active" and not had.card.delivery
        code = queries.coupon_code(coupon_id) if usable else ""
        known = {"code": code, "usable": usable, "gift": _gift(coupon_id) if had.card.delivery else None}
        known["reason"] = queries.cancelled_for(coupon_id) if had.card.delivery == "cancelled" else ""
        return shell.page("coupon", had=had, **known, **_balance(shell), **(_shown(coupon_id) if usable else {}))


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def address(shell: Shell, coupon_id: UUID) -> HttpResponse:
    """Where a gift is sent, as long as it was not shipped."""
    with reading(shell.tenant.id):
        had = _coupon(shell, coupon_id)
        if not had.card.delivery:
            raise Http404
        gift = _gift(coupon_id)
        known = {name: getattr(gift, name) for name in ADDRESS} if gift and gift.address else _home(shell)
    form = GiftAddressForm(shell.posted, initial=known)
    if form.is_valid():
        try:
            shell.dispatch(form.address_order(coupon_id, shell.customer_id))
            messages.success(shell.request, _("The address is saved."))
            return redirect("app-coupon", coupon_id)
        except DomainError as refusal:
            form.refuse(refusal)
    return shell.form("gift_address", form, had=had)


@require_safe
@own_page
def coupon_drawing(shell: Shell, coupon_id: UUID) -> HttpResponse:
    """The QR code of a coupon alone, which takes the place of the one before; nothing once it is used."""
    with reading(shell.tenant.id):
        try:
            card = queries.coupon(coupon_id, shell.customer_id)
        except NotFound:
            raise Http404 from None
        usable = card.state == "active" and not card.delivery
        return shell.part("card_code", **_shown(coupon_id)) if usable else HttpResponse()


@require_POST
@own_page
def use(shell: Shell, coupon_id: UUID) -> HttpResponse:
    """The customer says that it was used; what is refused is said above the page of the coupon."""
    try:
        shell.dispatch(UseCoupon(coupon_id=coupon_id, customer_id=shell.customer_id))
    except NotFound:
        raise Http404 from None
    except DomainError as refusal:
        messages.error(shell.request, message(refusal))
    return redirect("app-coupon", coupon_id)


def _coupon(shell: Shell, coupon_id: UUID) -> SaidCoupon:
    """One of their own. Raises Http404."""
    try:
        return said_coupons([queries.coupon(coupon_id, shell.customer_id)], shell.tenant.currency)[0]
    except NotFound:
        raise Http404 from None


def _gift(coupon_id: UUID) -> queries.GiftCard | None:
    try:
        return queries.gift(coupon_id)
    except NotFound:
        return None


def _home(shell: Shell) -> dict[str, str]:
    """What is known of where they live."""
    told, reached = customers.profile(shell.customer_id), customers.contacts(shell.customer_id)
    return {"recipient": customers.customer(shell.customer_id).name, "phone": reached.phone or "", "address": told.address}


def _shown(coupon_id: UUID) -> dict[str, Any]:
    return {"drawing": drawing(queries.coupon_shown(coupon_id)), "seconds": DRAWN_AGAIN // timedelta(seconds=1)}


def _just_had(shell: Shell, reward_id: UUID) -> SaidCoupon | None:
    """The last thing they got, where it is the same and was had a moment ago: who goes back to the page before buys another one."""
    last = queries.coupons(shell.customer_id, None, None, 1)
    same = last and last[0].reward_id == reward_id and timezone.now() - last[0].issued_at < A_MOMENT
    return said_coupons(last, shell.tenant.currency)[0] if same else None


def _offer(shell: Shell, reward_id: UUID) -> SaidOffer:
    for card in queries.offers(shell.customer_id, for_customer=True):
        if card.reward_id == reward_id:
            return said_offers([card], shell.tenant.currency)[0]
    raise Http404


def _balance(shell: Shell) -> dict[str, Any]:
    return {"account": earning.account(shell.customer_id), "others": earning.said_balances(shell.customer_id)}


hang(gettext_lazy("Rewards"), "app-rewards", icon="gift", order=18)
