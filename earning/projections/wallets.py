"""Wallets as they stand, with all the terms they ever had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from earning.events import WalletConfigured
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

CONFIGURE = """insert into earning_wallet as w (id, tenant_id, code, decimals, units, versions, version, changed_at, position)
    values (%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s)
    on conflict (tenant_id, id) do update set units = excluded.units, versions = w.versions || excluded.versions,
        version = excluded.version, changed_at = excluded.changed_at, position = excluded.position"""


class Wallets(Projection):
    """Wallets are few and change seldom: one statement after the other."""

    name = "earning.wallets"
    events = (WalletConfigured,)
    tables = ("earning_wallet",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            event: WalletConfigured = recorded.event
            versions = [{"since": event.effective_at, "terms": event.terms}]
            yield (
                CONFIGURE,
                (
                    *(event.wallet_id, recorded.tenant_id, event.code, event.decimals, orjson.dumps(event.units).decode()),
                    *(orjson.dumps(versions).decode(), event.version, recorded.metadata.occurred_at, recorded.position),
                ),
            )
