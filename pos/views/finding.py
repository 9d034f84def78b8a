"""Choosing a till, and finding a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from customers import queries as customers
from customers.commands import ReadMemberCode
from customers.permissions import SEE
from earning.permissions import SEE_ACCOUNTS
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.messages.refusals import message
from loyalty.rates import refuse_too_many
from loyalty.search.fold import words
from loyalty.staff.lockout import address_of
from loyalty.tenancy import reading
from pos.forms.till import LONGEST_TYPED
from pos.views.access import Till, at_till, places_for, staff_only
from pos.views.rewards import coupon_panel
from pos.views.sale import present, sale_form, sale_panel
from rewards import queries as rewards
from rewards.guesses import guessing

SHOWN, WEIGHED = 8, 40
"""How many customers are listed, and among how many the best are looked for."""
EXACT: tuple[customers.IdentifierKind, ...] = ("phone", "code", "card")


@require_safe
@staff_only
def choose(request: HttpRequest) -> HttpResponse:
    """`/till/`: straight to the only till, or a choice of several; who has none is told so."""
    with reading(request.tenant.id):  # type: ignore[attr-defined]
        places = places_for(request.user.principal)  # type: ignore[union-attr]
        if len(places) == 1:
            return HttpResponseRedirect(reverse("till", args=[places[0].pos_code]))
        return render(request, "pos/till/choose.html", {"places": places}, status=200 if places else 403)


@require_safe
@at_till()
def counter(till: Till) -> HttpResponse:
    """The screen with nobody at it yet."""
    with reading(till.tenant.id):
        return till.page("waiting")


@require_safe
@at_till(SEE, SEE_ACCOUNTS)
def find(till: Till) -> HttpResponse:
    """`?q=`: who matches; the one whose phone, code or card it is opens at once. `?enter=1`: so does a single match."""
    typed, entered = till.request.GET.get("q", "").strip(), bool(till.request.GET.get("enter"))
    try:
        refuse_too_many("finding", till.principal.actor, till.tenant.id)
        if (shown_by := _shown(till, typed)) is not None:
            with reading(till.tenant.id):
                return sale_panel(till, present(shown_by), sale_form(till))
        with reading(till.tenant.id):
            hits = _nearest(typed, customers.search(typed, WEIGHED, region=till.region)) if typed else []
            if len(hits) == 1 and (entered or _is_exact(till, typed, hits[0].id)):
                return sale_panel(till, hits[0], sale_form(till))
        if not hits and rewards.may_be_code(typed, entered=entered) and (coupon := _coupon(till, typed)):
            return coupon_panel(till, coupon)
    except DomainError as refusal:
        return _found(till, typed=typed[:LONGEST_TYPED], refused=message(refusal), nobody=refusal.code == "rewards.too_many_guesses")
    return _found(till, typed=typed[:LONGEST_TYPED], hits=hits[:SHOWN], more=len(hits) > SHOWN)


def _found(till: Till, **context: Any) -> HttpResponse:
    context |= {"till": till, "place": till.place}
    if till.swaps:
        return render(till.request, "pos/till/found.html", context)
    with reading(till.tenant.id):
        return till.page("waiting", **context)


def _coupon(till: Till, typed: str) -> UUID | None:
    """The coupon with this code, or that was shown. Raises DomainError for one that is over, one to claim, and for too many tries."""
    if not till.may_reward:
        return None
    refuse_too_many("coupons", till.principal.actor, till.tenant.id)
    try:
        with guessing(till.tenant.id, till.principal.actor, address_of(till.request)), reading(till.tenant.id):
            return rewards.coupon_at_till(typed)
    except NotFound:
        return None


def _shown(till: Till, typed: str) -> UUID | None:
    """Who showed what was read from their screen; None for what is nothing of that kind. Raises DomainError where it is over."""
    if not customers.is_member_code(typed):
        return None
    try:
        command = ReadMemberCode(text=typed)
        return dispatch(command, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till").customer_id
    except NotFound:
        return None


@require_safe
@at_till(SEE, SEE_ACCOUNTS)
def customer(till: Till, customer_id: UUID) -> HttpResponse:
    """Somebody at the counter: their balance, and the form of a purchase."""
    with reading(till.tenant.id):
        return sale_panel(till, present(customer_id), sale_form(till))


def _nearest(typed: str, hits: list[customers.CustomerCard]) -> list[customers.CustomerCard]:
    """Those first who are called so: among many of a family name the given name is meant, which is the last of the first names."""
    asked = words(typed)

    def distance(card: customers.CustomerCard) -> int:
        given = words(card.first_name)[-1:]
        return 0 if given and given[0] in asked else 1 if any(g.startswith(w) for g in given for w in asked) else 2

    return sorted(hits, key=distance)


def _is_exact(till: Till, typed: str, customer_id: UUID) -> bool:
    found = (customers.customer_by(kind, typed, till.region) for kind in EXACT)
    return any(card is not None and card.id == customer_id for card in found)
