"""What a customer could choose for an amount, with what is chosen: the panel that all steps of a basket come back to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from customers.permissions import SEE
from earning import queries as earning
from earning.permissions import RECORD, SEE_ACCOUNTS
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.tenancy import reading
from pos.forms.rewards import BasketForm, BroughtForm
from pos.views.access import Till
from pos.views.sale import present
from rewards import queries
from rewards.commands import HoldBasket
from rewards.permissions import SEE_COUPONS, USE

MAY = (SEE, SEE_ACCOUNTS, SEE_COUPONS, RECORD, USE)
SECONDS = 600
"""How long rewards are kept while a customer pays."""
TOGGLE = "toggle"
"""The button that adds a choice, or takes it out."""


def choosing(
    till: Till,
    customer_id: UUID,
    form: BasketForm,
    *,
    status: int = 200,
    carried: Sequence[str] = (),
    scanned: queries.SaidCoupon | None = None,
    claimed: bool = False,
    brought: BroughtForm | None = None,
) -> HttpResponse:
    """`carried` is chosen for an amount that is not known yet; `scanned` is the coupon that led here, `claimed` just now, and `brought` the
    code that was typed.
    """
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
        context |= {"claimed": claimed, "brought": brought or BroughtForm()}
        answer = till.page("rewards", status=status, **context)
        return pushed(till, answer, reverse("till-rewards", args=[till.place.pos_code, card.side]))


def pushed(till: Till, answer: HttpResponse, address: str) -> HttpResponse:
    """A panel that takes the place of what is at the counter, wherever it was asked for, at its own address."""
    if till.swaps:
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#counter", "innerHTML"
        answer.headers["HX-Push-Url"] = address
    return answer


def told_of(sent: QueryDict) -> QueryDict | None:
    """What was sent, with the choice added whose button was pressed, or taken out; None for no amount yet."""
    told: QueryDict = sent.copy()
    if not told.get("amount"):
        return None
    chosen, pressed = told.getlist("choice"), told.get(TOGGLE)
    if pressed:
        told.setlist("choice", [one for one in chosen if one != pressed] if pressed in chosen else [*chosen, pressed])
    told.setdefault("once", str(new_id()))
    return told


def quote(till: Till, customer_id: UUID, form: BasketForm) -> queries.Quote:
    """What could be chosen, with nothing chosen yet."""
    return queries.quote(order_of(till, customer_id, form, ()))


def _quoted(till: Till, customer_id: UUID, form: BasketForm) -> tuple[queries.Quote, list[queries.Quoted]]:
    """What the purchase costs with what is chosen, and that; what cannot be goes again, or what was chosen last, which the form says."""
    found = quote(till, customer_id, form)
    picked = picked_of(form, found)
    while priced := [one for one in picked if form.is_priced(one)]:
        try:
            return queries.quote(order_of(till, customer_id, form, priced)), picked
        except DomainError as refusal:
            form.refuse(refusal)
            picked.remove(_at_fault(refusal, priced))
    return found, picked


def _at_fault(refusal: DomainError, priced: Sequence[queries.Quoted]) -> queries.Quoted:
    """The choice that a refusal speaks of, or the last one."""
    place = (refusal.field or "").removeprefix("choices.").partition(".")[0]
    return priced[int(place)] if place.isdecimal() and int(place) < len(priced) else priced[-1]


def picked_of(form: BasketForm, found: queries.Quote) -> list[queries.Quoted]:
    """What is chosen of what there is."""
    there = {queries.choice_text(one.reward_id, one.coupon_id): one for one in found.offers}
    return [there[one] for one in form.chosen if one in there]


def order_of(till: Till, customer_id: UUID, form: BasketForm, picked: Sequence[queries.Quoted]) -> HoldBasket:
    """The order to keep what is picked."""
    return HoldBasket(
        customer_id=customer_id,
        merchant_id=till.place.merchant_id,
        pos_id=till.place.pos_id,
        lines=form.lines(picked),
        choices=form.choices(picked),
        seconds=SECONDS,
    )
