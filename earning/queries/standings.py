"""Which level customers have in each set, at a time: right however late the job is that notes what has gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.counting import Count
from earning.domain.levels.falling import Fall, fall_ahead, fall_to_announce, first_fall
from earning.domain.levels.grants import Grant, highest
from earning.domain.levels.tally import Step, Tally
from earning.levelbook import LEVELS_STATE, level_book
from earning.models import CustomerLevel, LevelGrant, Progress
from earning.queries.here import tenant_here
from earning.queries.rulebook import asked
from earning.queries.wallets import wallets_here

Place = tuple[UUID, UUID]
"""A customer and a level set."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The level (code, "" for none) that a customer reached or fell to, since when, and the next downgrade (None: they keep it).
    Beside it, levels that were given or paid for (`grants`).

    `to_note`: something has gone, or the customer is to be told, and that stands nowhere yet.
    """

    level: str = ""
    since: datetime | None = None
    fall: Fall | None = None
    to_note: bool = False
    grants: tuple[Grant, ...] = ()

    def had(self, version: LevelSetVersion, at: datetime) -> str:
        """The code of the level that the customer has then: the highest of all."""
        return highest(version, self.level, self.grants, at)

    def grant(self, level: str, at: datetime) -> Grant | None:
        """By which a level is had then that was not reached: the one that ends last."""
        holding = [grant for grant in self.grants if grant.level == level and grant.holds(at)]
        return max(holding, key=lambda grant: grant.ends_at, default=None) if level != self.level else None

    def loss(self, version: LevelSetVersion, at: datetime) -> tuple[datetime, str] | None:
        """When the level that is had then gives way to a lower one, of all that ends and falls until then, and to which."""
        rank, fall = version.rank(self.had(version, at)), self.fall
        ends = [grant.ends_at for grant in self.grants if grant.ends_at > at] + ([fall.at] if fall else [])
        for end in sorted(ends):
            reached = fall.after if fall and fall.at <= end else self.level
            if version.rank(after := highest(version, reached, self.grants, end)) < rank:
                return end, after
        return None


NOTHING_REACHED = Standing()


def levels_here() -> LevelBook:
    """All level sets of the tenant that were ever in force."""
    _, state = asked(LEVELS_STATE.sql)[0]
    return level_book(tenant_here(), state, asked)


def standings(customer_ids: Iterable[UUID], at: datetime) -> dict[Place, Standing]:
    """Where each of these customers stands in each set where they have something; in four questions at most."""
    book, zone, wanted = levels_here(), wallets_here().zone, set(customer_ids)
    found = CustomerLevel.objects.filter(tenant_id=tenant_here(), customer_id__in=wanted)
    rows = {(row.customer_id, row.set_id): row for row in found}
    grants = _grants(wanted)
    tallies = _tallies({place: row for place, row in rows.items() if place[1] in book.falling_sets}, grants)
    reached = {
        place: _standing(tallies[place], book, place[1], zone, at) if place in tallies else Standing(row.level, row.since)
        for place, row in rows.items()
    }
    given = {place: replace(reached.get(place, NOTHING_REACHED), grants=tuple(held)) for place, held in grants.items()}
    return reached | given


def _grants(customer_ids: Iterable[UUID]) -> dict[Place, list[Grant]]:
    found: dict[Place, list[Grant]] = {}
    for row in LevelGrant.objects.filter(tenant_id=tenant_here(), customer_id__in=customer_ids).order_by("starts_at", "grant_id"):
        found.setdefault((row.customer_id, row.set_id), []).append(Grant(row.level, row.starts_at, row.ends_at, row.purchase_id))
    return found


def ended_grants(at: datetime) -> list[UUID]:
    """The customers of whose levels, given or paid for, it is to be noted that they ended."""
    rows = LevelGrant.objects.filter(tenant_id=tenant_here(), ends_at__lte=at)
    return sorted(set(rows.values_list("customer_id", flat=True)))


def levels_to_note(after: UUID, at: datetime, most: int) -> tuple[UUID | None, list[UUID]]:
    """Of the next customers by id who may lose levels: the last one that was looked at (None: there are no more), and for whom
    something is to be noted. They come in pages of about `most`.
    """
    falling = levels_here().falling_sets
    if not falling:
        return None, []
    rows = CustomerLevel.objects.filter(tenant_id=tenant_here(), set_id__in=falling, customer_id__gt=after)
    looked_at = list(rows.order_by("customer_id").values_list("customer_id", flat=True).distinct()[:most])
    due = {customer_id for (customer_id, _), standing in standings(looked_at, at).items() if standing.to_note}
    return looked_at[-1] if len(looked_at) == most else None, sorted(due)


def _tallies(rows: dict[Place, CustomerLevel], grants: dict[Place, list[Grant]]) -> dict[Place, Tally]:
    """What counts for each, as their events would tell it."""
    made = {place: _tally(row, grants.get(place, [])) for place, row in rows.items()}
    if not rows:
        return made
    counted = Progress.objects.filter(tenant_id=tenant_here(), customer_id__in={c for c, _ in rows}, set_id__in={s for _, s in rows})
    for row in counted:
        if (place := (row.customer_id, row.set_id)) in made:
            count = Count(set_id=row.set_id, version=0, points=row.points, amount=row.amount, purchases=row.purchases)
            made[place].take(row.purchase_id, count, row.purchased_at, row.counted_at or row.purchased_at)
    return made


def _tally(row: CustomerLevel, grants: Iterable[Grant]) -> Tally:
    tally = Tally()
    tally.grants = {grant.key: grant for grant in grants}
    tally.climb(Step(row.level, 0, row.since, earned=not row.fallen))
    tally.announced = (row.announced_level, row.announced_end) if row.announced_end else None
    return tally


def _standing(tally: Tally, book: LevelBook, set_id: UUID, zone: ZoneInfo, at: datetime) -> Standing:
    before = tally.level
    while fall := first_fall(tally, book, set_id, zone, at):
        tally.climb(Step(fall.after, fall.version.version, fall.at, earned=False))
    to_note = tally.level != before or fall_to_announce(tally, book, set_id, zone, at) is not None
    return Standing(tally.level, tally.steps[-1].at, fall_ahead(tally, book, set_id, zone, at), to_note)
