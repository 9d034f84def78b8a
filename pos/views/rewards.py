"""Rewards at the till: what a customer can have for a purchase, kept for them while they pay, and the purchase with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from earning import queries as earning
from earning.permissions import DATE_BACK
from loyalty.bus import dispatch, was_carried_out
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id, new_id
from loyalty.tenancy import reading
from pos.forms.rewards import BasketForm, PaidForm
from pos.slips import draw_again, slip_for
from pos.views.access import Till, at_till
from pos.views.choosing import MAY, choosing, order_of, picked_of, pushed, quote, told_of
from pos.views.paper import brought
from pos.views.sale import MOST_DRAWS, TAKEN, present
from pos.views.scanned import coupon_panel
from rewards import queries
from rewards.commands import ConfirmBasket, ReleaseBasket, UseCoupon
from rewards.consent import shown_by_whom

OVER = {"rewards.basket_released", "rewards.basket_ended"}
"""Refusals of what is free again by itself."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(*MAY)
def choose(till: Till, customer_id: UUID) -> HttpResponse:
    """What can be had for an amount, and what the purchase costs with what is chosen; nothing is kept. A `code` that is typed becomes the
    customer's. An amount of another currency, or
    for the fee of a level, is asked anew: rewards are for goods.
    """
    told = till.request.POST if till.request.method == "POST" else till.request.GET
    if told.get("code", "").strip() and till.request.method == "POST":
        return brought(till, customer_id, told)
    meant = None if told.get("fee") or told.get("currency") not in {None, "", till.place.currency} else told_of(told)
    return choosing(till, customer_id, BasketForm(meant, currency=till.place.currency), carried=told.getlist("choice"))


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(*MAY)
def use(till: Till, coupon_id: UUID) -> HttpResponse:
    """A coupon is taken without a purchase: a gift is handed over, somebody is let in."""
    with reading(till.tenant.id):
        card = _present_coupon(coupon_id)
    if till.request.method == "POST":
        try:
            _say(till, UseCoupon(coupon_id=coupon_id, merchant_id=till.place.merchant_id, pos_id=till.place.pos_id))
        except DomainError as refusal:
            form = BasketForm({"once": str(new_id()), "amount": ""}, currency=till.place.currency)
            form.refuse(refusal)
            return choosing(till, card.customer_id, form, status=422)
    return coupon_panel(till, coupon_id)


@require_POST
@at_till(*MAY)
def keep(till: Till, customer_id: UUID) -> HttpResponse:
    """Keep what is chosen for the purchase. The same form again keeps the same. With a code that was typed, its price is shown first."""
    if till.request.POST.get("code", "").strip():
        return brought(till, customer_id, till.request.POST)
    form = BasketForm(till.request.POST, currency=till.place.currency)
    command_id = derived_id("till basket", till.tenant.id, till.place.pos_id, form.cleaned_data["once"]) if form.is_valid() else None
    with reading(till.tenant.id):
        whose = present(customer_id).id
        is_kept = command_id is not None and was_carried_out(command_id)
        picked = picked_of(form, quote(till, whose, form)) if command_id and not is_kept else []
        order = order_of(till, whose, form, picked) if command_id and not is_kept and form.is_whole(picked) else None
    if command_id is not None and is_kept:
        return to_basket(till, command_id)
    if command_id is None or order is None:
        return choosing(till, customer_id, form, status=422)
    try:
        if any(one.coupon_id is None for one in picked):
            order = replace(order, shown=shown_by_whom(till.principal, form.cleaned_data["shown"]))
        _say(till, order, command_id)
    except DomainError as refusal:
        if refusal.code != "command.applied":
            form.refuse(refusal)
            return choosing(till, customer_id, form, status=422)
    return to_basket(till, command_id)


@require_safe
@at_till(*MAY)
def basket(till: Till, basket_id: UUID) -> HttpResponse:
    """What is kept, until when, and the form of its purchase; once it was made, the purchase."""
    return to_basket(till, basket_id)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(*MAY)
def confirm(till: Till, basket_id: UUID) -> HttpResponse:
    """Make the purchase with its rewards: both, or neither. The same form again shows the same purchase."""
    if till.request.method != "POST":  # who signs in anew, or changes the language, comes back without the form
        return HttpResponseRedirect(reverse("till-basket", args=[till.place.pos_code, basket_id]))
    form = PaidForm(till.request.POST)
    with reading(till.tenant.id):
        _present_basket(till, basket_id)
    try:
        if form.is_valid():
            _confirmed(till, basket_id, form, timezone.now())
            return to_basket(till, basket_id, latest=True)
    except DomainError as refusal:
        if refusal.code in {"command.applied", "rewards.basket_confirmed"}:
            return to_basket(till, basket_id)
        form.refuse(refusal)
    form.again()
    return to_basket(till, basket_id, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(*MAY)
def release(till: Till, basket_id: UUID) -> HttpResponse:
    """Let what is kept be free again, and choose anew."""
    if till.request.method != "POST":
        return HttpResponseRedirect(reverse("till-basket", args=[till.place.pos_code, basket_id]))
    with reading(till.tenant.id):
        held = _present_basket(till, basket_id)
    try:
        _say(till, ReleaseBasket(basket_id=basket_id))
    except DomainError as refusal:
        if refusal.code not in OVER:
            return to_basket(till, basket_id)
    return choosing(till, held.customer_id, BasketForm.anew(held.before, till.place.currency))


def to_basket(till: Till, basket_id: UUID, form: PaidForm | None = None, *, status: int = 200, latest: bool = False) -> HttpResponse:
    """The panel of a basket. One of another shop is not there."""
    with reading(till.tenant.id):
        held = _present_basket(till, basket_id)
        form = form or PaidForm()
        form.begin()
        context: dict[str, Any] = {
            "held": held,
            "card": present(held.customer_id),
            "prices": earning.said_points(((one.wallet, one.points) for one in held.choices), signed=False),
            "form": form,
            "balance": earning.account(held.customer_id).balance,
            "sold": earning.purchase(held.purchase_id) if held.purchase_id else None,
        }
        context["chosen"] = list(zip(held.choices, context["prices"], queries.said_choices(held.choices), strict=True))
        if latest:
            context["latest"] = till.latest()
        return pushed(till, till.page("basket", status=status, **context), reverse("till-basket", args=[till.place.pos_code, basket_id]))


def _confirmed(till: Till, basket_id: UUID, form: PaidForm, now: datetime, draws: int = MOST_DRAWS) -> None:
    """Make the purchase, once and for all of this form. A number that is taken is drawn anew."""
    told = form.cleaned_data
    command_id = derived_id("till basket sale", till.tenant.id, basket_id, told["once"])
    slip = slip_for(till.tenant.id, till.place, command_id, told["document_number"], now)
    order = ConfirmBasket(
        basket_id=basket_id,
        document_number=slip.number,
        document_scope=till.place.document_scope,
        purchased_at=slip.at,
        zone=till.place.zone,
        currency=till.place.currency,
        payment_method=told["payment_method"],
        total=told["total"],
        may_date_back=till.principal.may(DATE_BACK),
    )
    try:
        _say(till, order, command_id)
    except DomainError as refusal:
        if not draws or told["document_number"] or refusal.code not in {*TAKEN, "rewards.document_recorded"}:
            raise
    else:
        return
    draw_again(till.tenant.id, till.place, command_id, slip)
    _confirmed(till, basket_id, form, now, draws - 1)


def _say(till: Till, order: Command[Any], command_id: UUID | None = None) -> Any:
    return dispatch(order, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till", command_id=command_id)


def _present_coupon(coupon_id: UUID) -> queries.CouponCard:
    """Needs an open `reading`."""
    try:
        return queries.coupon(coupon_id)
    except NotFound:
        raise Http404 from None


def _present_basket(till: Till, basket_id: UUID) -> queries.BasketCard:
    """The basket, or a 404: those of other shops are not there. Needs an open `reading`."""
    try:
        found = queries.basket(basket_id)
    except NotFound:
        raise Http404 from None
    if found.pos_id != till.place.pos_id:
        raise Http404
    return found
