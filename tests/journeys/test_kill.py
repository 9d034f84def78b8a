"""Eight tills record purchases while web, projector and Postgres are killed: nothing acknowledged is lost, nothing is double.

KILL_PURCHASES says how many each till records (1,000).
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from earning.domain.account import Account, account_id
from earning.events import PointsEarned, PurchaseRecorded
from loyalty.embedded.process import wait_until
from loyalty.eventstore import store
from loyalty.eventstore.verify import verify
from loyalty.projections.models import Blocked, Checkpoint
from loyalty.projections.projection import PROJECTIONS, Follower
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.projections.runner import following
from loyalty.staff.models import ApiToken
from loyalty.staff.tenants import role
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.journeys.own_platform import OwnPlatform, own_platform
from tests.journeys.tills import Answered, Tills
from tests.pos.given import a_customer, a_merchant, a_place, a_rule
from tests.support.people import new_tenant

pytestmark = [pytest.mark.durable, pytest.mark.long, pytest.mark.timeout(900)]
CLIENTS, CUSTOMERS = 8, 50
PURCHASES = int(os.environ.get("KILL_PURCHASES", "1000"))
KILLS = ("worker", "postgres", "projector", "web", "postgres", "worker", "projector", "web")


@dataclass
class Aftermath:
    """What was acknowledged during the killing, and the database afterwards."""

    tenant: Tenant
    answered: list[Answered]
    repeated: int

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"select {columns} from {table} where tenant_id = %s", [self.tenant.id])
            return list(cursor.fetchall())

    def by_customer(self, of: str) -> dict[UUID, int]:
        """The sum of points, or of what was paid, or the number of the acknowledged purchases."""
        sums: Counter[UUID] = Counter()
        for a in self.answered:
            sums[UUID(a.body["customer_id"])] += {"points": a.said["points"], "total": a.body["total"], "number": 1}[of]
        return dict(sums)


@pytest.fixture(scope="module")
def aftermath(test_database: str) -> Iterator[Aftermath]:
    """8 × 1,000 purchases on 50 customers; each kind of process is killed twice on the way. Then the projector comes level."""
    with own_platform() as platform:
        tenant, tills = opened(platform)
        tills.work(CLIENTS, PURCHASES, lambda: kill_now_and_then(platform, tills))
        platform.web.stop()
        assert wait_until(projections_are_level, 180), (behind(), platform.projector.process.poll())
        platform.projector.stop()
        yield Aftermath(tenant, tills.answered, tills.repeated)


def opened(platform: OwnPlatform) -> tuple[Tenant, Tills]:
    tenant = new_tenant()
    merchant = a_merchant(tenant, document_scope="merchant")
    places = [f"SV-{n}" for n in range(5)]
    for code in places:
        a_place(tenant, code, merchant_id=merchant)
    a_rule(tenant)
    customers = [a_customer(tenant, last_name=f"Nguyễn {n}", phone=None) for n in range(CUSTOMERS)]
    with reading(tenant.id):
        token = ApiToken.issue(tenant_id=tenant.id, name="tills", role=role("administrator"))[1]
    connections.close_all()
    platform.serve()
    return tenant, Tills(platform.web.port, token, places, customers)


def kill_now_and_then(platform: OwnPlatform, tills: Tills) -> None:
    """Evenly over the run, each in the middle of the traffic."""
    order = {
        "worker": platform.web.kill_a_worker,
        "web": platform.kill_web,
        "projector": platform.kill_projector,
        "postgres": platform.kill_postgres,
    }
    for number, what in enumerate(KILLS, 1):
        tills.wait_for(CLIENTS * PURCHASES * number // (len(KILLS) + 1))
        order[what]()


def behind() -> dict[str, int]:
    """By how many positions each projection is behind the log."""
    try:
        top = store.horizon(using="owner")
        reached = dict(Checkpoint.objects.using("owner").values_list("projection", "position"))
    finally:
        connections["owner"].close()
    ours = [p.name for p in following() if not isinstance(p, Follower) and not p.name.startswith("toy.")]
    return {name: top - reached.get(name, 0) for name in ours}


def projections_are_level() -> bool:
    return all(left <= 0 for left in behind().values())


def events(kind: type[Any]) -> list[Any]:
    return [r.event for r in store.read(0, 10**7, up_to=store.horizon(), names=[PROJECTED[kind]])]


PROJECTED = {PurchaseRecorded: "earning.purchase_recorded", PointsEarned: "earning.points_earned"}


def test_the_tills_met_the_killing_and_everything_was_answered(aftermath: Aftermath) -> None:
    assert len(aftermath.answered) == CLIENTS * PURCHASES
    assert sum(a.attempts > 1 for a in aftermath.answered) >= CLIENTS
    assert aftermath.repeated > 0


def test_nothing_acknowledged_is_lost_and_nothing_is_double(aftermath: Aftermath) -> None:
    told = {a.purchase_id: (a.body["document_number"], a.body["total"], a.said["points"]) for a in aftermath.answered}
    assert len(told) == len(aftermath.answered)
    kept = {row[0]: row[1:] for row in aftermath.rows("earning_purchase", "id, document_number, total, points")}
    assert kept == told
    recorded = Counter(e.purchase_id for e in events(PurchaseRecorded))
    assert recorded == Counter(told.keys())
    earned: dict[UUID, list[int]] = defaultdict(list)
    for e in events(PointsEarned):
        earned[e.purchase_id].append(e.points)
    assert dict(earned) == {i: [points] for i, (_, _, points) in told.items() if points}


def test_balances_are_the_sum_of_lots_are_the_replay(aftermath: Aftermath) -> None:
    balances = dict(aftermath.rows("earning_account", "customer_id, balance"))
    assert balances == aftermath.by_customer("points")
    lots: Counter[UUID] = Counter()
    for account, remaining in aftermath.rows("earning_lot", "account_id, remaining"):
        lots[account] += remaining
    for customer, balance in balances.items():
        stream = account_id(aftermath.tenant.id, "points", customer)
        with reading(aftermath.tenant.id):
            again = Account.replay(stream, [r.event for r in store.load(stream)])
        assert balance == lots[stream] == again.balance == sum(lot.remaining for lot in again.lots.values())


def test_every_statement_adds_up(aftermath: Aftermath) -> None:
    balance: Counter[UUID] = Counter()
    for _, account, points, shown in sorted(aftermath.rows("earning_movement", "position, account_id, points, balance")):
        balance[account] += points
        assert shown == balance[account]


def test_what_follows_the_log_is_level_with_it(aftermath: Aftermath) -> None:
    spending = {customer: (n, total) for customer, n, total in aftermath.rows("customers_spending", "customer_id, purchases, total")}
    number, total = aftermath.by_customer("number"), aftermath.by_customer("total")
    assert spending == {customer: (number[customer], total[customer]) for customer in number}
    [(purchases, revenue)] = aftermath.rows("pos_takings", "sum(purchases), sum(revenue)")
    assert (purchases, revenue) == (len(aftermath.answered), sum(total.values()))
    assert not Blocked.objects.using("projector").exists()


def test_every_read_model_is_what_its_events_say(aftermath: Aftermath) -> None:
    made_again = [p for p in PROJECTIONS.values() if p.tables and not isinstance(p, Follower) and not p.name.startswith("toy")]
    assert {p.name for p in made_again} >= {"earning.accounts", "earning.purchases", "customers.spending", "pos.takings"}
    for projection in made_again:
        kept = {table: checksum(table) for table in projection.tables}
        assert rebuild(projection, swap=False).checksums == kept, projection.name


def test_the_log_is_what_was_written(aftermath: Aftermath) -> None:
    assert list(verify()) == []
