"""Enrolling somebody at the till, by the code that came to their phone or without one, and confirming who somebody is."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from customers import queries as customers
from customers.codes import Said, code_again, code_to, count_compare, phone_target, typed_code
from customers.commands import CodeSent, ConfirmCustomer, JoinByCode, RegisterCustomer, SendCode, SendCodeAgain
from customers.permissions import CONFIRM, REGISTER, SEE
from earning.permissions import SEE_ACCOUNTS
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
from loyalty.messages.tasks import send_soon
from loyalty.tenancy import reading
from pos.forms.till import LONGEST_TYPED, EnrolCodeForm, EnrolForm
from pos.views.access import Till, at_till
from pos.views.sale import present, sale_form, sale_panel

TERMS = "till-1"
"""The wording of the message to which somebody agrees who tells its code."""
SEND, AGAIN, ANEW = "send", "again", "anew"


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(SEE, SEE_ACCOUNTS, REGISTER)
def enrol(till: Till) -> HttpResponse:
    """A new customer, who is then at the counter."""
    if till.request.method != "POST":
        return _enrol_panel(till, _from_what_was_typed(till))
    form, known = EnrolForm(till.request.POST), None
    try:
        if form.is_valid():
            return _code_sent(till, form) if SEND in till.request.POST else _welcome(till, _registered(till, form))
    except DomainError as refusal:
        if any(one.code == "customers.phone_taken" for one in refusal.all):
            known = _holder(till, form.cleaned_data["phone"])
        for one in refusal.all:
            form.refuse(one)
    form.again()
    return _enrol_panel(till, form, known, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(SEE, SEE_ACCOUNTS, REGISTER)
def enrol_code(till: Till, challenge_id: UUID) -> HttpResponse:
    """The code that came to the phone: whoever tells it joins, or is found by it. `again`: another code goes there."""
    if till.request.method != "POST":  # who signs in anew, or changes the language, comes back without the form
        return HttpResponseRedirect(reverse("till-enrol", args=[till.place.pos_code]))
    form, sent_again = EnrolCodeForm(till.request.POST), AGAIN in till.request.POST
    try:
        if sent_again:
            _sent(till, code_again(till.request, "till", challenge_id))
            form = EnrolCodeForm(initial={name: till.request.POST.get(name, "") for name in EnrolCodeForm.base_fields})
        elif form.is_valid():
            return _joined(till, form, challenge_id)
    except DomainError as refusal:
        sent_again = False
        form.refuse(refusal)
    return _code_panel(till, form, challenge_id, sent_again=sent_again, status=422 if form.errors else 200)


def _code_sent(till: Till, form: EnrolForm) -> HttpResponse:
    told = form.cleaned_data
    sent = _sent(till, code_to(till.request, "till", "phone", phone_target(told["phone"], till.tenant)))
    asked = EnrolCodeForm(initial={"first_name": told["first_name"], "last_name": told["last_name"]})
    return _code_panel(till, asked, sent.challenge_id)


def _sent(till: Till, order: SendCode | SendCodeAgain) -> CodeSent:
    sent = dispatch(order, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till")
    send_soon(till.tenant.id)
    return sent


def _joined(till: Till, form: EnrolCodeForm, challenge_id: UUID) -> HttpResponse:
    told, code = form.cleaned_data, typed_code(form.cleaned_data["code"])
    anew = ANEW in till.request.POST
    fact = "" if anew else told["fact"]
    count_compare(till.tenant.id, challenge_id, "till", Said(code, fact=fact))
    command = JoinByCode(
        challenge_id=challenge_id,
        code=code,
        terms_version=TERMS,
        pos_id=till.place.pos_id,
        seller_id=till.principal.user_id,
        first_name=told["first_name"],
        last_name=told["last_name"],
        language=till.tenant.default_language,
        fact=fact,
        anew=anew,
    )
    found = dispatch(command, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till")
    return _welcome(till, found.customer_id, new=found.registered)


def _code_panel(till: Till, form: EnrolCodeForm, challenge_id: UUID, *, sent_again: bool = False, status: int = 200) -> HttpResponse:
    with reading(till.tenant.id):
        return till.page("enrol_code", form=form, challenge_id=challenge_id, sent_again=sent_again, status=status)


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


def _welcome(till: Till, customer_id: UUID, *, new: bool = True) -> HttpResponse:
    if not till.swaps:
        return HttpResponseRedirect(reverse("till-customer", args=[till.place.pos_code, customer_id]))
    with reading(till.tenant.id):
        return sale_panel(till, present(customer_id), sale_form(till), welcome=new)


@require_POST
@at_till(SEE, SEE_ACCOUNTS, CONFIRM)
def confirm(till: Till, customer_id: UUID) -> HttpResponse:
    """The seller sees who it is: the customer may spend by themselves from now on."""
    with reading(till.tenant.id):
        present(customer_id)
    dispatch(ConfirmCustomer(customer_id=customer_id), tenant_id=till.tenant.id, actor=till.principal.actor, channel="till")
    return _welcome(till, customer_id, new=False)
