"""`/app/sign-in/`: a phone or an email, then the code that came to it, or its link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.challenges import is_known
from customers.codes import Said, code_again, code_to, count_compare
from customers.commands import SendCode, SendCodeAgain, SignedIn, SignInByCode
from customers.domain.challenge import typed_code
from customers.forms.coming_in import CodeForm, FactForm, JoinForm, LinkForm, PhoneForm, ShellForm
from customers.targets import doors_of
from customers.tokens import new_token
from customers.views.access import KNOWN_COOKIE, know, let_in
from customers.views.invitation_cookie import brought_by, forget_invitation
from customers.views.sent_cookie import forget_sent_to, keep_sent_to, sent_to
from customers.views.terms import agreed_to, version_now
from loyalty.bus import dispatch
from loyalty.devices import device_of
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError, NotFound, Throttled
from loyalty.domain.network import network_of
from loyalty.messages.refusals import message
from loyalty.messages.tasks import send_soon
from loyalty.rates import refuse_too_many
from loyalty.staff.lockout import address_of
from loyalty.staff.models import token_hash
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches
from loyalty.tenancy.models import Tenant

STEPS: dict[str, type[ShellForm]] = {"join": JoinForm, "fact_step": FactForm}
"""What a form says of itself when it asks for more than the code."""
ANEW = "anew"
LONGEST_LINK = 60


@dispatches
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Where shall the code go? Whoever has the number, the answer is the same."""
    form = PhoneForm(request.POST if request.method == "POST" else None, tenant=_tenant(request))
    if request.method == "POST" and form.is_valid():
        kind, to = form.cleaned_data["target"]
        try:
            order = code_to(request, "sign_in", kind, to, known_device=request.COOKIES.get(KNOWN_COOKIE, ""))
            challenge_id = _sent(request, order)
            return keep_sent_to(redirect("app-code", challenge_id), challenge_id, kind, to)
        except DomainError as refusal:
            form.refuse(refusal)
    return _page(request, "ask", form, over=request.GET.get("invitation") == "over", passwords=doors_of(_tenant(request)).passwords)


@dispatches
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, challenge_id: UUID) -> HttpResponse:
    """The code; what else is asked of somebody is said with the same code."""
    return _coming_in(request, challenge_id, "", CodeForm)


@dispatches
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, challenge_id: UUID, token: str) -> HttpResponse:
    """The link of an email: a page with a button, which says as much as the code does."""
    return _coming_in(request, challenge_id, token, LinkForm)


def _coming_in(request: HttpRequest, challenge_id: UUID, token: str, first: type[ShellForm]) -> HttpResponse:
    if not is_known(_tenant(request).id, challenge_id, "sign_in"):
        return redirect("app-sign-in")
    kind = next((kind for step, kind in STEPS.items() if step in request.POST), first)
    form: ShellForm = kind(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _signed_in(request, challenge_id, token, form.cleaned_data)
        except DomainError as refusal:
            form = _again(form, refusal, first, _tenant(request).id)
    step = next((step for step, kind in STEPS.items() if isinstance(form, kind)), "link" if token else "code")
    return _page(request, "say", form, challenge_id=challenge_id, step=step, at=request.path)


@dispatches
@require_POST
def again(request: HttpRequest, challenge_id: UUID) -> HttpResponse:
    """Another code, if the last one is a minute old."""
    again_at = {"challenge_id": challenge_id, "step": "code", "at": reverse("app-code", args=[challenge_id])}
    try:
        _sent(request, code_again(request, "sign_in", challenge_id))
    except Throttled as refusal:
        return _page(request, "say", CodeForm(), refused=message(refusal), **again_at)
    except NotFound:
        return redirect("app-sign-in")
    return _page(request, "say", CodeForm(), sent_again=True, **again_at)


def _tenant(request: HttpRequest) -> Tenant:
    return request.tenant  # type: ignore[attr-defined,no-any-return]


def _dispatched(request: HttpRequest, order: Command[Any]) -> Any:
    return dispatch(order, tenant_id=_tenant(request).id, actor="visitor", channel="app")


def _sent(request: HttpRequest, order: SendCode | SendCodeAgain) -> UUID:
    _refuse_too_many(request)
    challenge_id: UUID = _dispatched(request, order).challenge_id
    send_soon(_tenant(request).id)
    return challenge_id


def _signed_in(request: HttpRequest, challenge_id: UUID, token: str, said: dict[str, Any]) -> HttpResponse:
    anew = bool(said.get("anew")) or _begins_anew(request.POST)
    fact, code, link = "" if anew else said.get("fact", ""), typed_code(said.get("code", "")), token[:LONGEST_LINK]
    _refuse_too_many(request)
    count_compare(_tenant(request).id, challenge_id, "sign_in", Said(code, link, fact))
    session = new_token()
    with reading(_tenant(request).id):
        agreed = agreed_to(said.get("terms_seen", "")) if said.get("terms_version") else ""
    order = SignInByCode(
        challenge_id=challenge_id,
        code=code,
        link=link,
        hash=token_hash(session),
        device=device_of(request.headers.get("User-Agent", "")),
        terms_version=agreed,
        first_name=said.get("first_name", ""),
        last_name=said.get("last_name", ""),
        language=get_language() or "",
        invitation=brought_by(request),
        fact=fact,
        anew=anew,
    )
    done: SignedIn = _dispatched(request, order)
    if done.invitation_over:
        messages.warning(request, _("You have joined. The invitation that brought you is not good any more, and does not count."))
    inside = forget_invitation(know(let_in(redirect("app-home"), session, done.expires_at), done.known_device))
    return forget_sent_to(inside)


def _refuse_too_many(request: HttpRequest) -> None:
    refuse_too_many("sign_in", network_of(address_of(request)), _tenant(request).id)


def _again(form: ShellForm, refusal: DomainError, first: type[ShellForm], tenant_id: int) -> ShellForm:
    """The form with what is refused. Who has just turned out to be new, or long away, is asked, and was not wrong yet."""
    code = form.cleaned_data.get("code", "")
    if refusal.code == "customers.terms_missing" and not isinstance(form, JoinForm):
        with reading(tenant_id):
            seen = version_now()
        return JoinForm(initial={"code": code, "anew": _begins_anew(form.data), "terms_seen": seen})
    if refusal.code == "customers.fact_missing" and not isinstance(form, FactForm):
        return FactForm(initial={"code": code})
    if refusal.code in {"customers.code_wrong", "customers.code_shape", "customers.too_many_compares"}:
        form = first({"code": form.data.get("code", "")})
        form.is_valid()
    form.refuse(refusal)
    return form


def _begins_anew(posted: Mapping[str, Any]) -> bool:
    """Whether the button was pressed."""
    return bool(posted.get(ANEW) == "1")


def _page(request: HttpRequest, name: str, form: ShellForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "invited": bool(brought_by(request))}
    if "challenge_id" in context:
        context["sent_to"] = sent_to(request, context["challenge_id"])
    response = render(request, f"customers/app/{name}.html", context, status=422 if form.errors else 200)
    patch_cache_control(response, private=True, no_store=True)
    return response
