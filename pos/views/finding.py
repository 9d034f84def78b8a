"""Choosing a till, finding a customer, enrolling a new one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from customers import queries as customers
from customers.commands import RegisterCustomer
from customers.permissions import REGISTER, SEE
from earning.permissions import SEE_ACCOUNTS
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
from loyalty.search.fold import words
from loyalty.tenancy import reading
from pos.forms.till import EnrolForm
from pos.views.access import Till, at_till, places_for, staff_only
from pos.views.sale import present, sale_form, sale_panel

SHOWN, WEIGHED = 8, 40
"""How many customers are listed, and among how many the best are looked for."""
LONGEST_TYPED = 200
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
    with reading(till.tenant.id):
        hits = _nearest(typed, customers.search(typed, WEIGHED, region=till.region)) if typed else []
        if len(hits) == 1 and (entered or _is_exact(till, typed, hits[0].id)):
            return sale_panel(till, hits[0], sale_form(till))
        context = {"till": till, "place": till.place, "typed": typed[:LONGEST_TYPED], "hits": hits[:SHOWN], "more": len(hits) > SHOWN}
        return render(till.request, "pos/till/found.html", context) if till.swaps else till.page("waiting", **context)


@require_safe
@at_till(SEE, SEE_ACCOUNTS)
def customer(till: Till, customer_id: UUID) -> HttpResponse:
    """Somebody at the counter: their balance, and the form of a purchase."""
    with reading(till.tenant.id):
        return sale_panel(till, present(customer_id), sale_form(till))


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(SEE, SEE_ACCOUNTS, REGISTER)
def enrol(till: Till) -> HttpResponse:
    """A new customer, who is then at the counter."""
    if till.request.method != "POST":
        return _enrol_panel(till, _from_what_was_typed(till))
    form, known = EnrolForm(till.request.POST), None
    try:
        if form.is_valid():
            return _welcome(till, _registered(till, form))
    except DomainError as refusal:
        if any(one.code == "customers.phone_taken" for one in refusal.all):
            known = _holder(till, form.cleaned_data["phone"])
        for one in refusal.all:
            form.refuse(one)
    form.again()
    return _enrol_panel(till, form, known, status=422)


def _from_what_was_typed(till: Till) -> EnrolForm:
    form = EnrolForm.prefilled(till.request.GET.get("q", "")[:LONGEST_TYPED], family_first=till.tenant.default_language == "vi")
    form.begin()
    return form


def _enrol_panel(till: Till, form: EnrolForm, known: customers.CustomerCard | None = None, *, status: int = 200) -> HttpResponse:
    """`known` has the phone number already."""
    with reading(till.tenant.id):
        return till.page("enrol", form=form, known=known, status=status)


def _registered(till: Till, form: EnrolForm) -> UUID:
    """The id of the new customer; it is the form's, so that a form sent again, or twice at once, finds the same one."""
    told = form.cleaned_data
    made = derived_id("till enrolment", till.tenant.id, till.place.pos_id, told["once"])
    command = RegisterCustomer(
        first_name=told["first_name"],
        last_name=told["last_name"],
        phone=customers.typed_phone(told["phone"], till.region),
        language=till.tenant.default_language,
        pos_id=till.place.pos_id,
        seller_id=till.principal.user_id,
        customer_id=made,
    )
    try:
        dispatch(command, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till", command_id=made)
    except DomainError:
        same = _holder(till, told["phone"])
        if same is None or same.id != made:
            raise
    return made


def _holder(till: Till, phone: str) -> customers.CustomerCard | None:
    with reading(till.tenant.id):
        return customers.customer_by("phone", phone, till.region)


def _welcome(till: Till, customer_id: UUID) -> HttpResponse:
    if not till.swaps:
        return HttpResponseRedirect(reverse("till-customer", args=[till.place.pos_code, customer_id]))
    with reading(till.tenant.id):
        return sale_panel(till, present(customer_id), sale_form(till), welcome=True)


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
