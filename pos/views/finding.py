"""Choosing a till, and finding a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from customers import queries as customers
from customers.permissions import SEE
from earning.permissions import SEE_ACCOUNTS
from loyalty.domain.errors import DomainError, NotFound
from loyalty.messages.refusals import message
from loyalty.rates import refuse_too_many
from loyalty.search.fold import words
from loyalty.tenancy import reading
from pos.forms.till import LONGEST_TYPED
from pos.views.access import Till, at_till, places_for, staff_only
from pos.views.paper import by_code
from pos.views.sale import present, sale_form, sale_panel
from pos.views.who import exactly, shown_by
from rewards import queries as rewards

SHOWN, WEIGHED = 8, 40
"""How many customers are listed, and among how many the best are looked for."""


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
    """`?q=`: who matches; the one whose phone, code or card it is opens at once. `?enter=1`: so does a single match. `?code=1`: it is a
    code on paper, whatever it looks like.
    """
    typed, entered = till.request.GET.get("q", "").strip(), bool(till.request.GET.get("enter"))
    try:
        if till.may_reward and till.request.GET.get("code"):
            refuse_too_many("finding", till.principal.actor, till.tenant.id)
            return by_code(till, typed) or _found(till, typed=typed[:LONGEST_TYPED], refused=message(NotFound("rewards.code_not_good")))
        refuse_too_many("finding", till.principal.actor, till.tenant.id)
        if (holder := shown_by(till, typed)) is not None:
            with reading(till.tenant.id):
                return sale_panel(till, present(holder), sale_form(till))
        with reading(till.tenant.id):
            hits = _nearest(typed, customers.search(typed, WEIGHED, region=till.region)) if typed else []
            if len(hits) == 1 and (entered or any(card.id == hits[0].id for card in exactly(till, typed))):
                return sale_panel(till, hits[0], sale_form(till))
        if not hits and till.may_reward and rewards.may_be_code(typed, entered=entered) and (answer := by_code(till, typed)):
            return answer
    except DomainError as refusal:
        return _found(till, typed=typed[:LONGEST_TYPED], refused=message(refusal), nobody=refusal.code == "rewards.too_many_guesses")
    return _found(till, typed=typed[:LONGEST_TYPED], hits=hits[:SHOWN], more=len(hits) > SHOWN)


def _found(till: Till, *, typed: str, **context: Any) -> HttpResponse:
    either = till.may_reward and "refused" not in context and rewards.may_be_phone_or_code(typed)
    context |= {"till": till, "place": till.place, "typed": typed, "either": either}
    if till.swaps:
        return render(till.request, "pos/till/found.html", context)
    with reading(till.tenant.id):
        return till.page("waiting", **context)


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
