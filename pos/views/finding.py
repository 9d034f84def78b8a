"""Choosing a till, finding a customer, enrolling a new one."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from customers import queries as customers
from customers.commands import RegisterCustomer
from customers.permissions import REGISTER, SEE
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id
from loyalty.tenancy import reading
from pos.forms.till import EnrolForm, SaleForm
from pos.views.access import Till, at_till, places_for, staff_only
from pos.views.sale import sale_panel

SHOWN = 8
EXACT: tuple[customers.IdentifierKind, ...] = ("phone", "code", "card")


@require_safe
@staff_only
def choose(request: HttpRequest) -> HttpResponse:
    """`/till/`: straight to the only till, or a choice of several."""
    with reading(request.tenant.id):  # type: ignore[attr-defined]
        places = places_for(request.user.principal)  # type: ignore[union-attr]
        if len(places) == 1:
            return HttpResponseRedirect(reverse("till", args=[places[0].pos_code]))
        return render(request, "pos/till/choose.html", {"places": places})


@require_safe
@at_till()
def counter(till: Till) -> HttpResponse:
    """The screen with nobody at it yet."""
    with reading(till.tenant.id):
        return till.page("waiting")


@require_safe
@at_till(SEE)
def find(till: Till) -> HttpResponse:
    """`?q=`: who matches; the one whose phone, code or card it is opens at once. `?enter=1`: so does a single match."""
    typed, entered = till.request.GET.get("q", "").strip(), bool(till.request.GET.get("enter"))
    with reading(till.tenant.id):
        hits = customers.search(typed, SHOWN, region=till.region) if typed else []
        if len(hits) == 1 and (entered or _is_exact(till, typed, hits[0].id)):
            return sale_panel(till, hits[0], SaleForm(currency=till.place.currency))
        context = {"till": till, "place": till.place, "typed": typed, "hits": hits, "may_enrol": till.principal.may(REGISTER)}
        if till.request.htmx:
            return render(till.request, "pos/till/found.html", context)
        return till.page("waiting", **context)


@require_safe
@at_till(SEE)
def customer(till: Till, customer_id: UUID) -> HttpResponse:
    """Somebody at the counter: their balance, and the form of a purchase."""
    with reading(till.tenant.id):
        return sale_panel(till, _card(customer_id), SaleForm(currency=till.place.currency))


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(REGISTER)
def enrol(till: Till) -> HttpResponse:
    """A new customer, who is then at the counter."""
    if till.request.method != "POST":
        with reading(till.tenant.id):
            return till.page("enrol", form=EnrolForm.prefilled(till.request.GET.get("q", "")[:200]))
    form = EnrolForm(till.request.POST)
    known = None
    try:
        if form.is_valid():
            return _welcome(till, _registered(till, form))
    except DomainError as refusal:
        form.refuse(refusal)
        if refusal.code == "customers.phone_taken":
            with reading(till.tenant.id):
                known = customers.customer_by("phone", form.cleaned_data["phone"], till.region)
    form.renew()
    with reading(till.tenant.id):
        return till.page("enrol", form=form, known=known, status=422)


def _registered(till: Till, form: EnrolForm) -> UUID:
    told = form.cleaned_data
    command_id = derived_id("till enrolment", till.tenant.id, till.place.pos_id, told["enrolment"])
    command = RegisterCustomer(
        first_name=told["first_name"],
        last_name=told["last_name"],
        phone=customers.phone(told["phone"], till.region),
        language=till.tenant.default_language,
        pos_id=till.place.pos_id,
    )
    try:
        made = dispatch(command, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till", command_id=command_id)
    except DomainError as refusal:
        if refusal.code != "command.applied":
            raise
        with reading(till.tenant.id):
            same = customers.customer_by("phone", told["phone"], till.region)
        if same is None:
            raise
        return same.id
    return made.customer_id


def _welcome(till: Till, customer_id: UUID) -> HttpResponse:
    with reading(till.tenant.id):
        if not till.request.htmx:
            return HttpResponseRedirect(reverse("till-customer", args=[till.place.pos_code, customer_id]))
        return sale_panel(till, customers.customer(customer_id), SaleForm(currency=till.place.currency), welcome=True)


def _is_exact(till: Till, typed: str, customer_id: UUID) -> bool:
    found = (customers.customer_by(kind, typed, till.region) for kind in EXACT)
    return any(card is not None and card.id == customer_id for card in found)


def _card(customer_id: UUID) -> customers.CustomerCard:
    try:
        return customers.customer(customer_id)
    except NotFound:
        raise Http404 from None
