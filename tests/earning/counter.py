"""A counter of a real tenant, on real Postgres: customers, a rule in force, sales and returns through the bus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import connections

from customers.commands import RegisterCustomer
from earning.commands import (
    ActivateRule,
    CreateRule,
    Line,
    PointsPerAmount,
    PurchaseAnswer,
    RecordPurchase,
    ReturnAnswer,
    ReturnGoods,
    ReturnLine,
)
from loyalty.bus import dispatch
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.tenancy.models import Tenant
from tests.earning.given import per, purchase_order

R = TypeVar("R")
MINUTE = timedelta(minutes=1)


@dataclass
class Counter:
    """`Counter(tenant)` sells for one shop; its clock is the server's, its sales were made a minute ago."""

    tenant: Tenant
    merchant_id: UUID = field(default_factory=uuid4)
    pos_id: UUID = field(default_factory=uuid4)

    def do(self, command: Command[R], channel: str = "till", **more: Any) -> R:
        return dispatch(command, tenant_id=self.tenant.id, actor="staff:test", channel=channel, **more)

    def do_as(self, actor: str, command: Command[R]) -> R:
        """As somebody else."""
        return dispatch(command, tenant_id=self.tenant.id, actor=actor, channel="admin")

    def customer(self, **told: Any) -> UUID:
        return self.do(RegisterCustomer(**{"first_name": "Đường", "last_name": "Nguyễn"} | told)).customer_id

    def rule(self, terms: PointsPerAmount | None = None, since: datetime | None = None) -> UUID:
        """A rule in force since the beginning of time, unless told otherwise."""
        made = self.do(CreateRule(name="1 per 10,000", terms=terms or replace(per(10_000), currency=self.tenant.currency)))
        self.do(ActivateRule(rule_id=made.rule_id, effective_at=since or datetime(2000, 1, 1, tzinfo=UTC)))
        return made.rule_id

    def order(self, customer_id: UUID | None, *lines: Line | int, number: str = "", **changes: Any) -> RecordPurchase:
        plain = {
            "customer_id": customer_id,
            "merchant_id": self.merchant_id,
            "pos_id": self.pos_id,
            "document_number": number or uuid4().hex[:12],
            "purchased_at": datetime.now(UTC).replace(microsecond=0) - MINUTE,
            "zone": self.tenant.time_zone,
            "currency": self.tenant.currency,
        }
        return purchase_order(*lines, **plain | changes)

    def sell(self, customer_id: UUID | None, *lines: Line | int, number: str = "", **changes: Any) -> PurchaseAnswer:
        return self.do(self.order(customer_id, *lines, number=number, **changes))

    def return_order(self, sale: RecordPurchase, purchase_id: UUID, *lines: ReturnLine, number: str = "") -> ReturnGoods:
        return ReturnGoods(
            purchase_id=purchase_id,
            customer_id=sale.customer_id,
            merchant_id=self.merchant_id,
            pos_id=self.pos_id,
            document_scope=sale.document_scope,
            document_number=number or uuid4().hex[:12],
            returned_at=sale.purchased_at + MINUTE / 2,
            zone=sale.zone,
            lines=lines or None,
        )

    def take_back(self, sale: RecordPurchase, purchase_id: UUID, *lines: ReturnLine, number: str = "") -> ReturnAnswer:
        return self.do(self.return_order(sale, purchase_id, *lines, number=number))


def in_parallel(clients: int, work: Callable[[int], R]) -> Sequence[R | DomainError]:
    """`work(0)`, `work(1)`, … at the same time, each on a connection of its own; refusals come back as results."""

    def one(n: int) -> R | DomainError:
        try:
            return work(n)
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, range(clients)))


def rows(table: str, tenant: Tenant, columns: str, order: str = "1") -> list[tuple[Any, ...]]:
    """Rows of a read model, past row-level security."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"select {columns} from {table} where tenant_id = %s order by {order}", [tenant.id])
        return list(cursor.fetchall())
