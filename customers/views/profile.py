"""`/app/me/`: who a customer is, what they agree to, and which phone is theirs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import queries
from customers.avatars import avatar, avatar_version
from customers.challenges import is_known
from customers.codes import code_again, code_to, count_compare, count_own_fact
from customers.commands import ChangeAvatar, ChangePhoneByCode, SayFact
from customers.domain.challenge import typed_code
from customers.forms.coming_in import CodeForm, ShellForm
from customers.forms.own import NewPhoneForm, OwnConsentsForm, OwnFactForm, PhotoForm, ProfileForm
from customers.views.access import Shell, own_page
from customers.views.coming_in import TERMS
from loyalty.domain.errors import DomainError, NotFound, Throttled
from loyalty.messages.refusals import message
from loyalty.shell import hang
from loyalty.tenancy import reading

AWAY = "away"
FORM = ["GET", "HEAD", "POST"]


@require_safe
@own_page
def me(shell: Shell) -> HttpResponse:
    """What is known, with ways to change it."""
    with reading(shell.tenant.id):
        known = {"contacts": queries.contacts(shell.customer_id), "photo": avatar_version(shell.customer_id)}
        return shell.page("me", session=shell.principal.session_id, **known)


@require_http_methods(FORM)
@own_page
def edit(shell: Shell) -> HttpResponse:
    """Name, birth date, gender, address and the language of messages."""
    with reading(shell.tenant.id):
        known, card = queries.profile(shell.customer_id), queries.customer(shell.customer_id)
        asked = queries.is_asked(shell.customer_id)
    facts = {name: getattr(known, name) for name in ("birth_date", "gender", "address")}
    told = facts | {"first_name": card.first_name, "last_name": card.last_name, "language": card.language}
    form = ProfileForm(shell.posted, known=known, asked=asked, initial=told)
    if form.is_valid() and _carried_out(shell, form, form.order(shell.customer_id)):
        messages.success(shell.request, _("Your profile is saved."))
        return redirect("app-me")
    return _page(shell, "profile", form)


@require_http_methods(FORM)
@own_page
def photo(shell: Shell) -> HttpResponse:
    """A picture of oneself: another one, or none."""
    sent = None if shell.posted is None else shell.request.FILES
    form = PhotoForm(shell.posted, sent)
    if shell.posted is not None and AWAY in shell.posted:
        shell.dispatch(ChangeAvatar(customer_id=shell.customer_id, content=None))
        return redirect("app-me")
    if form.is_valid() and _carried_out(shell, form, form.order(shell.customer_id)):
        messages.success(shell.request, _("Your photo is saved."))
        return redirect("app-me")
    with reading(shell.tenant.id):
        known = avatar_version(shell.customer_id)
    return _page(shell, "photo", form, photo=known)


@require_safe
@own_page
def photo_file(shell: Shell) -> HttpResponse:
    """The picture itself, to who it shows alone."""
    with reading(shell.tenant.id):
        picture = avatar(shell.customer_id)
    if picture is None:
        raise Http404
    return HttpResponse(picture, content_type="image/webp", headers={"X-Content-Type-Options": "nosniff"})


@require_http_methods(FORM)
@own_page
def consents(shell: Shell) -> HttpResponse:
    """What a customer agrees to beside the terms, and since when to these."""
    with reading(shell.tenant.id):
        said = queries.consents(shell.customer_id)
    form = OwnConsentsForm(shell.posted, given={one.purpose: one.given for one in said})
    if form.is_valid() and _carried_out(shell, form, form.order(shell.customer_id, TERMS)):
        messages.success(shell.request, _("What you agree to is saved."))
        return redirect("app-me")
    return _page(shell, "consents", form, terms=next((one for one in said if one.purpose == "terms" and one.given), None))


@require_http_methods(FORM)
@own_page
def confirm(shell: Shell) -> HttpResponse:
    """A second fact, where it must be certain who somebody is before they spend."""
    form = OwnFactForm(shell.posted)
    if form.is_valid():
        try:
            count_own_fact(shell.tenant.id, shell.customer_id)
            shell.dispatch(SayFact(customer_id=shell.customer_id, fact=form.cleaned_data["fact"]))
            messages.success(shell.request, _("Thank you. Your points are yours to spend."))
            return redirect("app-home")
        except DomainError as refusal:
            form.refuse(refusal)
    return _page(shell, "confirm", form)


@require_http_methods(FORM)
@own_page
def phone(shell: Shell) -> HttpResponse:
    """Which number shall be theirs? A code goes there, whoever has it."""
    form = NewPhoneForm(shell.posted, tenant=shell.tenant)
    if form.is_valid():
        try:
            order = code_to(shell.request, "phone", "phone", form.cleaned_data["phone"], shell.customer_id)
            return redirect("app-phone-code", shell.sent(order).challenge_id)
        except DomainError as refusal:
            form.refuse(refusal)
    return _page(shell, "phone", form)


@require_http_methods(FORM)
@own_page
def phone_code(shell: Shell, challenge_id: UUID) -> HttpResponse:
    """The code that came to the new number."""
    if not is_known(shell.tenant.id, challenge_id, "phone"):
        return redirect("app-phone")
    form = CodeForm(shell.posted)
    if form.is_valid() and _phone_changed(shell, form, challenge_id):
        messages.success(shell.request, _("Your phone number is changed."))
        return redirect("app-me")
    return _page(shell, "phone_code", form, challenge_id=challenge_id)


@require_POST
@own_page
def phone_again(shell: Shell, challenge_id: UUID) -> HttpResponse:
    """Another code to the new number."""
    try:
        shell.sent(code_again(shell.request, "phone", challenge_id, shell.customer_id))
    except Throttled as refusal:
        return _page(shell, "phone_code", CodeForm(), challenge_id=challenge_id, refused=message(refusal))
    except NotFound:
        return redirect("app-phone")
    return _page(shell, "phone_code", CodeForm(), challenge_id=challenge_id, sent_again=True)


def _phone_changed(shell: Shell, form: ShellForm, challenge_id: UUID) -> bool:
    order = ChangePhoneByCode(customer_id=shell.customer_id, challenge_id=challenge_id, code=typed_code(form.cleaned_data["code"]))
    try:
        count_compare(shell.tenant.id, challenge_id, "phone", shell.customer_id)
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return _carried_out(shell, form, order)


def _carried_out(shell: Shell, form: ShellForm, order: Any) -> bool:
    """Whether the order was carried out; what is refused stands in the form."""
    try:
        shell.dispatch(order)
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


def _page(shell: Shell, name: str, form: ShellForm, **context: Any) -> HttpResponse:
    with reading(shell.tenant.id):
        response = shell.page(name, form=form, **context)
    response.status_code = 422 if form.errors else 200
    return response


hang(gettext_lazy("Me"), "app-me", icon="user", order=90)
