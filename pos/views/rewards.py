"""Rewards at the till: what a customer can have for a purchase, kept for them while they pay, and the purchase with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.permissions import SEE
from earning import queries as earning
from earning.permissions import DATE_BACK, RECORD, SEE_ACCOUNTS
from loyalty.bus import dispatch, was_carried_out
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id, new_id
from loyalty.tenancy import reading
from pos.forms.rewards import BasketForm, PaidForm
from pos.slips import draw_again, slip_for
from pos.views.access import Till, at_till
from pos.views.sale import MOST_DRAWS, TAKEN, present
from rewards import queries
from rewards.commands import ConfirmBasket, HoldBasket, ReleaseBasket, UseCoupon
from rewards.consent import shown_by_whom
from rewards.permissions import SEE_COUPONS, USE

MAY = (SEE, SEE_ACCOUNTS, SEE_COUPONS, RECORD, USE)
SECONDS = 600
"""How long rewards are kept while a customer pays."""
TOGGLE = "toggle"
"""The button that adds a choice, or takes it out."""
OVER = {"rewards.basket_released", "rewards.basket_ended"}
"""Refusals of what is free again by itself."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(*MAY)
def choose(till: Till, customer_id: UUID) -> HttpResponse:
    """What can be had for an amount, and what the purchase costs with what is chosen; nothing is kept. An amount of another currency, or
    for the fee of a level, is asked anew: rewards are for goods.
    """
    told = till.request.POST if till.request.method == "POST" else till.request.GET
    meant = None if told.get("fee") or told.get("currency") not in {None, "", till.place.currency} else _told(told)
    return _choosing(till, customer_id, BasketForm(meant, currency=till.place.currency), carried=told.getlist("choice"))


def coupon_panel(till: Till, coupon_id: UUID) -> HttpResponse:
    """The customer of a coupon that was scanned, with it chosen; the amount is asked first."""
    with reading(till.tenant.id):
        card = queries.coupon(coupon_id)
        (scanned,) = queries.said_coupons([card], till.tenant.currency)
    carried = [queries.choice_text(card.reward_id, coupon_id)] if card.state == "active" and not card.delivery else []
    return _choosing(till, card.customer_id, BasketForm(currency=till.place.currency), carried=carried, scanned=scanned)


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
            return _choosing(till, card.customer_id, form, status=422)
    return coupon_panel(till, coupon_id)


@require_POST
@at_till(*MAY)
def keep(till: Till, customer_id: UUID) -> HttpResponse:
    """Keep what is chosen for the purchase. The same form again keeps the same."""
    form = BasketForm(till.request.POST, currency=till.place.currency)
    command_id = derived_id("till basket", till.tenant.id, till.place.pos_id, form.cleaned_data["once"]) if form.is_valid() else None
    with reading(till.tenant.id):
        whose = present(customer_id).id
        is_kept = command_id is not None and was_carried_out(command_id)
        picked = _picked(form, _quote(till, whose, form)) if command_id and not is_kept else []
    if command_id is not None and is_kept:
        return to_basket(till, command_id)
    if command_id is None or not form.is_whole(picked):
        return _choosing(till, customer_id, form, status=422)
    try:
        order = _order(till, whose, form, picked)
        if any(one.coupon_id is None for one in picked):
            order = replace(order, shown=shown_by_whom(till.principal, form.cleaned_data["shown"]))
        _say(till, order, command_id)
    except DomainError as refusal:
        if refusal.code != "command.applied":
            form.refuse(refusal)
            return _choosing(till, customer_id, form, status=422)
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
    return _choosing(till, held.customer_id, BasketForm.anew(held.before, till.place.currency))


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
        context["chosen"] = list(zip(held.choices, context["prices"], strict=True))
        if latest:
            context["latest"] = till.latest()
        return _pushed(till, till.page("basket", status=status, **context), reverse("till-basket", args=[till.place.pos_code, basket_id]))


def _choosing(
    till: Till,
    customer_id: UUID,
    form: BasketForm,
    *,
    status: int = 200,
    carried: Sequence[str] = (),
    scanned: queries.SaidCoupon | None = None,
) -> HttpResponse:
    """`carried` is chosen for an amount that is not known yet."""
    with reading(till.tenant.id):
        card = present(customer_id)
        found, offers = None, []
        if form.is_bound and (form.is_valid() or "amount" in form.cleaned_data):
            found, picked = _quoted(till, card.id, form)
            offers = form.said(found, picked)
            form.ask(picked)
        form.again()
        free = earning.balance(card.id, timezone.now()).available
        context = {"card": card, "form": form, "balance": free, "quote": found, "offers": offers, "carried": carried, "scanned": scanned}
        answer = till.page("rewards", status=status, **context)
        return _pushed(till, answer, reverse("till-rewards", args=[till.place.pos_code, card.side]))


def _pushed(till: Till, answer: HttpResponse, address: str) -> HttpResponse:
    if till.swaps:
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#counter", "innerHTML"
        answer.headers["HX-Push-Url"] = address
    return answer


def _told(sent: QueryDict) -> QueryDict | None:
    """What was sent, with the choice added whose button was pressed, or taken out; None for no amount yet."""
    told: QueryDict = sent.copy()
    if not told.get("amount"):
        return None
    chosen, pressed = told.getlist("choice"), told.get(TOGGLE)
    if pressed:
        told.setlist("choice", [one for one in chosen if one != pressed] if pressed in chosen else [*chosen, pressed])
    told.setdefault("once", str(new_id()))
    return told


def _quote(till: Till, customer_id: UUID, form: BasketForm) -> queries.Quote:
    """What could be chosen, with nothing chosen yet."""
    return queries.quote(_order(till, customer_id, form, ()))


def _quoted(till: Till, customer_id: UUID, form: BasketForm) -> tuple[queries.Quote, list[queries.Quoted]]:
    """What the purchase costs with what is chosen, and that; what cannot be goes again, or what was chosen last, which the form says."""
    found = _quote(till, customer_id, form)
    picked = _picked(form, found)
    while priced := [one for one in picked if form.is_priced(one)]:
        try:
            return queries.quote(_order(till, customer_id, form, priced)), picked
        except DomainError as refusal:
            form.refuse(refusal)
            picked.remove(_at_fault(refusal, priced))
    return found, picked


def _at_fault(refusal: DomainError, priced: Sequence[queries.Quoted]) -> queries.Quoted:
    """The choice that a refusal speaks of, or the last one."""
    place = (refusal.field or "").removeprefix("choices.").partition(".")[0]
    return priced[int(place)] if place.isdecimal() and int(place) < len(priced) else priced[-1]


def _picked(form: BasketForm, found: queries.Quote) -> list[queries.Quoted]:
    """What is chosen of what there is."""
    there = {queries.choice_text(one.reward_id, one.coupon_id): one for one in found.offers}
    return [there[one] for one in form.chosen if one in there]


def _order(till: Till, customer_id: UUID, form: BasketForm, picked: Sequence[queries.Quoted]) -> HoldBasket:
    return HoldBasket(
        customer_id=customer_id,
        merchant_id=till.place.merchant_id,
        pos_id=till.place.pos_id,
        lines=form.lines(picked),
        choices=form.choices(picked),
        seconds=SECONDS,
    )


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
