"""Discounts that say on which lines they lie: what of them lies on what is kept, and so comes back with goods.

What lies on a line is taken off it, one discount after the other, in the proportion of the money that is kept of it, half up. So it depends
on what is kept alone, not on how the rest came back, and what is kept never costs more by keeping less.
"""

from __future__ import annotations

from collections.abc import Sequence

from earning.domain.lines import Line
from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money, share_half_up, spread

LIES_ON = {"goods", "delivery", "fee"}
"""Kinds of lines that something can be taken off."""
Lying = dict[int, tuple[int, ...]]
"""By the place of a discount, from 0, how much of it lies on each line, in minor units."""


def lying(lines: Sequence[Line], kept: Sequence[int], worths: Sequence[int] | None = None) -> Lying:
    """How much of each discount that says where it lies does so on what is `kept` of each line; whole lines count `worths` (None: their
    totals). Nothing of discounts that do not say it.
    """
    if not any(line.line_shares for line in lines):
        return {}
    whole = [line.total for line in lines] if worths is None else [*worths]
    left = [line.part(worth, rest) for line, worth, rest in zip(lines, whole, kept, strict=True)]
    found: Lying = {}
    for place, line in enumerate(lines):
        if line.line_shares:
            shares = spread(-whole[place], line.line_shares)
            found[place] = tuple(_take(whole, left, number, share) for number, share in enumerate(shares))
    return found


def net(lines: Sequence[Line], kept: Sequence[int], worths: Sequence[int]) -> tuple[int, ...]:
    """What is kept of each line counts, less what lies on it; a discount that says where it lies counts nothing by itself."""
    found = lying(lines, kept, worths)
    amounts = [0 if n in found else line.part(worths[n], kept[n]) for n, line in enumerate(lines)]
    for shares in found.values():
        for number, share in enumerate(shares):
            amounts[number] -= share
    return tuple(amounts)


def with_discounts(lines: Sequence[Line], kept: Sequence[int], back: dict[int, int]) -> dict[int, int]:
    """The measure that comes `back` of each line number, with what of discounts lies on it."""
    left = [rest - back.get(number, 0) for number, rest in enumerate(kept, 1)]
    due = {place + 1: kept[place] - sum(shares) for place, shares in lying(lines, left).items()}
    return back | {number: measure for number, measure in due.items() if measure}


def check_shares(lines: Sequence[Line], currency: str) -> None:
    """Raises DomainError for a discount that says of more, or of other lines than it can lie on."""
    left = [line.total if line.kind in LIES_ON else 0 for line in lines]
    for place, line in enumerate(lines):
        if line.line_shares:
            _check(place, line, left, currency)


def _check(place: int, line: Line, left: list[int], currency: str) -> None:
    field, told = f"lines.{place}.line_shares", {"line": place + 1}
    if line.kind != "discount":
        raise DomainError("earning.shares_of_discounts", field=field, **told)
    if line.quantity is not None:
        raise DomainError("earning.shares_by_amount", field=f"lines.{place}.quantity", **told)
    if len(line.line_shares) > len(left) or min(line.line_shares) < 0 or sum(line.line_shares) != -line.total:
        raise DomainError("earning.shares_differ", field=field, total=Money(-line.total, currency), lines=len(left), **told)
    for number, share in enumerate(line.line_shares):
        if share > left[number]:
            raise DomainError(
                "earning.share_too_large", field=f"{field}.{number}", of=number + 1, most=Money(left[number], currency), **told
            )
        left[number] -= share


def _take(whole: list[int], left: list[int], number: int, share: int) -> int:
    """What of a `share` of a line lies on what is left of it; both are less by it for the next discount."""
    share = min(share, whole[number])
    if share <= 0:
        return 0
    lies = share_half_up(share, left[number], whole[number])
    whole[number] -= share
    left[number] -= lies
    return lies
