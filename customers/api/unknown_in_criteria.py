"""What criteria name must be there: nobody has a level that was mistyped, and a segment would stay empty without a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from customers.commands import Criteria
from earning.queries import custom_event_types, wallets, who_has_level
from loyalty.domain.errors import DomainError, NotFound, Refusals
from pos.queries import sale_place


class Named(Protocol):
    """What a criterion names, of the domain or of a body."""

    @property
    def kind(self) -> str: ...
    @property
    def places(self) -> tuple[UUID, ...]: ...
    @property
    def values(self) -> tuple[str, ...]: ...
    @property
    def wallet(self) -> str: ...


def refuse_unknown(groups: Sequence[Sequence[Named]], before: Criteria | None) -> None:
    """Raises DomainError `customers.criterion_of_nothing` for each place, level, wallet or custom event that is not there, such as
    `criteria.groups.0.any.2.wallet`; what was asked for `before` may be gone meanwhile. Needs an open `reading`.
    """
    refusals, let_through = Refusals(), {name for one in (before.each() if before else ()) for _field, name in _names(one)}
    for n, group in enumerate(groups):
        for m, one in enumerate(group):
            for field, name in _names(one):
                with refusals:
                    if name not in let_through and not _is_there(field, one.kind, name):
                        raise DomainError("customers.criterion_of_nothing", field=f"criteria.groups.{n}.any.{m}.{field}", name=str(name))
    refusals.raise_all()


def _names(one: Named) -> Iterator[tuple[str, UUID | str]]:
    yield from _each("places", one.places)
    yield from _each("values", one.values if one.kind in {"level", "custom_event"} else ())
    yield from _each("wallet", (one.wallet,) if one.kind == "points" and one.wallet else ())


def _each(field: str, names: Iterable[UUID | str]) -> Iterator[tuple[str, UUID | str]]:
    for name in names:
        yield field, name


def _is_there(field: str, kind: str, name: UUID | str) -> bool:
    if isinstance(name, UUID):
        return _is_place(name)
    if field == "wallet":
        return any(card.code == name.strip() for card in wallets())
    if kind == "custom_event":
        return not name.strip() or name.strip().casefold() in {card.code for card in custom_event_types()}
    return not name.strip() or who_has_level(name.strip(), datetime.now(UTC)) is not None


def _is_place(pos_id: UUID) -> bool:
    try:
        sale_place(pos_id)
    except NotFound:
        return False
    return True
