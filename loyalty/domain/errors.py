"""Refusals: a rule of the business said no."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A refusal with a stable `code`, the `field` at fault if there is one, and parameters for the message.

    The words live in `loyalty/messages/refusals.py`, one gettext sentence for each code, so that the same refusal
    reads well in every language. `code` is "context.what_is_wrong".
    """

    def __init__(self, code: str, /, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class NotFound(DomainError):
    """The thing asked for is not there, or belongs to somebody else: the two must look alike."""


class Conflict(DomainError):
    """What was asked contradicts what has already happened (the edge answers 409)."""
