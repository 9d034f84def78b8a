"""Whether tries at receipts and transfers are such as the guard counts: the log says nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from earning.attempts import TRIES_A_DAY, Guess
from earning.guards.reading import pages, streams
from loyalty.guards import Disagreement, checks_guard

TRIED = """select a.tenant_id, a.customer_id, a.guess, a.day, a.tried from earning_attempts a
    join (select distinct tenant_id, customer_id from earning_attempts
        where (tenant_id, customer_id) > (%s, %s) order by 1, 2 limit %s) c using (tenant_id, customer_id) order by 1, 2, 3, 4"""


@checks_guard("earning.attempts")
def attempts(using: str) -> Iterator[Disagreement]:
    """More tries than a day has, fewer than none, at what nobody guesses at, or of somebody who never registered."""
    for tenant_id, rows in pages(using, TRIED):
        known = streams(tenant_id, {row[1] for row in rows}, using)
        for _tenant, customer_id, guess, day, tried in rows:
            if customer_id not in known:
                yield Disagreement(tenant_id, customer_id, "tried and never registered")
            elif guess not in get_args(Guess):
                yield Disagreement(tenant_id, customer_id, f"tried what is no guess on {day}")
            elif not 0 <= tried <= TRIES_A_DAY:
                yield Disagreement(tenant_id, customer_id, f"tried {tried} times a {guess} on {day}, of {TRIES_A_DAY} that a day has")
