"""What a customer could have for a basket: the quote of `/api/v1/baskets/quote`, from the request to the answer, in one process.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.rewards_quote

200 rewards of six kinds are live, 500 of each in stock; every fifth is bound to goods, a least amount, a level or a weekday. 40 customers
have points and five coupons each. Each in turn asks for a basket of 20 lines, with nothing chosen and with two rewards chosen. Garbage is
collected as by the processes that serve.

`--quick` is 40 rewards and fewer questions; `--write` keeps the result.
"""

from __future__ import annotations

import logging
import statistics
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.test import Client

from bench import report
from bench.world import World, new_world
from earning.commands import AdjustPoints
from loyalty.bus import dispatch, dispatch_all
from loyalty.collecting import collect_seldom
from rewards.commands import (
    ActivateReward,
    BenefitOfKind,
    Cashback,
    CreateReward,
    CustomerLimit,
    DiscountAmount,
    DiscountPercent,
    FreeDelivery,
    FreeProduct,
    GiveReward,
    RewardContent,
    RewardPrice,
    RewardTerms,
    RewardText,
    RewardWindow,
    ValueCode,
)

AIM_MS = 50
STOCK, COUPONS, LINES = 500, 5, 20
KINDS = (
    DiscountAmount(amount=20_000),
    DiscountPercent(basis_points=1_000),
    ValueCode(amount=50_000),
    FreeDelivery(),
    Cashback(per_point=Decimal(100)),
    FreeProduct(skus=("SKU-3",)),
)
BOUND: tuple[dict[str, Any], ...] = (
    {},
    {"minimum_basket": 10_000_000},
    {"skus": ("SKU-7",)},
    {"levels": ("gold",)},
    {"active": RewardWindow(weekdays=(1, 2, 3, 4, 5))},
)


def content(n: int) -> RewardContent:
    """The reward of this number."""
    terms = RewardTerms(
        gives=BenefitOfKind.of(KINDS[n % len(KINDS)]),
        price=RewardPrice(points=0 if n % len(KINDS) == 4 else 10 + n),
        stock=STOCK,
        limits=(CustomerLimit(most=3, period="month"),),
        **BOUND[n % len(BOUND)] if n % 5 == 0 else {},
    )
    texts = tuple(RewardText(language=spoken, name=f"Quà {n}", conditions="Một lần cho mỗi đơn.\n" * 5) for spoken in ("vi", "en", "pl"))
    return RewardContent(name=f"Reward {n}", terms=terms, texts=texts)


def measured(quick: bool) -> str:
    """The table."""
    rewards, rounds = (40, 3) if quick else (200, 15)
    logging.disable(logging.INFO)
    world = new_world(places=1, customers=40)
    made = furnished(world, rewards)
    collect_seldom()
    client = Client(headers={"Authorization": f"Bearer {world.token}"}, SERVER_NAME="localhost")
    free = [made[n] for n in range(rewards) if n % 5 and n % len(KINDS) < 2][:2]
    rows = [row(name, asked(client, world, chosen, rounds)) for name, chosen in (("nothing chosen", []), ("two chosen", free))]
    head = f"question | p50 ms | p95 ms (aim: ≤ {AIM_MS}) | p99 ms"
    live = f"{rewards} live rewards, {rewards * STOCK:,} in stock, {LINES} lines"
    return f"{report.machine()} {live}, {rounds * len(world.customers)} questions of a kind.\n\n" + report.table(head, rows)


def furnished(world: World, rewards: int) -> list[UUID]:
    """The rewards, points and coupons."""
    by: dict[str, Any] = {"tenant_id": world.tenant_id, "actor": "system", "channel": "import"}
    made = [dispatch(CreateReward(content=content(n)), **by).reward_id for n in range(rewards)]
    begun = datetime.now(UTC) - timedelta(days=1)
    given = [one for n, one in enumerate(made) if n % len(KINDS) != 4][1 : COUPONS + 1]
    orders: list[Any] = [ActivateReward(reward_id=one, effective_at=begun) for one in made]
    orders += [AdjustPoints(customer_id=one, points=150, reason="Welcome") for one in world.customers]
    orders += [GiveReward(customer_id=one, reward_id=reward) for one in world.customers for reward in given]
    refused = [o.refusal for order in orders for o in dispatch_all([order], **by) if o.refusal]
    assert not refused, refused[0]
    return made


def asked(client: Client, world: World, chosen: list[UUID], rounds: int) -> list[float]:
    """Milliseconds of each question."""
    lines = [{"total": 20_000 + n, "quantity": 1_000, "sku": f"SKU-{n}", "tax_rate": 800} for n in range(LINES)]
    body = {"pos": world.places[0], "lines": lines, "choices": [{"reward_id": str(one)} for one in chosen]}
    took = []
    for turn in range(rounds + 1):
        for customer in world.customers:
            begun = time.perf_counter()
            answer = client.post("/api/v1/baskets/quote", body | {"customer_id": str(customer)}, content_type="application/json")
            took.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, answer.content
        if not turn:
            took.clear()
    return took


def row(name: str, took: list[float]) -> str:
    at = sorted(took)
    return f"{name} | {statistics.median(at):.1f} | {at[int(len(at) * 0.95)]:.1f} | {at[int(len(at) * 0.99)]:.1f}"


if __name__ == "__main__":
    report.measure("rewards_quote", __doc__, measured)
