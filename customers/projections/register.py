"""The register's read model, written in the command's own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import singledispatch
from typing import Any, TypeVar
from uuid import UUID

import orjson

from customers.domain.identifiers import GIVEN, IdentifierKind
from customers.events import (
    CardStateChanged,
    CustomerActivated,
    CustomerDeactivated,
    CustomerErased,
    CustomerRegistered,
    IdentifierChanged,
    ProfileChanged,
    SecondFactAsked,
    SecondFactSaid,
)
from customers.sealing import sealed
from loyalty.domain.event import ERASED, Recorded
from loyalty.lookup import lookup_digest, lookup_version
from loyalty.projections.projection import Projection, Statement

COLUMNS = """id, tenant_id, code, first_name, last_name, state, gender, birth_date, language, labels, phone_last4, phone_sealed,
    phone_digest, phone_key, email_sealed, email_digest, email_key, card_sealed, external_id_sealed, address_sealed, company_sealed,
    tax_number_sealed, card_state, is_asked, pos_id, seller_id, referrer_id, registered_by, registered_at, changed_at, position"""
FIXED = {"id", "tenant_id", "code", "pos_id", "seller_id", "registered_by", "registered_at"}
CHANGEABLE = [c for c in COLUMNS.replace(",", " ").split() if c not in FIXED]
INSERT = f"""insert into customers_customer ({COLUMNS})
    select {COLUMNS} from jsonb_populate_recordset(null::customers_customer, %s::jsonb)"""
UPDATE = f"""update customers_customer c set ({", ".join(CHANGEABLE)}) = (select {", ".join("n." + c for c in CHANGEABLE)}
        from jsonb_populate_record(c, w.changes) n)
    from jsonb_to_recordset(%s::jsonb) w (id uuid, changes jsonb) where c.tenant_id = %s and c.id = w.id"""
Row = dict[str, Any]
T = TypeVar("T")


class Customers(Projection):
    """Who there is, as lists and screens show them. Whoever acts sees it at once."""

    name = "customers.customers"
    events = (
        CustomerRegistered,
        ProfileChanged,
        IdentifierChanged,
        CardStateChanged,
        SecondFactAsked,
        SecondFactSaid,
        CustomerActivated,
        CustomerDeactivated,
        CustomerErased,
    )
    tables = ("customers_customer",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        born: dict[UUID, Row] = {}
        changed: dict[UUID, Row] = {}
        for r in batch:
            if isinstance(r.event, CustomerRegistered):
                born[r.stream_id] = _born(r)
            else:
                row = born[r.stream_id] if r.stream_id in born else changed.setdefault(r.stream_id, {})
                row |= {**changes(r.event, r.tenant_id), "position": r.position}
        if born:
            yield INSERT, (orjson.dumps(list(born.values())).decode(),)
        if changed:
            rows = [{"id": i, "changes": row} for i, row in changed.items()]
            yield UPDATE, (orjson.dumps(rows).decode(), batch[0].tenant_id)


def _born(recorded: Recorded[CustomerRegistered]) -> Row:
    e = recorded.event
    row: Row = {
        "id": recorded.stream_id,
        "tenant_id": recorded.tenant_id,
        "code": e.code,
        "state": "active" if e.active else "new",
        "is_asked": False,
        "pos_id": e.pos_id,
        "seller_id": e.seller_id,
        "referrer_id": e.referrer_id,
        "registered_by": recorded.metadata.actor,
        "registered_at": e.registered_at,
        "changed_at": e.registered_at,
        "position": recorded.position,
    }
    told: dict[IdentifierKind, str | None] = {"phone": e.phone, "email": e.email, "card": e.card, "external_id": e.external_id}
    for kind, value in told.items():
        row |= _identifier(kind, value, recorded.stream_id, recorded.tenant_id)
    return row | _profile(e, recorded.tenant_id)


@singledispatch
def changes(event: object, tenant_id: int) -> Row:
    """The columns that `event` sets in the row of an existing customer."""
    raise TypeError(f"{type(event).__name__} does not change a customer's row")


@changes.register
def _(event: ProfileChanged, tenant_id: int) -> Row:
    return _profile(event, tenant_id) | {"changed_at": event.changed_at}


@changes.register
def _(event: IdentifierChanged, tenant_id: int) -> Row:
    return _identifier(event.kind, event.value, event.customer_id, tenant_id) | {"changed_at": event.changed_at}


@changes.register
def _(event: CardStateChanged, tenant_id: int) -> Row:
    return {"card_state": event.state, "changed_at": event.changed_at}


@changes.register
def _(event: SecondFactAsked, tenant_id: int) -> Row:
    return {"is_asked": True}


@changes.register
def _(event: SecondFactSaid, tenant_id: int) -> Row:
    return {"is_asked": False, "changed_at": event.said_at}


@changes.register
def _(event: CustomerActivated, tenant_id: int) -> Row:
    return {"state": "active", "changed_at": event.activated_at}


@changes.register
def _(event: CustomerDeactivated, tenant_id: int) -> Row:
    return {"state": "inactive", "changed_at": event.deactivated_at}


@changes.register
def _(event: CustomerErased, tenant_id: int) -> Row:
    row: Row = {"state": "erased", "changed_at": event.erased_at, "first_name": "", "last_name": "", "gender": "undisclosed", "labels": {}}
    row |= dict.fromkeys(("birth_date", "address_sealed", "company_sealed", "tax_number_sealed", "referrer_id"))
    for kind in GIVEN:
        row |= _identifier(kind, None, event.customer_id, tenant_id)
    return row


def _profile(event: CustomerRegistered | ProfileChanged, tenant_id: int) -> Row:
    return {
        "first_name": _readable(event.first_name) or "",
        "last_name": _readable(event.last_name) or "",
        "gender": _readable(event.gender) or "undisclosed",
        "birth_date": _readable(event.birth_date),
        "language": event.language,
        "labels": _readable(event.labels) or {},
        "address_sealed": _ciphertext("address", event.address, event.customer_id, tenant_id),
        "company_sealed": _ciphertext("company", event.company, event.customer_id, tenant_id),
        "tax_number_sealed": _ciphertext("tax_number", event.tax_number, event.customer_id, tenant_id),
    }


def _identifier(kind: IdentifierKind, value: str | None, customer_id: UUID, tenant_id: int) -> Row:
    known = _readable(value)
    row: Row = {f"{kind}_sealed": _ciphertext(kind, known, customer_id, tenant_id)}
    if kind in {"phone", "email"}:
        row[f"{kind}_digest"] = None if known is None else _bytea(lookup_digest(kind, known, tenant_id=tenant_id))
        row[f"{kind}_key"] = None if known is None else lookup_version()
    if kind == "card":
        row["card_state"] = "none" if known is None else "held"
    if kind == "phone":
        row["phone_last4"] = "" if known is None else known[-4:]
    return row


def _ciphertext(field: str, value: str | None, customer_id: UUID, tenant_id: int) -> str | None:
    known = _readable(value)
    return None if known is None else _bytea(sealed(known, field, tenant_id, customer_id))


def _bytea(raw: bytes) -> str:
    return "\\x" + raw.hex()


def _readable(value: T) -> T | None:
    """What is left of a personal field: nothing once the person was erased."""
    return None if value is ERASED else value
