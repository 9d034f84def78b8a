"""What messages are about, and to whom they go: contexts say it in their module `messages`.

kind("points_end", _("Points will end"))

@reaches_people
def recipients(ids: Sequence[UUID]) -> Mapping[UUID, Recipient]: …
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Kind:
    """How staff call messages of a kind. What is `secret` in them is theirs who get it: staff see it in the demo only. Where a `fleeting`
    one goes is forgotten as soon as it has left.
    """

    title: Any
    secret: bool = False
    fleeting: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person whom messages reach. `address` is a phone (E.164) or an email, None where none is known."""

    name: str
    takes_part: bool
    address: str | None


Recipients = Callable[[Sequence[UUID]], Mapping[UUID, Recipient]]
KINDS: dict[str, Kind] = {}
ASKED: list[Recipients] = []


def kind(code: str, title: Any, *, secret: bool = False, fleeting: bool = False) -> None:
    """Name a kind of messages. Raises ValueError for a code that is taken."""
    if code in KINDS:
        raise ValueError(f"messages of the kind {code} are named already")
    KINDS[code] = Kind(title, secret, fleeting)


def reaches_people(recipients: Recipients) -> Recipients:
    """Register who knows people by their ids: those who are not there any more are not in the answer."""
    ASKED.append(recipients)
    return recipients


def recipients(ids: Sequence[UUID]) -> dict[UUID, Recipient]:
    """Those of `ids` who are there. Needs an open `reading`."""
    return {one: found for ask in ASKED for one, found in ask(ids).items()}


def is_fleeting(code: str) -> bool:
    """Whether it is forgotten where messages of the kind went."""
    return code in KINDS and KINDS[code].fleeting


def is_secret(code: str) -> bool:
    """Whether messages of the kind hold what only their recipients may see."""
    return code not in KINDS or KINDS[code].secret
