"""How long the rules of a programme take to decide a purchase: 20 lines, many active rules, no database.

    python -m bench.rules

Half of the rules give points per amount, some multiply, the others give points for products; most look at lines of their own, many
have bounds, hours, levels or a condition. One leaf of a condition is timed alone as well.

`--quick` tries fewer purchases; `--write` keeps the result.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from bench import report
from earning.commands import Among, Condition, Hours, Line, Multiplier, PointsPerAmount, ProductPoints, RuleScope, Selection, Terms
from earning.domain.facts import Facts, condition_test
from earning.domain.rule_set import RuleSet
from earning.domain.rule_versions import InForce, RuleVersion
from earning.events import PurchaseRecorded

LINES, ARTICLES, CATEGORIES = 20, 2000, 40
SIZES = (10, 100, 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    purchases = 20 if options.quick else 1000
    rows = [measured(size, purchases) for size in SIZES]
    table = report.table("active rules | p50 ms | p95 ms | rules that gave (mean)", rows)
    leaf = f"One leaf of a condition: {per_leaf(2000 if options.quick else 20_000):.2f} µs."
    text = f"{report.machine()} {LINES} lines, {purchases:,} purchases.\n\n{table}\n\n{leaf}"
    print(text)
    if options.write:
        report.write("rules", text)


def measured(size: int, purchases: int) -> str:
    dice = random.Random(size)
    rules = RuleSet(version(dice, number) for number in range(size))
    times, gave = [], []
    for _ in range(purchases):
        sold = sale(dice)
        begun = time.perf_counter()
        gave.append(len(rules.worth(sold)))
        times.append((time.perf_counter() - begun) * 1000)
    return f"{size:,} | {statistics.median(times):.2f} | {sorted(times)[int(len(times) * 0.95)]:.2f} | {statistics.mean(gave):.1f}"


def per_leaf(rounds: int) -> float:
    """Microseconds for one comparison, where a hundred of them are all met; what is seen was looked up before."""
    leaves = [Condition(op="ge", field="purchase.total", values=(n,)) for n in range(50)]
    leaves += [Condition(op="in", field="purchase.channel", values=("online", "pos", str(n))) for n in range(50)]
    test, facts = condition_test(Condition(op="and", parts=tuple(leaves)), "UTC"), Facts(sale(random.Random(1)))
    assert test(facts)
    begun = time.perf_counter()
    for _ in range(rounds):
        test(facts)
    return (time.perf_counter() - begun) * 1_000_000 / rounds / len(leaves)


def version(dice: random.Random, number: int) -> RuleVersion:
    return RuleVersion(rule_id=UUID(int=number + 1), version=1, terms=terms(dice), scope=scope(dice), periods=(InForce(),))


def terms(dice: random.Random) -> Terms:
    only = dice.choice([Selection(skus=tuple(sku(dice) for _ in range(5))), Selection(categories=(category(dice),)), Selection()])
    kind = dice.random()
    if kind < 0.5:
        return PointsPerAmount(points=Decimal(dice.randint(1, 9)), per=10_000, currency="VND", only=only)
    if kind < 0.55:
        return Multiplier(factor=Decimal(dice.randint(1, 3)), only=Selection(categories=(category(dice),)))
    return ProductPoints(points=Decimal(dice.randint(1, 99)), only=only)


def scope(dice: random.Random) -> RuleScope:
    zone = "Asia/Ho_Chi_Minh"
    return dice.choice(
        [
            RuleScope(),
            RuleScope(minimum=dice.randint(0, 2_000_000), priority=dice.randint(0, 9)),
            RuleScope(weekdays=(dice.randint(0, 6),), hours=(Hours(opens=8 * 60, closes=20 * 60),), zone=zone),
            RuleScope(levels=Among(any=("gold",))),
            RuleScope(condition=Condition(op="ge", field="purchase.total", values=(dice.randint(0, 2_000_000),)), zone=zone),
        ]
    )


def sale(dice: random.Random) -> PurchaseRecorded:
    lines = tuple(Line(total=dice.randint(10_000, 90_000), sku=sku(dice), category=category(dice)) for _ in range(LINES))
    return PurchaseRecorded(
        purchase_id=UUID(int=1), customer_id=UUID(int=2), merchant_id=UUID(int=3), pos_id=UUID(int=4), document_scope="pos",
        document_number="A-1", currency="VND", total=sum(line.total for line in lines), lines=lines,
        purchased_at=datetime(2026, 3, dice.randint(1, 28), dice.randint(0, 23), tzinfo=UTC),
    )  # fmt: skip


def sku(dice: random.Random) -> str:
    return f"SKU-{dice.randint(1, ARTICLES)}"


def category(dice: random.Random) -> str:
    return f"Category {dice.randint(1, CATEGORIES)}"


if __name__ == "__main__":
    main()
