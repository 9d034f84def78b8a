"""Entering a whole document by hand: with its customer, its time and its lines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from customers.permissions import SEE
from earning.permissions import RECORD, SEE_ACCOUNTS
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message
from loyalty.tenancy import reading
from pos.forms.entry import EnterPurchaseForm
from pos.views.access import Till, at_till


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(SEE, SEE_ACCOUNTS, RECORD)
def enter(till: Till) -> HttpResponse:
    """The form, and its purchase; with `more` it comes back with further lines. Sent again, it is the same purchase."""
    post = till.request.POST
    if till.request.method != "POST" or "more" in post:
        return _begun(till, post or None)
    with reading(till.tenant.id):
        form = _form(till, post)
        if not form.ready():
            return _shown(till, form, 422)
    try:
        answer = form.carry_out()
    except DomainError as refusal:
        return _refused(till, form, refusal)
    messages.success(till.request, form.confirm(answer))
    return HttpResponseRedirect(form.next_url(answer))


def _begun(till: Till, typed: Any) -> HttpResponse:
    with reading(till.tenant.id):
        form = _form(till, typed)
        if typed is not None:
            form.more_lines()
        return _shown(till, form)


def _form(till: Till, typed: Any) -> EnterPurchaseForm:
    return EnterPurchaseForm(typed, tenant=till.tenant, principal=till.principal, subject=till.place)


def _refused(till: Till, form: EnterPurchaseForm, refusal: DomainError) -> HttpResponse:
    if refusal.code == "command.applied":
        messages.info(till.request, message(refusal))
        return HttpResponseRedirect(reverse("till", args=[till.place.pos_code]))
    form.refuse_all(refusal)
    with reading(till.tenant.id):
        return _shown(till, form, 422)


def _shown(till: Till, form: EnterPurchaseForm, status: int = 200) -> HttpResponse:
    """Needs an open `reading`."""
    return till.page("enter", form=form, status=status)
