"""A document of this till's merchant: found by its number, shown, returned whole or by line, given to its customer."""

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
from earning.commands import ClaimAnswer, ClaimPurchase, ReturnAnswer, ReturnGoods
from earning.permissions import CLAIM, RETURN, SEE_PURCHASES, VOID
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id, new_id
from loyalty.domain.period import business_day
from loyalty.house.labels import spoken
from loyalty.tenancy import reading
from pos.forms.returns import FindDocumentForm, GiveForm, ReturnForm, VoidForm
from pos.slips import Slip, draw_again, slip_for
from pos.views.access import Till, at_till
from pos.views.sale import MOST_DRAWS

SHOWN = 8
TAKEN = {"earning.document_is_a_purchase", "earning.document_differs"}
"""Refusals of a drawn number that some other document has."""


@require_safe
@at_till(SEE_PURCHASES)
def find(till: Till) -> HttpResponse:
    """`?number=`: the document with that number; several alike are listed, as receipts restart daily in many shops."""
    asked = till.request.GET.get("number", "")
    form = FindDocumentForm({"number": asked} if asked.strip() else None)
    typed = form.cleaned_data["number"] if form.is_valid() else ""
    with reading(till.tenant.id):
        hits = earning.purchases(document=typed, merchant_ids={till.place.merchant_id}, limit=SHOWN) if typed else []
        if len(hits) == 1:
            return document_panel(till, earning.purchase(hits[0].purchase_id))
        return till.page("documents", form=form, typed=typed, hits=hits)


@require_safe
@at_till(SEE_PURCHASES)
def document(till: Till, purchase_id: UUID) -> HttpResponse:
    """One document."""
    with reading(till.tenant.id):
        return document_panel(till, present_document(till, purchase_id))


@require_POST
@at_till(SEE_PURCHASES, RETURN)
def preview(till: Till, purchase_id: UUID) -> HttpResponse:
    """What would come back, and the points that would go, while it is typed."""
    with reading(till.tenant.id):
        sold = present_document(till, purchase_id)
        form = ReturnForm(till.request.POST, lines=sold.lines, currency=sold.currency)
        answer = None
        if form.is_valid():
            answer = _foreseen(_order(till, purchase_id, form, Slip(str(new_id()), timezone.now())))
        brought = earning.said_brought(answer) if answer and _takes(answer) else ""
        balances = earning.said_balances(sold.customer_id, answer) if answer and sold.customer_id else []
        context = {"foreseen": answer, "sold": sold, "brought": brought, "balances": balances}
        return render(till.request, "pos/till/return_preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(SEE_PURCHASES, RETURN)
def take_back(till: Till, purchase_id: UUID) -> HttpResponse:
    """Goods come back. The same form again, however fast, is the same return and shows the same answer."""
    if till.request.method != "POST":
        return to_document(till, purchase_id)
    with reading(till.tenant.id):
        sold = present_document(till, purchase_id)
    post = till.request.POST
    form = ReturnForm(post, lines=sold.lines, currency=sold.currency, everything="everything" in post)
    try:
        if form.is_valid():
            return _returned(till, _taken_back(till, purchase_id, form, timezone.now()))
    except DomainError as refusal:
        form.refuse(refusal)
    form.again()
    with reading(till.tenant.id):
        return document_panel(till, present_document(till, purchase_id), returning=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(SEE_PURCHASES, SEE, CLAIM)
def give(till: Till, purchase_id: UUID) -> HttpResponse:
    """A document that was recorded without a customer gets the one whose it is."""
    if till.request.method != "POST":
        return to_document(till, purchase_id)
    with reading(till.tenant.id):
        present_document(till, purchase_id)
    form = GiveForm(till.request.POST)
    try:
        if form.is_valid():
            return _given(till, purchase_id, form.cleaned_data["customer"])
    except DomainError as refusal:
        form.refuse(refusal)
    form.again()
    with reading(till.tenant.id):
        return document_panel(till, present_document(till, purchase_id), giving=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@at_till(SEE_PURCHASES, VOID)
def void(till: Till, purchase_id: UUID) -> HttpResponse:
    """A purchase that should not have been recorded is undone. Sent again, it answers as before."""
    if till.request.method != "POST":
        return to_document(till, purchase_id)
    form = VoidForm(till.request.POST)
    with reading(till.tenant.id):
        present_document(till, purchase_id)
        order = earning.voiding(purchase_id, form.data.get("reason", ""))
    try:
        if form.is_valid():
            answer = dispatch(order, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till")
            with reading(till.tenant.id):
                return document_panel(till, present_document(till, purchase_id), voided=answer, done=answer, latest=till.latest())
    except DomainError as refusal:
        form.refuse(refusal)
    form.again()
    with reading(till.tenant.id):
        return document_panel(till, present_document(till, purchase_id), voiding=form, status=422)


def document_panel(
    till: Till,
    sold: earning.PurchaseCard,
    *,
    returning: ReturnForm | None = None,
    giving: GiveForm | None = None,
    voiding: VoidForm | None = None,
    status: int = 200,
    done: ReturnAnswer | ClaimAnswer | None = None,
    **more: Any,
) -> HttpResponse:
    """A document with what can be done with it here, and what was `done`. Needs an open `reading`."""
    may = till.principal.may
    left = any(line.left for line in sold.lines)
    context: dict[str, Any] = {
        "sold": sold,
        "others": earning.said_other_points([sold], signed=True)[0],
        "returns": zip(sold.returns, earning.said_other_points(sold.returns), strict=True),
        "brought": earning.said_brought(done),
        "labels": spoken(sold.labels),
        "paid_by": earning.said_payment(sold.payment_method),
        "found_by": earning.said_found_by(sold.matched_by),
        "buyer": next(iter(customers.cards([sold.customer_id])), None) if sold.customer_id and may(SEE) else None,
        "returning": (returning or ReturnForm(lines=sold.lines, currency=sold.currency)) if left and may(RETURN) else None,
        "giving": (giving or GiveForm()) if left and sold.customer_id is None and may(CLAIM) and may(SEE) else None,
        "voiding": (voiding or VoidForm()) if voiding or _may_void(till, sold) else None,
    }
    answer = till.page("document", status=status, **context | more)
    if till.swaps:
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#counter", "innerHTML"
        answer.headers["HX-Push-Url"] = reverse("till-document", args=[till.place.pos_code, sold.purchase_id])
    return answer


def _takes(answer: ReturnAnswer) -> bool:
    return any(one.points for one in answer.wallets)


def _may_void(till: Till, sold: earning.PurchaseCard) -> bool:
    zone = till.tenant.zone
    today = business_day(sold.purchased_at, zone) == business_day(timezone.now(), zone)
    return today and sold.state == "recorded" and sold.recorded_by == till.principal.actor and till.principal.may(VOID)


def present_document(till: Till, purchase_id: UUID) -> earning.PurchaseCard:
    """The document, or a 404: those of other merchants are not there. Needs an open `reading`."""
    try:
        found = earning.purchase(purchase_id)
    except NotFound:
        raise Http404 from None
    if found.merchant_id != till.place.merchant_id:
        raise Http404
    return found


def to_document(till: Till, purchase_id: UUID) -> HttpResponse:
    """Who signs in anew, or changes the language, comes back without the form."""
    return HttpResponseRedirect(reverse("till-document", args=[till.place.pos_code, purchase_id]))


def _order(till: Till, purchase_id: UUID, form: ReturnForm, slip: Slip) -> ReturnGoods:
    return earning.goods_return(purchase_id, document_number=slip.number, returned_at=slip.at, lines=form.lines(), at=till.place)


def _foreseen(order: ReturnGoods) -> ReturnAnswer | None:
    try:
        return earning.preview_return(order)
    except DomainError:
        return None  # it is said when the goods are taken back


def _taken_back(till: Till, purchase_id: UUID, form: ReturnForm, now: datetime, draws: int = MOST_DRAWS) -> ReturnAnswer:
    """The answer to this form, once and for all. A number that is taken is drawn anew."""
    command_id = derived_id("till return", till.tenant.id, till.place.pos_id, form.cleaned_data["once"])
    slip = slip_for(till.tenant.id, till.place, command_id, "", now)
    with reading(till.tenant.id):
        order = _order(till, purchase_id, form, slip)
    how: dict[str, Any] = {"tenant_id": till.tenant.id, "actor": till.principal.actor, "channel": "till"}
    try:
        return dispatch(order, command_id=command_id, **how)
    except DomainError as refusal:
        if refusal.code == "command.applied":
            return dispatch(order, **how)
        if not draws or refusal.code not in TAKEN:
            raise
    draw_again(till.tenant.id, till.place, command_id, slip)
    return _taken_back(till, purchase_id, form, now, draws - 1)


def _returned(till: Till, answer: ReturnAnswer) -> HttpResponse:
    with reading(till.tenant.id):
        sold = present_document(till, answer.purchase_id)
        return document_panel(till, sold, returned=answer, done=answer, latest=till.latest())


def _given(till: Till, purchase_id: UUID, typed: str) -> HttpResponse:
    with reading(till.tenant.id):
        if (whose := customers.named(typed, till.region)) is None:
            raise DomainError("earning.customer_unknown", field="customer")
    order = ClaimPurchase(purchase_id=purchase_id, customer_id=whose.id)
    answer = dispatch(order, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till")
    with reading(till.tenant.id):
        return document_panel(till, present_document(till, purchase_id), given=answer, done=answer, latest=till.latest())
