"""`/app/offers/`: the rewards that everybody may see, signed in or not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from loyalty.tenancy import reading
from rewards.queries import on_shelves, public_offers, said_offers, terms_of_offer


@require_safe
def public_rewards(request: HttpRequest) -> HttpResponse:
    """By category, with what each costs and asks; nothing of it is about who looks."""
    tenant = request.tenant  # type: ignore[attr-defined]
    with reading(tenant.id):
        shelves = on_shelves(said_offers(public_offers(), tenant.currency), terms_of_offer)
    return render(request, "customers/app/public_rewards.html", {"shelves": shelves})
