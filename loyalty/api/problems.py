"""Every error of the REST API as problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

from loyalty.observability import request_id

CONTENT_TYPE = "application/problem+json"


def plain_problem(status: int) -> HttpResponse:
    """The problem of a bare status, for what Django itself answers."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "request_id": request_id()}
    return HttpResponse(orjson.dumps(body), status=status, content_type=CONTENT_TYPE)


def exception_handler(exc, context): ...
