"""Codes on paper at a till: what is behind one, whose it is from now on, and the basket with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import queries as customers
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id
from loyalty.rates import refuse_too_many
from loyalty.staff.lockout import address_of
from loyalty.tenancy import reading
from pos.forms.rewards import BasketForm, BroughtForm, PaperForm
from pos.views.access import Till, at_till
from pos.views.choosing import MAY, choosing, pushed, told_of
from pos.views.sale import present
from pos.views.scanned import coupon_panel
from pos.views.who import exactly, shown_by
from rewards import queries
from rewards.commands import ClaimCode
from rewards.guesses import guessing


def by_code(till: Till, typed: str) -> HttpResponse | None:
    """The panel of what is behind a code: a coupon with its customer, or a reward whose code nobody has yet; None for no good code.

    Raises DomainError for a coupon that was shown too long ago, a reward that cannot be had here and now, and for too many tries.
    """
    try:
        with _looking(till):
            reward_id = queries.code_unclaimed(typed)
            coupon_id = queries.coupon_by_code(typed) if reward_id is None else None
    except NotFound:
        return None
    return coupon_panel(till, coupon_id) if coupon_id else _panel(till, PaperForm.of(typed, _at_counter(till)), reward_id)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(*MAY)
def claim(till: Till) -> HttpResponse:
    """The code becomes the customer's who brings it, and is chosen for their purchase. The same form again shows the same coupon."""
    if till.request.method != "POST":  # who signs in anew, or changes the language, comes back without the form
        return HttpResponseRedirect(reverse("till", args=[till.place.pos_code]))
    form = PaperForm(till.request.POST)
    try:
        if form.is_valid() and (whose := _whose(till, form)):
            return coupon_panel(till, _claimed(till, whose, form.cleaned_data["code"], form.cleaned_data["once"]), claimed=True)
    except DomainError as refusal:
        form.refuse(refusal)
    form.again()
    return _panel(till, form, None, status=422)


def brought(till: Till, customer_id: UUID, sent: QueryDict) -> HttpResponse:
    """What a customer can choose, with the code that they bring claimed and chosen, or what is wrong with it."""
    form, basket, told = BroughtForm(sent), BasketForm(sent, currency=till.place.currency), sent.copy()
    with reading(till.tenant.id):
        side = present(customer_id).side
    basket.full_clean()
    try:
        if form.is_valid() and form.is_whole(basket):
            coupon_id = _claimed(till, side, form.cleaned_data["code"], basket.cleaned_data["once"])
            told.appendlist("choice", f"coupon:{coupon_id}")
            form = BroughtForm()
    except DomainError as refusal:
        form.refuse(refusal)
    asked = BasketForm(told_of(told), currency=till.place.currency)
    return choosing(till, side, asked, carried=told.getlist("choice"), brought=form, status=422 if form.errors else 200)


def _claimed(till: Till, customer_id: UUID, code: str, once: UUID) -> UUID:
    """The coupon that a customer has by a code: a new one, or theirs already. Raises DomainError."""
    with _looking(till):
        found = queries.code_brought(code, customer_id)
        if found.coupon_id is not None:
            return found.coupon_id
        queries.reward_by_code(found.reward_id, till.place.merchant_id, till.place.pos_id, customer_id)
    order = ClaimCode(
        customer_id=customer_id,
        reward_id=found.reward_id,
        code_id=found.code_id,
        merchant_id=till.place.merchant_id,
        pos_id=till.place.pos_id,
    )
    command_id = derived_id("till code", till.tenant.id, till.place.pos_id, once, found.code_id, customer_id)
    try:
        dispatch(order, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till", command_id=command_id)
    except DomainError as refusal:
        if refusal.code != "command.applied":
            raise
    return command_id


@contextmanager
def _looking(till: Till) -> Iterator[None]:
    refuse_too_many("coupons", till.principal.actor, till.tenant.id)
    with guessing(till.tenant.id, till.principal.actor, address_of(till.request)), reading(till.tenant.id):
        yield


def _whose(till: Till, form: PaperForm) -> UUID | None:
    """The customer that the form names; None where there is none, which it says. Raises DomainError for a code that is over."""
    typed = form.cleaned_data["whose"]
    if (holder := shown_by(till, typed)) is not None:
        return holder
    with reading(till.tenant.id):
        found = exactly(till, typed)
    if found:
        return found[0].side
    form.add_error("whose", _("There is no such customer. Try the whole phone number, the card or the customer code."))
    return None


def _at_counter(till: Till) -> customers.CustomerCard | None:
    """The customer whose panel is open."""
    path = till.request.htmx.current_url_abs_path if till.request.htmx else None
    try:
        customer_id = resolve(path.partition("?")[0]).kwargs.get("customer_id") if path else None
        with reading(till.tenant.id):
            return customers.customer(customer_id) if customer_id else None
    except (Resolver404, NotFound):
        return None


def _panel(till: Till, form: PaperForm, reward_id: UUID | None, *, status: int = 200) -> HttpResponse:
    """What a code gives, and who brings it. Of a form that came back the reward is looked for by its code."""
    with reading(till.tenant.id):
        context: dict[str, Any] = {"form": form}
        reward_id = reward_id or queries.code_unclaimed(form.typed_code)
        if reward_id is not None:
            try:
                context["reward"] = queries.reward_by_code(reward_id, till.place.merchant_id, till.place.pos_id)
            except DomainError:
                if status == 200:
                    raise
        return pushed(till, till.page("paper", status=status, **context), reverse("till", args=[till.place.pos_code]))
