"""The levels of a customer as a decision would find them: settled, also where nobody has noted yet what has gone."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from customers.queries import survivor_at
from earning.domain.expiring import Losses
from earning.domain.levels.book import LevelBook
from earning.domain.levels.climb import Climb
from earning.domain.levels.customer import CustomerLevels, customer_levels_id
from earning.domain.wallets import POINTS
from earning.queries.here import tenant_here
from earning.queries.standings import levels_here
from earning.walletbook import wallets_here
from loyalty.eventstore import store


def climb_seen(customer_id: UUID | None) -> Climb | None:
    """The customer's levels, settled, as a decision would see them now; None without level sets, or a customer."""
    book = levels_here()
    if customer_id is None or book.is_empty:
        return None
    now = datetime.now(UTC)
    return _settled(customer_id, book, now, now)


def points_lost(customer_id: UUID, as_of: datetime, known_at: datetime, wallet: str) -> Losses:
    """The losses of levels until `as_of` with which points ended, of those that nobody had noted at `known_at`.

    They are those of who stood for the customer then. What was noted stands among the movements. Where no level set takes points,
    nothing is asked.
    """
    book = levels_here() if wallet == POINTS else None
    if book is None or not book.takes_points:
        return ()
    return _settled(customer_id, book, as_of, known_at).points_lost()


def _settled(customer_id: UUID, book: LevelBook, at: datetime, known_at: datetime) -> Climb:
    whose = survivor_at(customer_id, min(at, known_at))
    stream = customer_levels_id(tenant_here(), whose)
    events = [r.event for r in store.load(stream) if r.recorded_at <= known_at]
    climb = Climb(CustomerLevels.replay(stream, events), book, wallets_here().zone, whose)
    climb.settle(at)
    return climb
