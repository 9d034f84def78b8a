"""Refusals: a rule of the business said no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class DomainError(Exception):
    """A refusal with a stable `code`, the `field` at fault if there is one, and parameters for the message.

    The words live in `loyalty/messages/refusals.py`, one gettext sentence for each code, so that the same refusal
    reads well in every language. `code` is "context.what_is_wrong". `others` are refusals of other fields of the same order.
    """

    def __init__(self, code: str, /, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params
        self.others: tuple[DomainError, ...] = ()

    @property
    def all(self) -> tuple[DomainError, ...]:
        """This refusal and the others of the same order."""
        return (self, *self.others)

    def at(self, field: str) -> DomainError:
        """The same refusal with its parameters, of `field` of a larger order."""
        return DomainError(self.code, field=field, **self.params)

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class NotFound(DomainError):
    """The thing asked for is not there, or belongs to somebody else: the two must look alike."""


class Conflict(DomainError):
    """What was asked contradicts what has already happened (the edge answers 409)."""


class Throttled(DomainError):
    """Too much was asked for; the parameter `seconds` says when it may be asked for again (the edge answers 429)."""


@contextmanager
def refused_with(**params: Any) -> Iterator[None]:
    """A refusal has these parameters, too."""
    try:
        yield
    except DomainError as refusal:
        refusal.params |= params
        raise


@contextmanager
def said_of(part: str) -> Iterator[None]:
    """A refusal of a `field` of `part` names it as `part.field`, one of the whole part as `part`."""
    try:
        yield
    except DomainError as refusal:
        for one in refusal.all:
            one.field = f"{part}.{one.field}" if one.field else part
        raise


@contextmanager
def called(**names: str) -> Iterator[None]:
    """A refusal of a field of a smaller order names it as the larger one does: `called(text_version="terms_version")`."""
    try:
        yield
    except DomainError as refusal:
        for one in refusal.all:
            one.field = names.get(one.field, one.field) if one.field else None
        raise


class Refusals:
    """Gathers what is refused of several fields, so that somebody hears of all of it at once.

    refusals = Refusals()
    with refusals:
        email = normal_email(typed)
    with refusals:
        card = normal_card(typed)
    refusals.raise_all()
    """

    def __init__(self) -> None:
        self.found: list[DomainError] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, failure: BaseException | None, trace: object) -> bool:
        if not isinstance(failure, DomainError) or isinstance(failure, NotFound):
            return False
        self.found += failure.all
        return True

    def __bool__(self) -> bool:
        return bool(self.found)

    def raise_all(self) -> None:
        """Raises the first with the others beside it; nothing happens when none was found."""
        if self.found:
            first, *others = self.found
            first.others = tuple(others)
            raise first
