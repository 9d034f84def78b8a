"""Who bought something stands in none of the texts of a document: they stay when the customer is erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from customers.queries import standing_read, traces_of, traces_read
from customers.queries.traces import SHORTEST
from earning.commands import RecordPurchase
from loyalty.bus import Read, Unit
from loyalty.domain.errors import DomainError


def standing_seen(customer_id: UUID | None, unit: Unit) -> str | None:
    """The customer's standing, of which the command declares `standing_read`; None for nobody."""
    if customer_id is None:
        return None
    found = unit.rows(*standing_read(customer_id))
    return str(found[0][0]) if found else None


def reads_of_texts(command: RecordPurchase) -> Iterator[Read]:
    """What `check_tells_of_nobody` needs, where a document has texts that could tell of somebody."""
    if command.customer_id is not None and any(len(text) >= SHORTEST for *_, text in _texts(command)):
        yield traces_read(command.customer_id)


def check_texts(command: RecordPurchase, unit: Unit) -> None:
    """Raises DomainError `earning.text_names_customer` for a text of a new document that tells of its customer."""
    for read in reads_of_texts(command):
        check_tells_of_nobody(command, unit.tenant_id, unit.rows(*read))


def check_tells_of_nobody(command: RecordPurchase, tenant_id: int, rows: Iterable[Sequence[Any]]) -> None:
    """The same, once the rows are there."""
    traces = traces_of(tenant_id, rows)
    for field, label, text in _texts(command):
        if traces.are_in(text):
            raise DomainError("earning.text_names_customer", field=field, **({"label": label} if label else {}))
    for field, labels in _labelled(command):
        if called := next((label for label, value in labels.items() if traces.are_called(label, value)), None):
            raise DomainError("earning.text_names_customer", field=field, label=called)
        if traces.are_parted_among(labels.values()):
            raise DomainError("earning.text_names_customer", field=field)


def _texts(command: RecordPurchase) -> Iterator[tuple[str, str, str]]:
    """Where each stands, and the label that it belongs to: values, and labels with their values, which tell together."""
    if command.payment_method:
        yield "payment_method", "", command.payment_method
    for field, labels in _labelled(command):
        yield from ((field, label, text) for label, value in labels.items() for text in (value, f"{label}: {value}" if value else label))


def _labelled(command: RecordPurchase) -> Iterator[tuple[str, Mapping[str, str]]]:
    if command.labels:
        yield "labels", command.labels
    yield from ((f"lines.{number}.labels", line.labels) for number, line in enumerate(command.lines) if line.labels)
