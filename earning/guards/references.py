"""Whether what is kept of documents that found nobody is what a purchase without a customer may keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from earning.domain.purchase import Purchase
from earning.guards.reading import pages, streams
from earning.references import KEPT, opened
from loyalty.domain.event import Recorded
from loyalty.eventstore.keyring import lookup_keys
from loyalty.guards import Disagreement, checks_guard
from loyalty.lookup import Unreadable, lookup_digest

KEPT_ROWS = """select r.tenant_id, r.purchase_id, r.kind, r.digest, r.key_version, r.sealed, r.kept_until from earning_reference r
    join (select distinct tenant_id, purchase_id from earning_reference
        where (tenant_id, purchase_id) > (%s, %s) order by 1, 2 limit %s) p using (tenant_id, purchase_id) order by 1, 2, 3"""


@checks_guard("earning.references")
def references(using: str) -> Iterator[Disagreement]:
    """References of no purchase, or of one that has its customer, and such as were changed. Those that are missing nobody can tell."""
    for tenant_id, rows in pages(using, KEPT_ROWS):
        known = streams(tenant_id, {row[1] for row in rows}, using)
        for _tenant, purchase_id, kind, digest, version, sealed, until in rows:
            what = _wrong(known.get(purchase_id, []), until) or _changed(tenant_id, purchase_id, kind, bytes(digest), version, sealed)
            if what:
                yield Disagreement(tenant_id, purchase_id, f"keeps a {kind} {what}")


def _wrong(recorded: list[Recorded[Any]], until: datetime) -> str:
    purchase = Purchase.replay(recorded[0].stream_id, [r.event for r in recorded]) if recorded else None
    if purchase is None or purchase.sale is None:
        return "and is no purchase"
    if purchase.customer_id is not None:
        return "and has its customer"
    return "" if until == recorded[0].metadata.occurred_at + KEPT else "longer or shorter than 24 months"


def _changed(tenant_id: int, purchase_id: UUID, kind: str, digest: bytes, version: int, sealed: bytes) -> str:
    try:
        text = opened(tenant_id, purchase_id, kind, sealed)
    except Unreadable as why:
        return f"that cannot be read: {why}"
    if version not in lookup_keys():
        return f"under key {version}, which the environment lacks"
    same = lookup_digest(kind, text, version=version, tenant_id=tenant_id) == digest
    return "" if same else "that is found by another than what it holds"
