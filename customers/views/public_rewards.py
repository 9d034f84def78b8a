"""`/app/offers/`: the rewards that everybody may see, signed in or not."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from loyalty.tenancy import reading
from rewards.queries import public_offers, said_offers


@require_safe
def public_rewards(request: HttpRequest) -> HttpResponse:
    """By category, with what each costs and asks; nothing of it is about who looks."""
    tenant = request.tenant  # type: ignore[attr-defined]
    with reading(tenant.id):
        found = sorted(said_offers(public_offers(), tenant.currency), key=lambda one: one.card.content.terms.category)
    shelves = [(name, list(each)) for name, each in groupby(found, key=lambda one: one.card.content.terms.category)]
    return render(request, "customers/app/public_rewards.html", {"shelves": shelves})
