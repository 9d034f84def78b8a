"""The purchase: what it would bring, and recording it once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from customers import queries as customers
from customers.permissions import SEE
from earning import queries as earning
from earning.commands import Line, PurchaseAnswer, RecordPurchase
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id
from loyalty.tenancy import reading
from pos.forms.till import SaleForm
from pos.slips import Slip, slip_for
from pos.views.access import Till, at_till


def sale_panel(till: Till, card: customers.CustomerCard, form: SaleForm, *, welcome: bool = False, status: int = 200) -> HttpResponse:
    """The customer with their balance, and the form of a purchase. Needs an open `reading`."""
    balance = earning.account(card.id).balance
    answer = till.page("sale", card=card, form=form, balance=balance, welcome=welcome, status=status)
    if till.request.htmx:
        # Wherever the request came from, somebody is at the counter now.
        answer.headers["HX-Retarget"] = "#counter"
        answer.headers["HX-Reswap"] = "innerHTML"
        answer.headers["HX-Push-Url"] = reverse("till-customer", args=[till.place.pos_code, card.id])
    return answer


@require_POST
@at_till(SEE)
def preview(till: Till, customer_id: UUID) -> HttpResponse:
    """What the purchase would bring, while its amount is typed; nothing for an amount that is none yet."""
    form = SaleForm(till.request.POST, currency=till.place.currency)
    form.is_valid()
    amount, answer = form.cleaned_data.get("amount"), None
    with reading(till.tenant.id):
        balance = earning.account(customer_id).balance
        if amount:
            number = form.cleaned_data.get("document_number") or str(form.cleaned_data.get("sale"))
            answer = _foreseen(_command(till, customer_id, amount, Slip(number, timezone.now())))
        context = {"answer": answer, "balance": balance, "after": balance + answer.points if answer else balance}
        return render(till.request, "pos/till/preview.html", context)


@require_POST
@at_till(SEE)
def record(till: Till, customer_id: UUID) -> HttpResponse:
    """Record the purchase. The same form again, however fast, is the same purchase and shows the same answer."""
    form = SaleForm(till.request.POST, currency=till.place.currency)
    try:
        if form.is_valid():
            return _done(till, customer_id, *_recorded(till, customer_id, form.cleaned_data, timezone.now()))
    except DomainError as refusal:
        form.refuse(refusal)
        form.renew()
    with reading(till.tenant.id):
        return sale_panel(till, _present(customer_id), form, status=422)


def _recorded(till: Till, customer_id: UUID, told: dict[str, Any], now: datetime) -> tuple[PurchaseAnswer, Slip, bool]:
    """The answer, the slip, and whether somebody else recorded this very document before."""
    command_id = derived_id("till sale", till.tenant.id, till.place.pos_id, told["sale"])
    slip = slip_for(till.tenant.id, till.place, command_id, told["document_number"], now)
    command = _command(till, customer_id, told["amount"], slip)
    how: dict[str, Any] = {"tenant_id": till.tenant.id, "actor": till.principal.actor, "channel": "till"}
    try:
        answer = dispatch(command, command_id=command_id, **how)
    except DomainError as refusal:
        if refusal.code != "command.applied":
            raise
        # This form was sent before: the document answers as it did then, or refuses another amount.
        return dispatch(command, **how), slip, False
    return answer, slip, answer.duplicate


def _command(till: Till, customer_id: UUID, amount: int, slip: Slip) -> RecordPurchase:
    return RecordPurchase(
        customer_id=customer_id,
        merchant_id=till.place.merchant_id,
        pos_id=till.place.pos_id,
        document_scope=till.place.document_scope,
        document_number=slip.number,
        purchased_at=slip.at,
        zone=till.place.zone,
        currency=till.place.currency,
        total=amount,
        lines=(Line(total=amount),),
    )


def _foreseen(command: RecordPurchase) -> PurchaseAnswer | None:
    try:
        return earning.preview(command)
    except DomainError:
        return None  # it is said when the purchase is recorded


def _done(till: Till, customer_id: UUID, answer: PurchaseAnswer, slip: Slip, before: bool) -> HttpResponse:
    with reading(till.tenant.id):
        context: dict[str, Any] = {"card": _present(customer_id), "answer": answer, "slip": slip, "before": before}
        context |= {"purchase": earning.purchase(answer.purchase_id), "latest": till.latest()}
        shown = till.page("done", **context)
    if till.request.htmx:
        shown.headers["HX-Push-Url"] = reverse("till", args=[till.place.pos_code])
    return shown


def _present(customer_id: UUID) -> customers.CustomerCard:
    try:
        return customers.customer(customer_id)
    except NotFound:
        raise Http404 from None
