"""`/app/me/`: who a customer is, what they agree to, and which phone is theirs."""

from __future__ import annotations

from functools import partial
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
from customers.codes import count_own_fact
from customers.commands import ChangeAvatar, ChangePhoneByCode, SayFact
from customers.forms.coming_in import CodeForm, ShellForm
from customers.forms.own import NewPhoneForm, OwnConsentsForm, OwnFactForm, PhotoForm, ProfileForm
from customers.passwords import kept
from customers.proof import is_proven
from customers.queries.doors import doors
from customers.views.access import Shell, own_page
from customers.views.own_codes import CodePages
from customers.views.terms import agreed_to
from loyalty.domain.errors import DomainError
from loyalty.shell import hang
from loyalty.tenancy import reading

AWAY = "away"
FORM = ["GET", "HEAD", "POST"]
PHONE = CodePages("phone", asks="app-phone", says="app-phone-code", template="phone_code")


@require_safe
@own_page
def me(shell: Shell) -> HttpResponse:
    """What is known, with ways to change it."""
    with reading(shell.tenant.id):
        known: dict[str, Any] = {"contacts": queries.contacts(shell.customer_id), "photo": avatar_version(shell.customer_id)}
        known |= {"password": kept(shell.tenant.id, shell.side_id, shell.customer_id), "passwords": doors().passwords}
        return shell.page("me", session=shell.session_id, **known)


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
    return shell.form("profile", form)


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
    return shell.form("photo", form, photo=known)


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
        said, version = queries.consents(shell.customer_id), agreed_to(shell.request.POST.get("terms_seen", ""))
    form = OwnConsentsForm(shell.posted, given={one.purpose: one.given for one in said}, initial={"terms_seen": version})
    if form.is_valid() and _carried_out(shell, form, form.order(shell.customer_id, version)):
        messages.success(shell.request, _("What you agree to is saved."))
        return redirect("app-me")
    return shell.form("consents", form, terms=next((one for one in said if one.purpose == "terms" and one.given), None))


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
    return shell.form("confirm", form)


@require_http_methods(FORM)
@own_page
def phone(shell: Shell) -> HttpResponse:
    """Which number shall be theirs? A code goes there, whoever has it. First they show that it is they who hold the device."""
    if not is_proven(shell.tenant.id, shell.customer_id, shell.session_id):
        return redirect("app-proof", "phone")
    form = NewPhoneForm(shell.posted, tenant=shell.tenant)
    if form.is_valid():
        try:
            return PHONE.send(shell, "phone", form.cleaned_data["phone"])
        except DomainError as refusal:
            form.refuse(refusal)
    return shell.form("phone", form)


@require_http_methods(FORM)
@own_page
def phone_code(shell: Shell, challenge_id: UUID) -> HttpResponse:
    """The code that came to the new number."""
    if not is_proven(shell.tenant.id, shell.customer_id, shell.session_id):
        return redirect("app-proof", "phone")
    form = CodeForm(shell.posted)
    if PHONE.is_taken(shell, challenge_id, form, partial(ChangePhoneByCode, session_id=shell.session_id)):
        messages.success(shell.request, _("Your phone number is changed."))
        return redirect("app-me")
    return PHONE.show(shell, challenge_id, form)


@require_POST
@own_page
def phone_again(shell: Shell, challenge_id: UUID) -> HttpResponse:
    """Another code to the new number."""
    return PHONE.again(shell, challenge_id)


def _carried_out(shell: Shell, form: ShellForm, order: Any) -> bool:
    """Whether the order was carried out; what is refused stands in the form."""
    try:
        shell.dispatch(order)
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


hang(gettext_lazy("Me"), "app-me", icon="user", order=90)
