"""However long the log is, nobody reads all of it: how Postgres answers the store's questions as the roles that serve."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from loyalty.eventstore import store
from loyalty.eventstore.facts import facts_query
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.eventstore.facts import Counted, commit
from tests.support.people import new_tenant

STREAMS, EVENTS_OF_EACH = 250, 20


@pytest.fixture(scope="module")
def crowded(own_log_of_module: None) -> tuple[Tenant, list[UUID]]:
    """A tenant with 5,000 events on 250 streams."""
    tenant, streams = new_tenant(), sorted(uuid4() for _ in range(STREAMS))
    for version in range(EVENTS_OF_EACH):
        with reading(tenant.id):
            store.append(dict.fromkeys(streams, version), [commit((s, Counted(number=version))) for s in streams])
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze event.event_p00000, event.stream, event.command")
    return tenant, streams


def plan(tenant: Tenant, query: store.Query, using: str) -> str:
    with reading(tenant.id, using=using):
        rows = connections[using].connection.execute("explain (costs off) " + query[0], query[1]).fetchall()
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize(
    ("using", "asked", "sought"),
    [
        ("default", lambda s, top: store.load_query([s]), "(stream_id = w.id)"),
        ("default", lambda s, top: store.load_query([s], [18]), "(version > w.after)"),
        ("default", lambda s, top: facts_query([s]), "(stream_id = w.id)"),
        ("default", lambda s, top: facts_query([s], [18]), "(version > w.after)"),
        ("default", lambda s, top: store.applied_query([s]), "command_id = ANY"),
        ("projector", lambda s, top: (store.READ, (top - 1000, top, 500)), 'Index Cond: (("position" >'),
        ("projector", lambda s, top: (store.READ_NAMES, (top - 1000, top, ["probe.counted"], 500)), 'Index Cond: (("position" >'),
        ("owner", lambda s, top: (store.LAST_SEEN, ()), "Backward"),
    ],
    ids=[
        "a stream",
        "the end of a stream",
        "its facts",
        "its last facts",
        "a command",
        "the global order",
        "the global order of some",
        "the last",
    ],
)
def test_it_comes_out_of_an_index(crowded: tuple[Tenant, list[UUID]], using: str, asked: Any, sought: str) -> None:
    tenant, streams = crowded
    said = plan(tenant, asked(streams[7], store.horizon()), using)
    assert "Seq Scan" not in said, said
    assert sought in said, said
