"""`/app/me/join/`: a customer who is registered twice proves the other phone, sees what will happen, and lets both be one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers import queries
from customers.commands import MergeByCode, Merged
from customers.domain.challenge import typed_code
from customers.foreseeing import foreseen
from customers.forms.coming_in import CodeForm, ShellForm
from customers.forms.own import OtherPhoneForm, SureForm
from customers.proof import is_proven
from customers.views.access import Shell, own_page
from customers.views.own_codes import CodePages
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading

MERGE = CodePages("merge", asks="app-merge", says="app-merge-code", template="merge_code")
FORM = ["GET", "HEAD", "POST"]
SURE = "sure"


@require_http_methods(FORM)
@own_page
def merge(shell: Shell) -> HttpResponse:
    """Which number has the other account? A code goes there, whoever has it. First they show that it is they who hold the device."""
    if not is_proven(shell.tenant.id, shell.customer_id, shell.session_id):
        return redirect("app-proof", "join")
    form = OtherPhoneForm(shell.posted, tenant=shell.tenant)
    if form.is_valid():
        try:
            return MERGE.send(shell, "phone", form.cleaned_data["phone"])
        except DomainError as refusal:
            form.refuse(refusal)
    with reading(shell.tenant.id):
        asked = queries.is_asked(shell.customer_id)
    return shell.form("merge", form, asked=asked)


@require_http_methods(FORM)
@own_page
def merge_code(shell: Shell, challenge_id: UUID) -> HttpResponse:
    """The code that came there; with it what will happen is shown, and with it again it happens, once."""
    if MERGE.is_done(shell.tenant.id, challenge_id):
        return _joined(shell)
    if not is_proven(shell.tenant.id, shell.customer_id, shell.session_id):
        return redirect("app-proof", "join")
    sure = shell.posted is not None and SURE in shell.posted
    form: ShellForm = (SureForm if sure else CodeForm)(shell.posted)
    if form.is_valid():
        try:
            found = _said(shell, challenge_id, form.cleaned_data["code"], sure)
            return _joined(shell) if sure else _foreseen(shell, challenge_id, form, found)
        except DomainError as refusal:
            if MERGE.is_done(shell.tenant.id, challenge_id):
                return _joined(shell)
            form = CodeForm({"code": form.data["code"]})
            form.is_valid()
            form.refuse(refusal)
    return MERGE.show(shell, challenge_id, form)


@require_POST
@own_page
def merge_again(shell: Shell, challenge_id: UUID) -> HttpResponse:
    """Another code to that number."""
    return MERGE.again(shell, challenge_id)


def _said(shell: Shell, challenge_id: UUID, code: str, sure: bool) -> Merged:
    """Who stands for both: of a try, as long as the customer is not `sure`."""
    who = {"customer_id": shell.customer_id, "session_id": shell.session_id}
    order = MergeByCode(**who, challenge_id=challenge_id, code=typed_code(code))
    return MERGE.carry_out(shell, challenge_id, order, dry_run=not sure)


def _foreseen(shell: Shell, challenge_id: UUID, form: ShellForm, found: Merged) -> HttpResponse:
    with reading(shell.tenant.id):
        it = foreseen(found.survivor_id, found.absorbed_id)
        mine = it.survivor.id == shell.customer_id
        asked = SureForm(initial={"code": form.cleaned_data["code"], SURE: "1"})
        return shell.page("merge_sure", form=asked, it=it, mine=mine, challenge_id=challenge_id)


def _joined(shell: Shell) -> HttpResponse:
    messages.success(shell.request, _("Both accounts are one now."))
    return redirect("app-home")
