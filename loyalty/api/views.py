"""Endpoints: a command view carries out one order, a query view answers one question.

class RecordPurchaseView(CommandView):
    '''Record a purchase.'''

    permission = RECORD_PURCHASE
    body = RecordPurchaseBody       # a msgspec struct (fast) or a StrictSerializer
    answer = PurchaseAnswer         # struct, dataclass or serializer, for the OpenAPI document
    dry_runs = True

    def command(self, body, **path):
        return RecordPurchase(...)

class CustomersView(QueryView):
    '''Find customers.'''

    permission = SEE_CUSTOMERS
    query = CustomersQuery          # a msgspec struct; unknown parameters are refused
    answer = Page[CustomerCard]

    def ask(self, query, **path):
        return queries.search(...)

path("customers", endpoint(get=CustomersView, post=RegisterView))
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, cast

import msgspec
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from psycopg.errors import UniqueViolation
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from loyalty.api import strict_json
from loyalty.api.idempotency import PRIMARY_KEY, AlreadyAnswered, Answer, KeptReceipt, KeyInFlight, KeyReused, command_id_of
from loyalty.api.problems import CONTENT_TYPE as PROBLEM_TYPE
from loyalty.api.problems import Problem, of_faults, of_refusal
from loyalty.api.renderers import dumps
from loyalty.api.shapes import Fault, WrongShape, convert, struct_fields
from loyalty.bus import dispatch
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError, NotFound, Throttled
from loyalty.observability import context
from loyalty.rates import refuse_too_many
from loyalty.staff.principal import Kind, Principal
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

PATIENCE = 5.0
"""Seconds that a second request with the same key waits for the first."""


class ApiView(APIView):
    """What both kinds share: one permission, who may call, a caller, a tenant."""

    permission: ClassVar[str]
    also: ClassVar[tuple[str, ...]] = ()
    """Permissions that are needed beside it."""
    callers: ClassVar[frozenset[Kind]] = frozenset({"staff", "token"})
    """Whom the permission lets in. A customer calls only what is made for customers, where nobody else does."""
    rate: ClassVar[str] = ""
    """Which of `loyalty.rates.RATES` counts the requests; "" where too much cannot be asked. Too much is answered 429."""
    answer: ClassVar[Any] = None
    """The shape of the answer, for the OpenAPI document: msgspec struct, dataclass, or serializer class."""

    @property
    def principal(self) -> Principal:
        """Who calls."""
        return cast(Principal, self.request.user)

    @property
    def counted_as(self) -> str:
        """Whose requests are counted together."""
        return self.principal.actor

    def check_throttles(self, request: Request) -> None:
        """Raises Throttled `request.throttled` for too many requests in a short while."""
        if self.rate:
            refuse_too_many(self.rate, self.counted_as, self.principal.tenant_id)

    @property
    def tenant(self) -> Tenant:
        """Whose programme it is."""
        return cast(Tenant, self.request._request.tenant)  # type: ignore[attr-defined]


class QueryView(ApiView):
    """`GET`: answers from read models, in one transaction of the tenant."""

    query: ClassVar[type[msgspec.Struct] | None] = None

    def ask(self, query: Any, **path: Any) -> Any:
        """The answer: anything that is JSON by `loyalty.api.renderers`. May raise DomainError."""
        raise NotImplementedError

    def get(self, request: Request, **path: Any) -> HttpResponse:
        wanted = self._wanted(request)
        with reading(self.principal.tenant_id):
            return HttpResponse(dumps(self.ask(wanted, **path)), content_type="application/json")

    def _wanted(self, request: Request) -> Any:
        given = {name: strict_json.text(str(value), (name,)) for name, value in request.query_params.items()}
        known = struct_fields(self.query) if self.query else frozenset()
        if unknown := [name for name in given if name not in known]:
            raise of_faults([Fault(strict_json.pointer((name,)), "request.query_unknown", {"name": name}) for name in unknown])
        try:
            return convert(given, self.query, strict=False) if self.query else None
        except WrongShape as wrong:
            raise of_faults(wrong.faults) from None


class CommandView(ApiView):
    """One write: reads the body, builds the command, dispatches it once for each Idempotency-Key."""

    method: ClassVar[str] = "post"
    body: ClassVar[Any] = None
    """The shape of the body: a msgspec struct (fast) or a StrictSerializer class. None: there is no body."""
    status: ClassVar[int] = 200
    dry_runs: ClassVar[bool] = False
    """Whether `?dry_run=true` may try the write without doing it."""
    writes: ClassVar[bool] = True
    """False: each order is only tried, so that none needs an Idempotency-Key."""
    channel: ClassVar[str] = "api"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        setattr(cls, cls.method, cls.write)

    def command(self, body: Any, **path: Any) -> Command[Any]:
        """The order behind a body (a struct, or a serializer's validated values). May raise DomainError."""
        raise NotImplementedError

    def present(self, result: Any) -> Any:
        """What is answered for a handler's result."""
        return result

    def write(self, request: Request, **path: Any) -> HttpResponse:
        raw = _raw(request)
        dry_run = self._dry_run(request)
        if dry_run or not self.writes:
            return self._respond(self._tried(self.command(self._read(raw), **path)))
        command_id = command_id_of(self.principal, request.method or "", request.path, request.headers.get("Idempotency-Key"))
        receipt = KeptReceipt(self.principal.tenant_id, command_id, raw, self._render)
        with context(command_id=str(command_id), tenant=self.principal.tenant_id):
            return self._once(receipt, lambda: self.command(self._read(raw), **path))

    def _read(self, raw: bytes) -> Any:
        if self.body is None:
            return _nothing(raw)
        document = strict_json.loads(raw)
        if issubclass(self.body, BaseSerializer):
            serializer = self.body(data=document, context={"view": self, "request": self.request})
            serializer.is_valid(raise_exception=True)
            return serializer.validated_data
        try:
            return convert(document, self.body)
        except WrongShape as wrong:
            raise of_faults(wrong.faults) from None

    def _dry_run(self, request: Request) -> bool:
        given = dict(request.query_params.items())
        wish = given.pop("dry_run", "false")
        if given:
            name = next(iter(given))
            raise of_faults([Fault(strict_json.pointer((name,)), "request.query_unknown", {"name": name})])
        if wish not in {"true", "false"}:
            raise of_faults([Fault("/dry_run", "field.choice", {"choices": "true, false"})])
        if wish == "true" and not self.dry_runs:
            raise of_faults([Fault("/dry_run", "request.dry_run")])
        return wish == "true"

    def _dispatch(self, command: Command[Any], **how: Any) -> Any:
        return dispatch(command, tenant_id=self.principal.tenant_id, actor=self.principal.actor, channel=self.channel, **how)

    def _tried(self, command: Command[Any]) -> Answer:
        return Answer(200, dumps(self.present(self._dispatch(command, dry_run=True))))

    def _render(self, result: Any) -> Answer:
        return Answer(self.status, dumps(self.present(result)))

    def _once(self, receipt: KeptReceipt, order: Callable[[], Command[Any]]) -> HttpResponse:
        """Carry it out, or answer as before; while another request does it, wait a little."""
        begun, pause, command = time.monotonic(), 0.01, None
        while True:
            try:
                command = command or self._built(receipt, order)
                receipt.person_id = getattr(command, "customer_id", None)
                return self._respond(self._carried_out(receipt, command))
            except AlreadyAnswered as before:
                return self._respond(before.answer, again=True)
            except KeyReused:
                raise Problem(422, "idempotency.key_reused") from None
            except KeyInFlight:
                if time.monotonic() - begun > PATIENCE:
                    raise Problem(409, "idempotency.in_flight", headers={"Retry-After": "1"}) from None
                time.sleep(pause)
                pause = min(pause * 2, 0.25)

    @staticmethod
    def _built(receipt: KeptReceipt, order: Callable[[], Command[Any]]) -> Command[Any]:
        """The command. When it can be built no longer (its point of sale has closed), what was answered before still stands."""
        try:
            return order()
        except DomainError:
            if (answer := receipt.before()) is not None:
                raise AlreadyAnswered(answer) from None
            raise

    def _carried_out(self, receipt: KeptReceipt, command: Command[Any]) -> Answer:
        try:
            self._dispatch(command, command_id=receipt.command_id, receipt=receipt)
        except DomainError as refusal:
            problem = of_refusal(refusal)
            if isinstance(refusal, NotFound | Throttled) or refusal.code == "command.applied":
                raise problem from None
            return receipt.refused(Answer(problem.status, problem.body()))
        except (IntegrityError, UniqueViolation) as clash:
            # A refusal of the same key was kept first: it is the answer, and everything here was undone.
            if not _is_ours(clash):
                raise
            raise KeyInFlight from None
        assert receipt.answer is not None
        return receipt.answer

    @staticmethod
    def _respond(answer: Answer, *, again: bool = False) -> HttpResponse:
        kind = PROBLEM_TYPE if answer.status >= 400 else "application/json"
        response = HttpResponse(answer.body, status=answer.status, content_type=kind)
        if again:
            response.headers["Idempotency-Replayed"] = "true"
        return response


def _raw(request: Request) -> bytes:
    with suppress(ValueError):
        if int(request.META.get("CONTENT_LENGTH") or 0) > strict_json.LARGEST_BODY:
            raise of_faults([Fault("", "json.too_large")])
    kind = (request.META.get("CONTENT_TYPE") or "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "request.media_type")
    return bytes(request._request.body)


def _nothing(raw: bytes) -> None:
    """What an order without a body may bring: nothing, or an empty object, as many programs send it. Raises Problem 400."""
    given = strict_json.loads(raw) if raw else {}
    if given != {}:
        keys = [(key,) for key in given] if isinstance(given, dict) else [()]
        raise of_faults([Fault(strict_json.pointer(key), "field.unknown") for key in keys])


def _is_ours(clash: Exception) -> bool:
    cause = clash if isinstance(clash, UniqueViolation) else clash.__cause__
    return isinstance(cause, UniqueViolation) and cause.diag.constraint_name == PRIMARY_KEY


class Endpoint(APIView):
    """Several views at one address, each for its own method; stands in for them in the OpenAPI document."""

    parts: ClassVar[dict[str, type[ApiView]]] = {}

    @property
    def allowed_methods(self) -> list[str]:
        return list(self.parts)


def endpoint(**views: type[ApiView]) -> Callable[..., HttpResponse]:
    """One address for several views: `path("customers", endpoint(get=CustomersView, post=RegisterView))`."""
    parts = {method.upper(): view for method, view in views.items()}
    made = {method: view.as_view() for method, view in parts.items()}

    def answer(request: HttpRequest, **path: Any) -> HttpResponse:
        view = made.get(request.method or "")
        if view is None:
            return Problem(405, "request.method", {"method": request.method}, headers={"Allow": ", ".join(made)}).response()
        return cast(HttpResponse, view(request, **path))

    answer.csrf_exempt = True  # type: ignore[attr-defined]
    answer.cls = type("Endpoint", (Endpoint,), {"parts": parts} | {m.lower(): getattr(v, m.lower()) for m, v in parts.items()})  # type: ignore[attr-defined]
    answer.initkwargs = {}  # type: ignore[attr-defined]
    return answer
