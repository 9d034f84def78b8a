"""What customers agree to, written in the command's own transaction: the next message asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from customers.domain.purposes import ConsentPurpose
from customers.events import ConsentGiven, ConsentWithdrawn, CustomerErased
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id
from loyalty.projections.projection import Projection, Statement

COLUMNS = "id, tenant_id, customer_id, purpose, given, text_version, source, changed_by, changed_at, position"
WRITE = f"""insert into customers_consent ({COLUMNS})
    select {COLUMNS} from jsonb_populate_recordset(null::customers_consent, %s::jsonb)
    on conflict (tenant_id, customer_id, purpose) do update set given = excluded.given,
        text_version = coalesce(nullif(excluded.text_version, ''), customers_consent.text_version), source = excluded.source,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at, position = excluded.position"""
FORGET = "delete from customers_consent where tenant_id = %s and customer_id = any (%s::uuid[])"


class Consents(Projection):
    """Of each customer and purpose the last word counts; of who is erased nothing is shown."""

    name = "customers.consents"
    events = (ConsentGiven, ConsentWithdrawn, CustomerErased)
    tables = ("customers_consent",)
    inline = True

    def key(self, recorded: Recorded[Any]) -> UUID | str:
        return str(recorded.event.customer_id)

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        rows: dict[tuple[UUID, ConsentPurpose], dict[str, Any]] = {}
        gone: set[UUID] = set()
        for recorded in batch:
            event = recorded.event
            if isinstance(event, CustomerErased):
                gone.add(event.customer_id)
                rows = {key: row for key, row in rows.items() if key[0] != event.customer_id}
            else:
                key = event.customer_id, event.purpose
                rows[key] = _row(recorded, rows.get(key, {}))
        if rows:
            yield WRITE, (orjson.dumps(list(rows.values())).decode(),)
        if gone:
            yield FORGET, (batch[0].tenant_id, sorted(gone))


def _row(recorded: Recorded[Any], before: dict[str, Any]) -> dict[str, Any]:
    event, given = recorded.event, isinstance(recorded.event, ConsentGiven)
    return {
        "id": derived_id("consent", event.customer_id, event.purpose),
        "tenant_id": recorded.tenant_id,
        "customer_id": event.customer_id,
        "purpose": event.purpose,
        "given": given,
        "text_version": event.text_version if given else before.get("text_version", ""),
        "source": event.source,
        "changed_by": recorded.metadata.actor,
        "changed_at": event.agreed_at if given else event.withdrawn_at,
        "position": recorded.position,
    }
