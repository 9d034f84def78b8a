"""Who may stand at which till, and what every screen of it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from customers.permissions import CONFIRM, REGISTER, SEE
from customers.phones import region_of
from customers.queries import cards
from earning import queries as earning
from earning.permissions import RECORD, SEE_ACCOUNTS, SEE_LEVELS, SEE_PURCHASES, SEE_RULES
from loyalty.domain.period import business_day
from loyalty.staff.permissions import USE_TILL
from loyalty.staff.principal import Principal
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches
from loyalty.tenancy.models import Tenant
from pos.permissions import SELL_ANYWHERE
from pos.queries import SalePlace, all_places, places_of
from rewards.permissions import SEE_COUPONS, SEE_REWARDS, USE

LATEST = 7
FINDING = {"waiting", "done"}
"""The panels at which the next customer is looked for: the find field has the focus."""


@dataclass(frozen=True, slots=True)
class Till:
    """One request at a till: who sells, where, for whom."""

    request: Any
    tenant: Tenant
    principal: Principal
    place: SalePlace
    several: bool
    """Whether the seller may change to another point of sale."""

    @property
    def region(self) -> str:
        """The country whose phone numbers are typed without its code."""
        return region_of(self.tenant.time_zone)

    @property
    def may_enrol(self) -> bool:
        return self.principal.may(REGISTER)

    @property
    def may_confirm(self) -> bool:
        """Whether who they are can be confirmed of customers who are asked for it."""
        return self.principal.may(CONFIRM)

    @property
    def may_record(self) -> bool:
        return self.principal.may(RECORD)

    @property
    def may_enter(self) -> bool:
        """Whether whole documents can be typed in, with their customers."""
        return all(map(self.principal.may, (SEE, SEE_ACCOUNTS, RECORD)))

    @property
    def sees_documents(self) -> bool:
        return self.principal.may(SEE_PURCHASES)

    @property
    def sees_rules(self) -> bool:
        return self.principal.may(SEE_RULES)

    @property
    def sees_rewards(self) -> bool:
        return self.principal.may(SEE_REWARDS)

    @property
    def sees_levels(self) -> bool:
        return self.principal.may(SEE_LEVELS)

    @property
    def may_reward(self) -> bool:
        """Whether rewards of customers can be used in purchases."""
        return all(map(self.principal.may, (SEE, SEE_ACCOUNTS, SEE_COUPONS, RECORD, USE)))

    @property
    def swaps(self) -> bool:
        """Whether htmx puts the answer into the screen that is open."""
        return bool(self.request.htmx) and not self.request.htmx.history_restore_request

    def page(self, panel: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """The panel `pos/till/<panel>.html`: alone for htmx, else within the whole screen. Needs an open `reading`."""
        context |= {"till": self, "place": self.place, "panel": f"pos/till/{panel}.html", "finding": panel in FINDING, "shown": panel}
        if self.swaps:
            return render(self.request, "pos/till/swap.html", context, status=status)
        return render(self.request, "pos/till/screen.html", {"latest": self.latest()} | context, status=status)

    def latest(self) -> list[dict[str, Any]]:
        """The last purchases recorded here, newest first: each with the name of its customer, whether it is of today, and what it
        brought to `others` than the wallet points.
        """
        if not self.principal.may(SEE_PURCHASES):
            return []
        found = earning.purchases(pos_id=self.place.pos_id, limit=LATEST)
        wanted = [p.customer_id for p in found if p.customer_id] if self.principal.may(SEE) else []
        names = {card.side: card.name for card in cards(wanted)}
        zone = self.tenant.zone
        today = business_day(timezone.now(), zone)
        return [
            {
                "purchase": p,
                "name": names.get(p.customer_id) if p.customer_id else None,
                "today": business_day(p.purchased_at, zone) == today,
                "others": others,
            }
            for p, others in zip(found, earning.said_other_points(found, signed=True), strict=True)
        ]


View = Callable[..., HttpResponse]


def staff_only(view: View) -> View:
    """For those who are signed in and may use a till; the view opens its own transactions. Nothing of it is kept by the browser."""

    @wraps(view)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated:
            return _to_sign_in(request)
        if not user.may(USE_TILL):
            raise PermissionDenied
        response = view(request, **path)
        patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return dispatches(guarded)


def at_till(*permissions: str) -> Callable[[View], View]:
    """A view of one till: called with a `Till` in the place of the request. A till that is not the seller's is a 404."""

    def wrap(view: View) -> View:
        @staff_only
        @wraps(view)
        def guarded(request: HttpRequest, code: str, **path: Any) -> HttpResponse:
            principal: Principal = request.user.principal  # type: ignore[union-attr]
            if not all(principal.may(p) for p in permissions):
                raise PermissionDenied
            tenant: Tenant = request.tenant  # type: ignore[attr-defined]
            with reading(tenant.id):
                places = places_for(principal)
            place = next((p for p in places if p.pos_code == code.upper()), None)
            if place is None:
                raise Http404
            return view(Till(request, tenant, principal, place, len(places) > 1), **path)

        return guarded

    return wrap


def places_for(principal: Principal) -> list[SalePlace]:
    """Where somebody may sell now. Needs an open `reading`."""
    if principal.may(SELL_ANYWHERE):
        return all_places()
    return places_of(principal.user_id) if principal.user_id else []


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    here: Any = request
    target = redirect_to_login((here.htmx.current_url_abs_path if here.htmx else None) or request.get_full_path())
    return HttpResponse(headers={"HX-Redirect": target.url}) if here.htmx else target
