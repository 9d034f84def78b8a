"""The purchase: what it would bring, and recording it once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import queries as customers
from customers.permissions import SEE
from earning import queries as earning
from earning.commands import ONE, Line, PurchaseAnswer, RecordPurchase, Thousandths
from earning.permissions import RECORD, SEE_ACCOUNTS, SEE_LEVELS
from earning.versions import at_its_time, versions
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id, new_id
from loyalty.tenancy import reading
from pos.forms.till import SaleForm
from pos.slips import Slip, draw_again, slip_for
from pos.views.access import Till, at_till

TAKEN = {"earning.document_differs", "earning.document_is_a_return"}
"""Refusals of a drawn number that some other document has: of a sale sent by a program, an import, a return."""
MOST_DRAWS = 50
ONE_PERIOD = Thousandths(ONE)


def sale_panel(
    till: Till, card: customers.CustomerCard | None, form: SaleForm, *, welcome: bool = False, status: int = 200
) -> HttpResponse:
    """The customer with their balance (None: a sale without a customer), and the form of a purchase. Needs an open `reading`."""
    form.begin()
    balance = earning.account(card.id).balance if card else None
    balances = earning.said_balances(card.id) if card else []
    levels = earning.said_levels(card.id) if card and till.principal.may(SEE_LEVELS) else []
    known = {"card": card, "balance": balance, "balances": balances, "levels": levels, "welcome": welcome}
    asked = card is not None and till.may_confirm and customers.is_asked(card.id)
    answer = till.page("sale", form=form, asked=asked, **known, status=status)
    if till.swaps:
        # Wherever the request came from, somebody is at the counter now.
        answer.headers["HX-Retarget"] = "#counter"
        answer.headers["HX-Reswap"] = "innerHTML"
        answer.headers["HX-Push-Url"] = _address(till, card.side if card else None)
    return answer


@require_safe
@at_till(RECORD)
def anonymous(till: Till) -> HttpResponse:
    """The form of a purchase of somebody who is no customer, or does not say so."""
    with reading(till.tenant.id):
        return sale_panel(till, None, sale_form(till, known=False))


@require_POST
@at_till(SEE, SEE_ACCOUNTS, RECORD)
def preview(till: Till, customer_id: UUID) -> HttpResponse:
    """What the purchase would bring, while its amount is typed, or what is wrong with the amount."""
    with reading(till.tenant.id):
        form = sale_form(till, till.request.POST)
        form.is_valid()
        amount, answer, command = form.cleaned_data.get("amount"), None, None
        present(customer_id)
        if amount:
            number = form.cleaned_data.get("document_number") or str(new_id())
            command = _command(till, customer_id, form, Slip(number, timezone.now()))
            answer = _foreseen(command)
        context = {
            "foreseen": answer,
            "currency": form.currency,
            "balances": earning.said_balances(customer_id, answer) if answer else [],
            "levels_then": _levels(till, answer),
            "ahead": _ahead(till, answer),
            "level_discounts": _level_discounts(till, customer_id, amount, form.currency),
            "points_ahead": earning.said_points_ahead(earning.points_ahead(command)) if command and answer and not answer.duplicate else [],
            "wrong": form.errors.get("amount") if form["amount"].data else None,
        }
        context |= {"others": earning.said_of_others(answer), "shortages": earning.said_shortages(answer)}
        return render(till.request, "pos/till/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(SEE, SEE_ACCOUNTS, RECORD)
def record(till: Till, customer_id: UUID) -> HttpResponse:
    """Record the purchase. The same form again, however fast, is the same purchase and shows the same answer."""
    return _record(till, customer_id)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(RECORD)
def record_anonymous(till: Till) -> HttpResponse:
    """The same without a customer: the purchase is kept, and can be given to its customer later."""
    return _record(till, None)


def _record(till: Till, customer_id: UUID | None) -> HttpResponse:
    if till.request.method != "POST":  # who signs in anew, or changes the language, comes back without the form
        return HttpResponseRedirect(_address(till, customer_id))
    with reading(till.tenant.id):
        form = sale_form(till, till.request.POST, known=customer_id is not None)
    try:
        if form.is_valid():
            return _done(till, customer_id, *_recorded(till, customer_id, form, timezone.now()))
    except DomainError as refusal:
        form.differs(versions(refusal, till.tenant, names=till.principal.may(SEE), but_for=("purchased_at",)))
        form.refuse(refusal)
    form.again()
    with reading(till.tenant.id):
        return sale_panel(till, present(customer_id) if customer_id else None, form, status=422)


def _address(till: Till, customer_id: UUID | None) -> str:
    code = till.place.pos_code
    return reverse("till-customer", args=[code, customer_id]) if customer_id else reverse("till-anonymous", args=[code])


def _recorded(till: Till, customer_id: UUID | None, form: SaleForm, now: datetime, draws: int = MOST_DRAWS) -> tuple[PurchaseAnswer, bool]:
    """The answer, and whether another form recorded this very document before. A number that is taken is drawn anew."""
    told = form.cleaned_data
    command_id = derived_id("till sale", till.tenant.id, till.place.pos_id, told["once"])
    slip = slip_for(till.tenant.id, till.place, command_id, told["document_number"], now)
    command = _command(till, customer_id, form, slip)
    how: dict[str, Any] = {"tenant_id": till.tenant.id, "actor": till.principal.actor, "channel": "till"}
    try:
        answer = dispatch(command, command_id=command_id, **how)
    except DomainError as refusal:
        if refusal.code == "command.applied":
            # This form was sent before: the document answers as it did then, or refuses another amount.
            stands = slip_for(till.tenant.id, till.place, command_id, slip.number, now)
            return dispatch(_command(till, customer_id, form, stands), **how), False
        if draws and refusal.code in TAKEN and not told["document_number"]:
            draw_again(till.tenant.id, till.place, command_id, slip)
            return _recorded(till, customer_id, form, now, draws - 1)
        if (before := at_its_time(command, refusal)) is None:
            raise
        return dispatch(before, **how), True  # the same receipt was typed in before
    return answer, answer.duplicate


def sale_form(till: Till, data: Any = None, *, known: bool = True) -> SaleForm:
    """The form of a purchase here, in any currency that has a rate now; to who is `known` levels are sold too. Needs an open `reading`."""
    now = timezone.now()
    fees = earning.fees_sold(now) if known and till.principal.may(SEE_LEVELS) else []
    return SaleForm(data, currency=till.place.currency, others=earning.other_currencies(now), fees=fees)


def _command(till: Till, customer_id: UUID | None, form: SaleForm, slip: Slip) -> RecordPurchase:
    amount = form.cleaned_data["amount"]
    return RecordPurchase(
        customer_id=customer_id,
        merchant_id=till.place.merchant_id,
        pos_id=till.place.pos_id,
        document_scope=till.place.document_scope,
        document_number=slip.number,
        purchased_at=slip.at,
        zone=till.place.zone,
        currency=form.currency,
        home_currency=till.place.currency,
        total=amount,
        lines=(_line(form),),
        labels=form.cleaned_data.get("labels") or {},
        payment_method=form.cleaned_data.get("payment_method") or "",
    )


def _line(form: SaleForm) -> Line:
    """Goods without a name, or one period of a level for its fee."""
    amount, sku = form.cleaned_data["amount"], form.cleaned_data.get("fee")
    return Line(kind="fee", sku=sku, quantity=ONE_PERIOD, total=amount) if sku else Line(total=amount)


def _foreseen(command: RecordPurchase) -> PurchaseAnswer | None:
    try:
        return earning.preview(command)
    except DomainError:
        return None  # it is said when the purchase is recorded


def _done(till: Till, customer_id: UUID | None, answer: PurchaseAnswer, before: bool) -> HttpResponse:
    with reading(till.tenant.id):
        purchase = earning.purchase(answer.purchase_id)
        context: dict[str, Any] = {
            "card": present(customer_id) if customer_id else None,
            "answer": answer,
            "purchase": purchase,
            "before": before,
            "balances": earning.said_balances(customer_id) if customer_id else [],
            "levels_then": _levels(till, answer),
            "ahead": _ahead(till, answer),
            "others": earning.said_of_others(answer),
            "brought": earning.said_brought(answer),
            "shortages": earning.said_shortages(answer),
            "gains": _gains(purchase),
        }
        shown = till.page("done", **context, latest=till.latest())
    if till.swaps:
        shown.headers["HX-Push-Url"] = reverse("till", args=[till.place.pos_code])
    return shown


def _gains(purchase: earning.PurchaseCard) -> list[tuple[str, str]]:
    """Each rule that gave something, and what."""
    gave = [(reason.name, m.wallet, reason.points) for m in purchase.movements if not m.return_id for reason in m.reasons]
    said = earning.said_points((wallet, points) for _name, wallet, points in gave)
    return [(name, words) for (name, _wallet, _points), words in zip(gave, said, strict=True)]


def _levels(till: Till, answer: PurchaseAnswer | None) -> list[str]:
    """What the levels are called that the customer has with the purchase."""
    if answer is None or not till.principal.may(SEE_LEVELS):
        return []
    return earning.level_names(answer.levels, timezone.now())


def _level_discounts(till: Till, customer_id: UUID, amount: int | None, currency: str) -> list[str]:
    """What levels of the customer take off, for who may see levels."""
    return earning.said_level_discounts(customer_id, amount, currency, timezone.now()) if amount and till.principal.may(SEE_LEVELS) else []


def _ahead(till: Till, answer: PurchaseAnswer | None) -> list[str]:
    """What lies ahead of the customer: the next levels, and the nearest reward."""
    return earning.said_ahead(answer, timezone.now()) if till.principal.may(SEE_LEVELS) else []


def present(customer_id: UUID) -> customers.CustomerCard:
    """The customer, or a 404. Needs an open `reading`."""
    try:
        return customers.customer(customer_id)
    except NotFound:
        raise Http404 from None
