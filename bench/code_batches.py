"""Codes of a reward: making them, and taking them one by one out of a large stock.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.code_batches

100,000 codes are made by the work that a worker does, with its progress, and then again and again until the reward has 2,000,000. 200
customers are given the reward, each the next code, before and after.

`--quick` is 20,000 codes and no more; `--write` keeps the result.
"""

from __future__ import annotations

import logging
import statistics
import time
from typing import Any
from uuid import UUID

from bench import report
from bench.world import World, new_world
from loyalty.bus import dispatch
from loyalty.jobs.work import begin
from loyalty.tenancy import reading
from rewards.commands import ActivateReward, BenefitOfKind, CreateReward, DiscountAmount, GiveReward, MakeCodes, RewardContent, RewardTerms
from rewards.making import KIND
from rewards.queries import code_batch, code_batches
from rewards.tasks import make_codes

AIM_SECONDS = 30
CODES, ALL_CODES = 100_000, 2_000_000


def measured(quick: bool) -> str:
    logging.disable(logging.INFO)
    world, codes = new_world(), 20_000 if quick else CODES
    by: dict[str, Any] = {"tenant_id": world.tenant_id, "actor": "system", "channel": "admin"}
    content = RewardContent(name="Coffee", terms=RewardTerms(gives=BenefitOfKind.of(DiscountAmount(amount=20_000)), codes="stock"))
    reward = dispatch(CreateReward(content=content), **by).reward_id
    dispatch(ActivateReward(reward_id=reward), **by)
    took = [made(world, reward, codes, by)]
    few = given(world, reward, by)
    while not quick and len(took) < ALL_CODES // CODES:
        took.append(made(world, reward, codes, by))
    many = given(world, reward, by)
    with reading(world.tenant_id):
        begun = time.perf_counter()
        there = sum(batch.codes or 0 for batch in code_batches(reward, limit=100))
        listed = (time.perf_counter() - begun) * 1000
    rows = [
        f"{codes:,} codes made, the first batch | {took[0]:.1f} s",
        f"the same, the last of {len(took)} batches | {took[-1]:.1f} s",
        f"a coupon given out of {codes:,} codes, median | {few:.1f} ms",
        f"a coupon given out of {there:,} codes, median | {many:.1f} ms",
        f"the list of {len(took)} batches with what was issued | {listed:.0f} ms",
    ]
    aim = "" if quick else f" Aim: {AIM_SECONDS} s for {CODES:,} codes: {'met' if max(took) <= AIM_SECONDS else 'missed'}."
    return f"{report.machine()} One process.{aim}\n\n{report.table('what | time', rows)}"


def made(world: World, reward: UUID, codes: int, by: dict[str, Any]) -> float:
    """Seconds for a batch, as a worker makes it."""
    batch = dispatch(MakeCodes(reward_id=reward, codes=codes), **by).batch_id
    run_id = begin(world.tenant_id, KIND, "Codes", "system", cause=str(batch))
    begun = time.perf_counter()
    make_codes(world.tenant_id, str(run_id))
    seconds = time.perf_counter() - begun
    with reading(world.tenant_id):
        assert code_batch(batch).codes == codes
    return seconds


def given(world: World, reward: UUID, by: dict[str, Any]) -> float:
    """Milliseconds for one coupon, the median of all customers."""
    took = []
    for customer in world.customers:
        begun = time.perf_counter()
        dispatch(GiveReward(customer_id=customer, reward_id=reward), **by)
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    report.measure("code_batches", __doc__, measured)
