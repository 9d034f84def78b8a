"""Two merchants with a shop each, a customer and a rule: what tests of the API and the administration begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from loyalty.tenancy.models import Tenant
from tests.pos.given import a_customer, a_merchant, a_place, a_rule
from tests.support.client import ApiClient

PURCHASES, RULES, CUSTOMERS = "/api/v1/purchases", "/api/v1/rules", "/api/v1/customers"
COFFEE = {"sku": "CF-1", "name": "Cà phê sữa", "category": "Cà phê", "quantity": "2", "unit_price": "45000", "total": 90_000}
BREAD = {"sku": "BM-1", "name": "Bánh mì", "maker": "Sen Vàng", "quantity": 1, "total": 30_000, "labels": {"hot": "yes"}}


@dataclass(frozen=True)
class Shops:
    """A café (`SV-1`) and an electronics shop (`DM-1`) of one tenant; the customer's phone is 0912 345 678."""

    tenant: Tenant
    cafe: UUID
    corner: UUID
    tech: UUID
    store: UUID
    customer: UUID

    @classmethod
    def of(cls, tenant: Tenant) -> Shops:
        cafe, tech = a_merchant(tenant, document_scope="pos"), a_merchant(tenant, "Điện Máy", document_scope="merchant")
        corner, store = a_place(tenant, "SV-1", merchant_id=cafe), a_place(tenant, "DM-1", "Hàng Bài", merchant_id=tech)
        a_rule(tenant)
        return cls(tenant, cafe, corner, tech, store, a_customer(tenant))

    def sale(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The body of a purchase of a minute ago, in the café, of 120,000 unless told otherwise."""
        given = list(lines or (COFFEE, BREAD))
        body = {
            "document_number": uuid4().hex[:12],
            "purchased_at": ago(minutes=1),
            "pos": "SV-1",
            "customer_id": str(self.customer),
            "lines": given,
            "total": sum(line["total"] for line in given),
        }
        return {name: value for name, value in (body | changes).items() if value is not None}


def ago(**span: int) -> str:
    """So long ago, as JSON has it."""
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def recorded(api: ApiClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(PURCHASES, body)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def refusal(answer: Any) -> tuple[int, str, str | None]:
    """Status, code and the place at fault."""
    said = answer.json()
    code = said["errors"][0]["code"] if said["code"] == "request.invalid" and said.get("errors") else said["code"]
    return answer.status_code, code, said["errors"][0]["pointer"] if said.get("errors") else None
