"""What a signed-in customer has: points and levels, purchases, and the devices at which they are signed in."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.commands import RevokeCustomerToken
from customers.queries import is_asked
from customers.sessions import sessions
from customers.views.access import Shell, let_out, own_page
from earning import queries as earning
from loyalty.domain.errors import NotFound
from loyalty.shell import hang
from loyalty.tenancy import reading

LATEST, PAGE = 3, 20
LIST = "app purchases"


@require_safe
@own_page
def home(shell: Shell) -> HttpResponse:
    """The balance first, then the level, and the latest purchases."""
    with reading(shell.tenant.id):
        latest = earning.purchases(customer_id=shell.customer_id, limit=LATEST)
        return shell.page(
            "home",
            account=earning.account(shell.customer_id),
            others=earning.said_balances(shell.customer_id),
            levels=earning.said_levels(shell.customer_id),
            asked=is_asked(shell.customer_id),
            purchases=_with_others(latest),
        )


@require_safe
@own_page
def purchases(shell: Shell) -> HttpResponse:
    """All purchases with their points, the latest first."""
    with reading(shell.tenant.id):
        found = earning.purchases(customer_id=shell.customer_id, after=shell.after(LIST), limit=PAGE + 1)
        shown, last = found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None
        following = last and shell.cursor(LIST, last.purchased_at, last.purchase_id)
        return shell.page("purchases", purchases=_with_others(shown), following=following, first="after" not in shell.request.GET)


@require_safe
@own_page
def purchase(shell: Shell, purchase_id: UUID) -> HttpResponse:
    """One purchase: what was bought, what came back, and how its points came. One of somebody else is not there."""
    with reading(shell.tenant.id):
        try:
            sold = earning.purchase(purchase_id, for_customer=True)
        except NotFound:
            raise Http404 from None
        if sold.customer_id != shell.customer_id:
            raise Http404
        ((_sold, others),), found = _with_others([sold]), earning.explanation(purchase_id, for_customer=True)
        return shell.page(
            "purchase",
            sold=sold,
            others=others,
            shares=earning.said_shares(found),
            lines=earning.said_lines(sold),
            nothing=earning.said_nothing(sold, found),
        )


@require_safe
@own_page
def levels(shell: Shell) -> HttpResponse:
    """All levels, with what each asks for and brings, and which one is theirs."""
    with reading(shell.tenant.id):
        mine = earning.said_levels(shell.customer_id)
        return shell.page("levels", mine=mine, names={one.name for one in mine}, sets=earning.levels_on_offer(timezone.now()))


@require_safe
@own_page
def devices(shell: Shell) -> HttpResponse:
    """Where the customer is signed in."""
    with reading(shell.tenant.id):
        here = {"sessions": sessions(shell.customer_id), "current": shell.principal.session_id}
        return shell.page("devices", at=reverse("app-me"), **here)


@require_POST
@own_page
def end_session(shell: Shell, session_id: UUID) -> HttpResponse:
    """Sign out, here or elsewhere."""
    here = session_id == shell.principal.session_id
    try:
        shell.dispatch(RevokeCustomerToken(customer_id=shell.customer_id, token_id=session_id))
    except NotFound:
        here = False
    return let_out(redirect("app-sign-in")) if here else redirect("app-devices")


def _with_others(found: list[earning.PurchaseInList]) -> list[tuple[earning.PurchaseInList, list[str]]]:
    """Each purchase with what it brought into other wallets than points."""
    return list(zip(found, earning.said_other_points(found, signed=True), strict=True))


hang(_("Points"), "app-home", icon="wallet", order=10)
hang(_("Purchases"), "app-purchases", icon="receipt", order=20)
