"""A shop of a real tenant that takes files in by the command, as people do."""

from __future__ import annotations

import io
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections

from earning.commands import ActivateRule, CreateRule
from loyalty.bus import dispatch
from loyalty.jobs.models import JobRun, ReportLine
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos.commands import AddMerchant, AddPointOfSale
from tests.earning.given import per
from tests.support.people import new_tenant

RETAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "online_retail.csv.gz"
HEADER = "invoice,ts,customer_id,sku,qty,unit_price\n"


@dataclass
class ImportingShop:
    """One point of sale of a tenant, with a rule of a point for each pound."""

    tenant: Tenant

    @classmethod
    def opened(cls, currency: str = "GBP", zone: str = "Europe/London", document_scope: Any = "merchant") -> ImportingShop:
        shop = cls(new_tenant(name="Online Retail", currency=currency, zone=zone, language="en"))
        merchant_id = shop.do(AddMerchant(name="Online Retail", document_scope=document_scope)).merchant_id
        shop.do(AddPointOfSale(merchant_id=merchant_id, code="WEB", name="Web"))
        rule = shop.do(CreateRule(name="1 per pound", terms=changed(per(100), currency=currency)))
        shop.do(ActivateRule(rule_id=rule.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
        return shop

    def do(self, command: Any) -> Any:
        return dispatch(command, tenant_id=self.tenant.id, actor="system", channel="admin")

    def take_in(self, file: Path, **options: Any) -> JobRun:
        """The finished run of an import."""
        call_command("import_purchases", file, tenant=self.tenant.code, stdout=io.StringIO(), **options)
        return self.runs()[-1]

    def take_in_lines(self, path: Path, *lines: str, header: str = HEADER, **options: Any) -> JobRun:
        """The same for a small file."""
        path.write_text(header + "".join(f"{line}\n" for line in lines))
        return self.take_in(path, **options)

    def runs(self) -> list[JobRun]:
        with reading(self.tenant.id):
            return list(JobRun.objects.order_by("created_at"))

    def report(self, run: JobRun) -> list[tuple[int, str, str, str]]:
        """(line, outcome, code, words) of what was not taken in."""
        with reading(self.tenant.id):
            lines = ReportLine.objects.filter(run_id=run.pk).order_by("number", "outcome", "code")
            return list(lines.values_list("number", "outcome", "code", "detail"))

    def asked(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Rows of the tenant, past row-level security; the first parameter of `sql` is the tenant's id."""
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql, [self.tenant.id, *params])
            return list(cursor.fetchall())

    def events(self) -> int:
        return int(self.asked("select count(*) from event.event where tenant_id = %s")[0][0])

    def by_customer(self, column: str) -> dict[str, int]:
        """Sums over purchases by the id that the file gave the customer."""
        found = self.asked(f"select customer_id, sum({column})::bigint from earning_purchase where tenant_id = %s group by 1")
        names = self.names()
        return {names[customer_id]: total for customer_id, total in found}

    def names(self) -> dict[Any, str]:
        from customers.models import Customer
        from customers.sealing import opened

        with reading(self.tenant.id):
            sealed = Customer.objects.values_list("id", "external_id_sealed")
            return {i: opened(text, "external_id", self.tenant.id, i) or "" for i, text in sealed}
