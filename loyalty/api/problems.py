"""Every error of the REST API as problem details (RFC 9457), in the caller's language.

    {"type": "urn:loyalty:problem:earning.document_exists", "title": "Conflict", "status": 409,
     "code": "earning.document_exists", "detail": "The document 17 was recorded before.", "request_id": "…",
     "errors": [{"pointer": "/document_number", "code": "earning.document_exists", "detail": "…"}]}

`code` is stable, `detail` is for people; `errors` names the places that are wrong, `params` holds the facts of the refusal, if any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from rest_framework import exceptions as drf

from loyalty.api.renderers import dumps
from loyalty.api.shapes import Fault, faults_of_serializer
from loyalty.api.strict_json import NotAccepted
from loyalty.domain.errors import Conflict, DomainError, NotFound, Throttled
from loyalty.domain.naming import as_others_say
from loyalty.house.formats import FALLBACK
from loyalty.messages.refusals import sentence
from loyalty.observability import request_id
from loyalty.outage import RETRY_AFTER, passes, sqlstate

log = structlog.get_logger(__name__)
CONTENT_TYPE = "application/problem+json"
STATUSES: dict[type[DomainError], int] = {NotFound: 404, Conflict: 409, Throttled: 429}
"""Status by the kind of a refusal; 422 for all others."""


@dataclass(slots=True)
class Problem(Exception):
    """An error as it is answered. `params` belong to the sentence of `code`; `headers` go out with it."""

    status: int
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        shown: dict[str, Any] = {
            "type": f"urn:loyalty:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": sentence(self.code, self.params),
            "request_id": request_id(),
        }
        if self.params:
            shown["params"] = as_others_say(self.params, get_language() or FALLBACK)
        if self.faults:
            shown["errors"] = [{"pointer": f.pointer, "code": f.code, "detail": f.said()} for f in self.faults]
        return dumps(shown)

    def response(self) -> HttpResponse:
        return HttpResponse(self.body(), status=self.status, content_type=CONTENT_TYPE, headers=dict(self.headers))


def of_refusal(refusal: DomainError) -> Problem:
    """A refusal: 404 for what is not there (or another's), 409 for a contradiction, 429 for too much, else 422."""
    status = next((status for kind, status in STATUSES.items() if isinstance(refusal, kind)), 422)
    faults = [Fault.of_refusal(one) for one in refusal.all if one.field]
    headers = {"Retry-After": str(refusal.params["seconds"])} if status == 429 else {}
    return Problem(status, refusal.code, refusal.params, faults, headers)


def of_faults(faults: Sequence[Fault]) -> Problem:
    """A body or query of the wrong shape."""
    return Problem(400, "request.invalid", faults=faults)


def plain_problem(status: int) -> HttpResponse:
    """The problem of a bare status, for what Django itself answers."""
    known = {400: "request.invalid", 403: "auth.forbidden", 404: "request.not_found", 503: "request.unavailable"}
    return Problem(status, known.get(status, "request.failed")).response()


def problem_of(failure: Exception) -> Problem | None:
    """The problem behind an exception; None for what nobody expected."""
    if passes(failure):
        return _unavailable(failure)
    for kind, problem in PROBLEMS:
        if isinstance(failure, kind):
            return problem(failure)
    return None


def _of_method(failure: drf.MethodNotAllowed) -> Problem:
    return Problem(405, "request.method", {"method": str(failure.args[0]) if failure.args else ""})


def _of_throttle(failure: drf.Throttled) -> Problem:
    seconds = int(getattr(failure, "wait", None) or 1)
    return Problem(429, "request.throttled", {"seconds": seconds}, headers={"Retry-After": str(seconds)})


def _without_identity(failure: drf.APIException) -> Problem:
    return Problem(401, "auth.required", headers={"WWW-Authenticate": getattr(failure, "auth_header", "Bearer")})


def _unavailable(failure: Exception) -> Problem:
    """The database is away, or was too busy: the same request may be sent again."""
    log.error("database unavailable", kind=type(failure).__name__, sqlstate=sqlstate(failure))
    return Problem(503, "request.unavailable", headers={"Retry-After": RETRY_AFTER})


PROBLEMS: list[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any], Problem]]] = [
    (Problem, lambda known: known),
    (DomainError, of_refusal),
    (NotAccepted, lambda f: of_faults([Fault(f.pointer, f.code)])),
    (RequestDataTooBig, lambda f: of_faults([Fault("", "json.too_large")])),
    (drf.ValidationError, lambda f: of_faults(faults_of_serializer(f.detail))),
    ((Http404, drf.NotFound), lambda f: Problem(404, "request.not_found")),
    ((PermissionDenied, drf.PermissionDenied), lambda f: Problem(403, "auth.forbidden")),
    ((drf.NotAuthenticated, drf.AuthenticationFailed), _without_identity),
    (drf.MethodNotAllowed, _of_method),
    (drf.UnsupportedMediaType, lambda f: Problem(415, "request.media_type")),
    (drf.NotAcceptable, lambda f: Problem(406, "request.not_acceptable")),
    (drf.Throttled, _of_throttle),
    (drf.ParseError, lambda f: of_faults([Fault("", "json.invalid")])),
]
"""From the special to the general; whatever is not here is a fault of ours."""


def exception_handler(failure: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """For Django REST framework. What nobody expected goes on, is logged and becomes a 500 without details."""
    problem = problem_of(failure)
    if problem is None:
        return None
    response = problem.response()
    if problem.status == 405 and (view := context.get("view")) is not None:
        response.headers["Allow"] = ", ".join(view.allowed_methods)
    return response
