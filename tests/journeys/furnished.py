"""A company with one of everything that has an id, and the ids that it keeps, as the database tells them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from earning.commands import (
    AdjustPoints,
    ConfigureWallet,
    CreateCustomEventType,
    HoldPoints,
    InstallStarterLevels,
    ReportCustomEvent,
    RuleText,
    SpendPoints,
    WalletTerms,
)
from earning.queries.wallets import STANDARD_UNITS
from loyalty.tenancy.models import Tenant
from loyalty.webhooks.commands import AddEndpoint, SendTestEvent
from loyalty.webhooks.signing import new_secret
from rewards.commands import Choice, GiftAddress, GiveReward, MakeCodes, MaterialGift
from tests.earning.counter import Counter
from tests.earning.shops import Shops, recorded
from tests.pos.given import a_seller
from tests.rewards.given import RewardShop
from tests.support.client import ApiClient

COLUMNS = """select c.table_name, c.column_name from information_schema.columns c
    join information_schema.columns t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.column_name = 'tenant_id'
    where c.table_schema = 'public' and c.udt_name = 'uuid'"""


def furnish(tenant: Tenant, api: ApiClient, seller: Any) -> tuple[Shops, dict[str, UUID]]:
    """Merchants, shops, a seller, a rule, levels, a segment with a member, a webhook, a batch of codes, a type of custom events; a customer
    with one of these, a purchase, points, a hold, a spend, rewards, a gift on its way, a basket, a token, an invitation, and a correction
    that waits. Also the ids of what has no column of its own.
    """
    shops, counter = Shops.of(tenant), Counter(tenant)
    a_seller(tenant, seller, shops.corner)
    counter.do(InstallStarterLevels(starter="classic", currency=tenant.currency))
    terms = WalletTerms(approval_above=1_000)
    counter.do(ConfigureWallet(code="points", decimals=0, units=STANDARD_UNITS, terms=terms, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    counter.do(
        SendTestEvent(endpoint_id=counter.do(AddEndpoint(url="https://shop.example/", types=("points.spent.v1",), secret=new_secret())))
    )
    names = tuple(RuleText(language=language, name="Review") for language in ("vi", "en", "pl"))
    counter.do(CreateCustomEventType(code="review", texts=names, schema={"type": "object"}))
    segment = api.post("/api/v1/segments", {"code": "vip", "name": "VIP"}).json()["segment_id"]
    kept = belongings(counter, api, shops.customer, shops)
    api.post(f"/api/v1/segments/{segment}/members", {"customer_id": str(shops.customer)})
    counter.do(MakeCodes(reward_id=RewardShop(tenant, shops.cafe).reward(codes="stock"), codes=3))
    return shops, kept


def belongings(counter: Counter, api: ApiClient, customer: UUID, shops: Shops) -> dict[str, UUID]:
    """What a customer has; the ids of what has no column of its own."""
    recorded(api, shops.sale(customer_id=str(customer)))
    counter.do(AdjustPoints(customer_id=customer, points=500, reason="welcome"))
    counter.do(ReportCustomEvent(customer_id=customer, type="review", reference_id=str(customer)))
    counter.do(HoldPoints(customer_id=customer, points=10, ends_at=datetime.now(UTC) + timedelta(hours=1)))
    spent = counter.do(SpendPoints(customer_id=customer, points=10))
    counter.do(AdjustPoints(customer_id=customer, points=2_000, reason="prize"))
    rewards = RewardShop(counter.tenant, counter.merchant_id)
    rewards.hold(customer, Choice(coupon_id=rewards.give(customer, rewards.reward()).coupon_id))
    sent = GiveReward(
        customer_id=customer,
        reward_id=rewards.reward(MaterialGift(sku="TUMBLER", delivered=True)),
        send_to=GiftAddress(recipient="Hoa", phone="0912 345 678", address="1 Lê Lợi"),
    )
    gift = counter.do(sent).coupon_id
    rewards.give(customer, rewards.reward())
    issued = api.post(f"/api/v1/customers/{customer}/tokens", {}).json()
    own = ApiClient(issued["token"], api.host)
    own.post("/api/v1/me/proof/code")
    invited = own.post("/api/v1/me/invitations", {"email": f"{customer.hex}@example.com"}).json()
    session, invitation = UUID(issued["id"]), UUID(invited["invitation_id"])
    return {"spend_id": spent.id, "session_id": session, "invitation_id": invitation, "coupon_id": gift}


def ids_of(tenant: Tenant, customer: UUID | None = None) -> dict[str, UUID]:
    """By the name that an address gives it (`rule_id`), an id that the tenant keeps, or that stands beside `customer`."""
    found: dict[str, dict[UUID, None]] = defaultdict(dict)
    with connections["owner"].cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
        beside = {table for table, column in columns if column == "customer_id"}
        for table, column in columns:
            if customer is None or table in beside:
                mine = " and customer_id = %s" if customer else ""
                cursor.execute(
                    f'select "{column}" from "{table}" where tenant_id = %s and "{column}" is not null{mine} limit 20',
                    [tenant.id, *([customer] if customer else [])],
                )
                for (value,) in cursor.fetchall():
                    for name in names_of(table, column):
                        found[name][value] = None
    return {name: next(iter(values)) for name, values in found.items()}


def names_of(table: str, column: str) -> list[str]:
    """What addresses call a column: by its own name; the key of a table also by the table's, `earning_levelset.id` as `set_id`."""
    thing = table.partition("_")[2]
    return [column] if column != "id" else [f"{thing[start:]}_id" for start in range(len(thing) - 2)]
