"""How long a purchase takes for a customer whose account has a long history: recorded by itself, through the domain, to the disk.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.account

Accounts of three customers are given 100, 1,000 and 10,000 movements (four purchases of one line, then points spent); the log holds
an event or two for each. Then each customer in turn buys once more, again and again: by a process that has served the customer before,
and by one that has not, which reads the account from its first event (ADR 0006).

`--quick` is 1,000 movements at most and fewer purchases; `--write` keeps the result.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.core.management import call_command

from bench import report
from bench.world import new_world
from earning import queries
from earning.commands import Line, RecordPurchase, SpendPoints
from earning.streams import account_of
from loyalty.bus import dispatch, dispatch_all
from loyalty.tenancy import reading
from loyalty.unit import Unit
from pos.queries import place_with_code

AIM_MS = 15
BATCH = 500
TOTAL = 50_000
numbers = count(1)


class Buyer:
    """A customer with an account, and the same purchase over and over."""

    def __init__(self, tenant_id: int, customer_id: UUID, place: Any) -> None:
        self.by: dict[str, Any] = {"tenant_id": tenant_id, "actor": "system", "channel": "import"}
        self.customer_id, self.place = customer_id, place
        self.warm: list[float] = []
        self.cold: list[float] = []

    def move(self, movements: int) -> None:
        """Make a history."""
        orders = list(self._history(movements))
        for begin in range(0, movements, BATCH):
            refused = [o.refusal for o in dispatch_all(orders[begin : begin + BATCH], **self.by) if o.refusal]
            assert not refused, refused[0]

    def _history(self, movements: int) -> Iterator[RecordPurchase | SpendPoints]:
        for n in range(movements):
            yield SpendPoints(customer_id=self.customer_id, points=7) if n % 5 == 4 else self._purchase()

    def _purchase(self) -> RecordPurchase:
        return RecordPurchase(
            customer_id=self.customer_id,
            merchant_id=self.place.merchant_id,
            pos_id=self.place.pos_id,
            document_scope="pos",
            document_number=f"HD-{next(numbers):07}",
            purchased_at=datetime.now(UTC) - timedelta(minutes=1),
            zone="Asia/Ho_Chi_Minh",
            currency="VND",
            total=TOTAL,
            lines=(Line(total=TOTAL),),
        )

    def buy(self) -> float:
        """Milliseconds from the order to the committed answer."""
        order = self._purchase()
        begun = time.perf_counter()
        dispatch(order, **self.by)
        return (time.perf_counter() - begun) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    lengths = (100, 1000) if options.quick else (100, 1000, 10_000)
    text = measured(lengths, warm=50 if options.quick else 300, cold=3 if options.quick else 15)
    print(text)
    if options.write:
        report.write("account", text)


def measured(lengths: tuple[int, ...], *, warm: int, cold: int) -> str:
    world = new_world(places=1, customers=len(lengths))
    with reading(world.tenant_id):
        place = place_with_code(world.places[0])
    buyers = dict(zip(lengths, (Buyer(world.tenant_id, c, place) for c in world.customers), strict=True))
    for length, buyer in buyers.items():
        buyer.move(length)
        assert movements_of(world.tenant_id, buyer.customer_id) == length
        print(f"  {length:,} movements", flush=True)
    for _ in range(cold):
        for buyer in buyers.values():
            Unit.forget(world.tenant_id, [account_of(buyer.customer_id, world.tenant_id)])
            buyer.cold.append(buyer.buy())
    for buyer in buyers.values():
        buyer.buy()
    for _ in range(warm):
        for buyer in buyers.values():
            buyer.warm.append(buyer.buy())
    head = f"movements | p50 ms (aim at 10,000: ≤ {AIM_MS}) | p95 ms | the first in a process, p50 ms"
    return f"{report.machine()} {warm} purchases of each customer in turn, one process, one statement after another.\n\n" + report.table(
        head, [row(length, buyer) for length, buyer in buyers.items()]
    )


def movements_of(tenant_id: int, customer_id: UUID) -> int:
    with reading(tenant_id):
        return queries.account(customer_id).movements


def row(length: int, buyer: Buyer) -> str:
    slow = sorted(buyer.warm)[int(len(buyer.warm) * 0.95)]
    return f"{length:,} | {statistics.median(buyer.warm):.1f} | {slow:.1f} | {statistics.median(buyer.cold):.1f}"


if __name__ == "__main__":
    main()
