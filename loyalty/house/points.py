"""What a programme calls its points, and how finely it counts them: told by the context that keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from loyalty.house import formats


class Called(Protocol):
    """Points of a programme, in the smallest unit of what it counts."""

    def figure(self, amount: int, language: str, *, signed: bool = False) -> str:
        """“1,250”, without the word."""
        ...

    def phrase(self, amount: int, language: str, *, signed: bool = False) -> str:
        """“1,250 stars”."""
        ...


class Points:
    """Those of nobody in particular."""

    def figure(self, amount: int, language: str, *, signed: bool = False) -> str:
        return formats.points(amount, language, signed=signed)

    def phrase(self, amount: int, language: str, *, signed: bool = False) -> str:
        return formats.points_phrase(amount, language, signed=signed)


_tellers: list[Callable[[int], Called]] = []


def tell_of(teller: Callable[[int], Called]) -> None:
    """Let pages ask `teller` what the points of a tenant, by its id, are called."""
    _tellers[:] = [teller]


def called(context: Mapping[str, Any]) -> Called:
    """How a page calls points: asked once for a request."""
    request, tenant_id = context.get("request"), getattr(context.get("tenant"), "id", None)
    if request is None or tenant_id is None or not _tellers:
        return Points()
    if "points_called" not in request.__dict__:
        request.points_called = _tellers[0](tenant_id)
    known: Called = request.points_called
    return known
