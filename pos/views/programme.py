"""What a seller tells customers of the programme: what earns points here today, what points buy, and which levels there are."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from earning import queries as earning
from earning.permissions import SEE_LEVELS, SEE_RULES
from loyalty.domain.period import business_day, day_period
from loyalty.tenancy import reading
from pos.views.access import Till, at_till
from rewards.permissions import SEE_REWARDS
from rewards.queries import on_shelves, rewards_on_show


@require_safe
@at_till(SEE_RULES)
def rules(till: Till) -> HttpResponse:
    """The rules by which a purchase here can give points today."""
    now, place = timezone.now(), till.place
    today = business_day(now, till.tenant.zone)
    with reading(till.tenant.id):
        found = earning.rules_today(place.merchant_id, place.pos_id, day_period(today, till.tenant.zone), place.currency, now)
        return till.page("rules", rules=found, today=today)


@require_safe
@at_till(SEE_REWARDS)
def rewards(till: Till) -> HttpResponse:
    """The rewards that customers see now and can use here."""
    with reading(till.tenant.id):
        found = rewards_on_show(till.place.merchant_id, till.place.pos_id)
        return till.page("programme_rewards", shelves=on_shelves(found, lambda one: one.terms))


@require_safe
@at_till(SEE_LEVELS)
def levels(till: Till) -> HttpResponse:
    """The levels that customers can have, with what each asks for and brings."""
    with reading(till.tenant.id):
        return till.page("levels", sets=earning.levels_on_offer(timezone.now()))
