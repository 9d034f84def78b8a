"""A till as a seller uses it, by plain requests: a place, a customer, and forms that are sent."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import connections
from django.urls import reverse

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.pos.given import a_customer, a_place, a_rule, a_seller
from tests.support.client import visitor

HTMX = {"HX-Request": "true"}


def errors_of(answer: Any) -> dict[str, str]:
    """The message at each field of a refused form, and above it under "form"."""
    page = answer.content.decode()
    found = re.findall(r'id="id_(\w+)_error">.*?<span>(.*?)</span>', page, re.S)
    above = re.findall(r'<div class="banner" data-kind="negative".*?<p>(.*?)</p>', page, re.S)
    return {name: html.unescape(said) for name, said in [*found, *(("form", said) for said in above)]}


@dataclass
class Till:
    """`Till(tenant, seller)` stands at LL-1, where one customer and the rule «1 point for 10,000» are known."""

    tenant: Tenant
    seller: User
    language: str = "en"
    code: str = "LL-1"
    client: Any = field(init=False)
    pos_id: UUID = field(init=False)
    customer_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.pos_id = a_place(self.tenant, self.code)
        a_seller(self.tenant, self.seller, self.pos_id)
        a_rule(self.tenant, 10_000)
        self.customer_id = a_customer(self.tenant, first_name="Văn Đường", last_name="Nguyễn")
        self.client = visitor(self.tenant, self.seller, self.language)

    def at(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.code, *args])

    def find(self, typed: str, *, enter: bool = False, htmx: bool = True) -> Any:
        query = {"q": typed} | ({"enter": "1"} if enter else {})
        return self.client.get(self.at("till-find"), query_params=query, headers=HTMX if htmx else {})

    def preview(self, amount: str, **more: str) -> Any:
        told = {"once": str(uuid4()), "amount": amount} | more
        return self.client.post(self.at("till-preview", self.customer_id), told, headers=HTMX)

    def record(self, amount: str = "250000", *, htmx: bool = True, client: Any = None, customer_id: UUID | None = None, **more: str) -> Any:
        told = {"once": str(uuid4()), "amount": amount} | more
        address = self.at("till-record", customer_id or self.customer_id)
        return (client or self.client).post(address, told, headers=HTMX if htmx else {})

    def enrol(self, phone: str, *, htmx: bool = True, **more: str) -> Any:
        return self.client.post(self.at("till-enrol"), {"once": str(uuid4()), "phone": phone} | more, headers=HTMX if htmx else {})

    def sold(self) -> list[tuple[str, int, int]]:
        """Document number, total and points of every purchase, in the order in which they were recorded."""
        return self.rows("select document_number, total, points from earning_purchase where tenant_id = %s order by position")

    def balance(self) -> int:
        return sum(row[0] for row in self.rows("select balance from earning_account where tenant_id = %s"))

    def rows(self, sql: str) -> list[Any]:
        """Rows of the tenant, past row-level security."""
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql, [self.tenant.id])
            return list(cursor.fetchall())
