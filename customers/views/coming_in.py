"""`/app/sign-in/`: a phone, then the code that came to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from customers.challenges import count_try, is_known, new_code
from customers.commands import SendCode, SendCodeAgain, SignInByCode
from customers.devices import device_of
from customers.domain.challenge import typed_code
from customers.forms.coming_in import CodeForm, JoinForm, PhoneForm, ShellForm
from customers.tokens import new_token
from customers.views.access import let_in
from customers.views.invitation_cookie import brought_by, forget_invitation
from loyalty.bus import dispatch
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError, NotFound, Throttled
from loyalty.messages.refusals import message
from loyalty.messages.tasks import send_soon
from loyalty.staff.lockout import address_of
from loyalty.staff.models import token_hash
from loyalty.tenancy.middleware import dispatches
from loyalty.tenancy.models import Tenant

TERMS = "app-1"
"""The wording of the box that is ticked."""
JOINING = "join"


@dispatches
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Where shall the code go? Whoever has the number, the answer is the same."""
    form = PhoneForm(request.POST if request.method == "POST" else None, tenant=_tenant(request))
    if request.method == "POST" and form.is_valid():
        kind, to = form.cleaned_data["target"]
        order = SendCode(
            purpose="sign_in", kind=kind, to=to, code=new_code(), asked_from=address_of(request), language=get_language() or ""
        )
        try:
            return redirect("app-code", _sent(request, order))
        except DomainError as refusal:
            form.refuse(refusal)
    return _page(request, "ask", form)


@dispatches
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, challenge_id: UUID) -> HttpResponse:
    """The code; and who is new says that they agree to the terms, with the same code."""
    if not is_known(_tenant(request).id, challenge_id, "sign_in"):
        return redirect("app-sign-in")
    kind = JoinForm if JOINING in request.POST else CodeForm
    form: ShellForm = kind(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _signed_in(request, challenge_id, form.cleaned_data)
        except DomainError as refusal:
            form = _again(form, refusal)
    return _page(request, "say", form, challenge_id=challenge_id, joining=isinstance(form, JoinForm))


@dispatches
@require_POST
def again(request: HttpRequest, challenge_id: UUID) -> HttpResponse:
    """Another code, if the last one is a minute old."""
    order = SendCodeAgain(
        purpose="sign_in", challenge_id=challenge_id, code=new_code(), asked_from=address_of(request), language=get_language() or ""
    )
    try:
        _sent(request, order)
    except Throttled as refusal:
        return _page(request, "say", CodeForm(), challenge_id=challenge_id, refused=message(refusal))
    except NotFound:
        return redirect("app-sign-in")
    return _page(request, "say", CodeForm(), challenge_id=challenge_id, sent_again=True)


def _tenant(request: HttpRequest) -> Tenant:
    return request.tenant  # type: ignore[attr-defined,no-any-return]


def _dispatched(request: HttpRequest, order: Command[Any]) -> Any:
    return dispatch(order, tenant_id=_tenant(request).id, actor="visitor", channel="app")


def _sent(request: HttpRequest, order: SendCode | SendCodeAgain) -> UUID:
    challenge_id: UUID = _dispatched(request, order).challenge_id
    send_soon(_tenant(request).id)
    return challenge_id


def _signed_in(request: HttpRequest, challenge_id: UUID, said: dict[str, Any]) -> HttpResponse:
    count_try(_tenant(request).id, challenge_id, "sign_in", None, timezone.now())
    token = new_token()
    order = SignInByCode(
        challenge_id=challenge_id,
        code=typed_code(said["code"]),
        hash=token_hash(token),
        device=device_of(request.headers.get("User-Agent", "")),
        terms_version=TERMS if said.get("terms_version") else "",
        first_name=said.get("first_name", ""),
        last_name=said.get("last_name", ""),
        language=get_language() or "",
        invitation=brought_by(request),
    )
    return forget_invitation(let_in(redirect("app-home"), token, _dispatched(request, order).expires_at))


def _again(form: ShellForm, refusal: DomainError) -> ShellForm:
    """The form with what is refused. Who has just turned out to be new is asked, and was not wrong yet."""
    asked = refusal.code == "customers.terms_missing" and not isinstance(form, JoinForm)
    if asked:
        return JoinForm(initial={"code": form.cleaned_data["code"]})
    if refusal.code == "customers.code_wrong":
        form = CodeForm({"code": form.data.get("code", "")})
        form.is_valid()
    form.refuse(refusal)
    return form


def _page(request: HttpRequest, name: str, form: ShellForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "invited": bool(brought_by(request))}
    response = render(request, f"customers/app/{name}.html", context, status=422 if form.errors else 200)
    patch_cache_control(response, private=True, no_store=True)
    return response
