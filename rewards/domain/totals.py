"""What a basket costs with rewards: worked out here alone, so that a quote, a hold and a purchase never differ by a minor unit.

All amounts are minor units. Each discount is spread over the lines that it is for, in whole units by the largest remainder, so that
the lines always add up to the total and nothing costs less than nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from loyalty.domain.contact import check_goods
from loyalty.domain.money import share_half_up, spread
from rewards.domain.checks import check_amount, check_text
from rewards.domain.kinds import Cashback, DiscountAmount, DiscountPercent, FreeDelivery, FreeProduct, ValueCode
from rewards.domain.terms import RewardTerms

TaxRounding = Literal["line", "document"]
WHOLE = 10_000
ORDER: tuple[type, ...] = (FreeProduct, DiscountPercent, DiscountAmount, ValueCode, FreeDelivery, Cashback)
"""In this order rewards are taken off, whatever order they were chosen in; kinds that take nothing off come last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """A line of what is about to be bought: `total` before rewards, `quantity` in thousandths (None: by amount), tax in basis points."""

    kind: Literal["goods", "delivery", "fee"] = "goods"
    total: int
    quantity: int | None = None
    sku: str = ""
    name: str = ""
    category: str = ""
    tax_rate: int | None = None

    def check(self, field: str, currency: str = "") -> None:
        """Raises DomainError for what is no line of a purchase in `currency`."""
        check_amount(self.total, f"{field}.total", most=10**12)
        if self.quantity is not None:
            check_amount(self.quantity, f"{field}.quantity", least=1, most=10**12)
        if self.tax_rate is not None:
            check_amount(self.tax_rate, f"{field}.tax_rate", most=WHOLE)
        for name, longest in {"sku": 64, "name": 200, "category": 200}.items():
            check_text(getattr(self, name), longest, f"{field}.{name}")
        check_goods(self, f"{field}.", currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A reward on a basket, by the number of the choice: what it takes off, how much of that lies on each line, and the `amount` that was
    left of what it is for.
    """

    number: int
    amount: int
    worth: int
    shares: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What lines cost before rewards, what these take off, what is left of each line and of all, and the tax in it, or on it."""

    before: int
    discount: int
    total: int
    tax: int
    to_pay: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToApply:
    """A reward that was chosen, with the points that are spent on it, and `most` that it takes off (None: what its terms say)."""

    number: int
    reward_id: UUID
    terms: RewardTerms
    points: int = 0
    most: int | None = None


def applied(lines: Sequence[BasketLine], chosen: Iterable[ToApply]) -> list[Applied]:
    """What each of the rewards takes off, one after the other."""
    left = [line.total for line in lines]
    free = [0 for _ in lines]
    found = []
    for one in sorted(chosen, key=_turn):
        bases = _bases(lines, left, free, one.terms)
        shares = _shares(one, bases)
        left = [rest - share for rest, share in zip(left, shares, strict=True)]
        if isinstance(benefit := one.terms.benefit, FreeProduct):
            free = [n + (share and _fits(line, n, benefit)) for line, n, share in zip(lines, free, shares, strict=True)]
        found.append(Applied(number=one.number, amount=sum(bases), worth=sum(shares), shares=tuple(shares)))
    return sorted(found, key=lambda a: a.number)


def worth_alone(lines: Sequence[BasketLine], one: ToApply) -> int:
    """What a reward takes off when nothing else is chosen: the same as `applied` says, without where it lies."""
    return alone(lines, one)[1]


def alone(lines: Sequence[BasketLine], one: ToApply) -> tuple[int, int]:
    """The same behind the amount of what it is for."""
    benefit = one.terms.benefit
    if isinstance(benefit, FreeProduct):
        free = sum(_free(lines, [0 for _ in lines], benefit))
        return free, free
    if isinstance(benefit, FreeDelivery):
        amount = sum([line.total for line in lines if line.kind == "delivery"])
    elif one.terms.skus or one.terms.categories:
        amount = sum([line.total for line in lines if line.kind == "goods" and is_for(one.terms, line)])
    else:
        amount = sum([line.total for line in lines if line.kind == "goods"])
    worth = benefit.worth(amount, amount, one.points) if amount else 0
    return amount, worth if one.most is None else min(worth, one.most)


def totals(lines: Sequence[BasketLine], rewards: Iterable[Applied], *, includes_tax: bool, rounding: TaxRounding) -> Totals:
    """What the basket costs with these rewards."""
    left = [line.total for line in lines]
    for one in rewards:
        left = [rest - share for rest, share in zip(left, one.shares, strict=True)]
    before, total = sum(line.total for line in lines), sum(left)
    tax = _tax(lines, left, includes_tax, rounding)
    to_pay = total if includes_tax else total + tax
    return Totals(before=before, discount=before - total, total=total, tax=tax, to_pay=to_pay, lines=tuple(left))


def _bases(lines: Sequence[BasketLine], left: Sequence[int], free: Sequence[int], terms: RewardTerms) -> list[int]:
    """How much of each line a reward is for, where so much (thousandths) is `free` already."""
    if isinstance(terms.benefit, FreeProduct):
        return _free(lines, free, terms.benefit)
    kinds = {"delivery"} if isinstance(terms.benefit, FreeDelivery) else {"goods"}
    meant = [line.kind in kinds and (line.kind == "delivery" or is_for(terms, line)) for line in lines]
    return [rest if counts else 0 for rest, counts in zip(left, meant, strict=True)]


def _shares(one: ToApply, bases: Sequence[int]) -> list[int]:
    benefit, amount = one.terms.benefit, sum(bases)
    if isinstance(benefit, FreeProduct):
        return [*bases]
    worth = benefit.worth(amount, amount, one.points)
    return spread(worth if one.most is None else min(worth, one.most), bases)


def is_for(terms: RewardTerms, line: BasketLine) -> bool:
    """Whether a reward is for the goods of a line."""
    return not (terms.skus or terms.categories) or line.sku in terms.skus or line.category in terms.categories


def _free(lines: Sequence[BasketLine], free: Sequence[int], benefit: FreeProduct) -> list[int]:
    """So much of the dearest line that fits, by what one of it costs; what is `free` already stays so."""
    worth = [_up_to(line, n + _fits(line, n, benefit)) - _up_to(line, n) for line, n in zip(lines, free, strict=True)]
    best = max(range(len(lines)), key=lambda n: (worth[n], -n), default=0)
    return [amount if n == best else 0 for n, amount in enumerate(worth)]


def _fits(line: BasketLine, free: int, benefit: FreeProduct) -> int:
    """How much more of a line is free, in thousandths."""
    meant = line.kind == "goods" and line.sku in benefit.skus and line.quantity
    return min(benefit.quantity, line.quantity - free) if meant and line.quantity else 0


def _up_to(line: BasketLine, quantity: int) -> int:
    """What the first so many of a line cost."""
    return share_half_up(line.total, quantity, line.quantity) if line.quantity else 0


def _tax(lines: Sequence[BasketLine], left: Sequence[int], includes_tax: bool, rounding: TaxRounding) -> int:
    by_rate: dict[int, list[int]] = {}
    for line, rest in zip(lines, left, strict=True):
        by_rate.setdefault(line.tax_rate or 0, []).append(rest)
    parts = [(rate, amount) for rate, amounts in by_rate.items() for amount in (amounts if rounding == "line" else [sum(amounts)])]
    return sum(share_half_up(amount, rate, WHOLE + rate if includes_tax else WHOLE) for rate, amount in parts)


def _turn(one: ToApply) -> tuple[int, str, int]:
    kind = type(one.terms.benefit)
    return ORDER.index(kind) if kind in ORDER else len(ORDER), str(one.reward_id), one.number
