"""Which level customers have in each set, at a time: right however late the job is that notes what has gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.counting import Count
from earning.domain.levels.falling import Fall, Loss, falls_ahead, first_fall, loss_ahead, loss_to_announce, resets
from earning.domain.levels.grants import Grant, highest
from earning.domain.levels.tally import Step, Tally
from earning.levelbook import LEVELS_STATE, level_book
from earning.models import CustomerLevel, LevelGrant, Progress
from earning.queries.here import tenant_here
from earning.queries.rulebook import asked
from earning.walletbook import wallets_here

Place = tuple[UUID, UUID]
"""A customer and a level set."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The level (code, "" for none) that a customer reached or fell to, since when, and the next downgrades (none: they keep it).
    Beside it, levels that were given or paid for (`grants`).

    What counts began anew at `reset_at` (None: never). `to_note`: something has gone, or the customer is to be told, and that stands
    nowhere yet.
    """

    level: str = ""
    since: datetime | None = None
    falls: tuple[Fall, ...] = ()
    to_note: bool = False
    grants: tuple[Grant, ...] = ()
    reset_at: datetime | None = None

    def had(self, version: LevelSetVersion, at: datetime) -> str:
        """The code of the level that the customer has then: the highest of all."""
        return highest(version, self.level, self.grants, at)

    def grant(self, level: str, at: datetime) -> Grant | None:
        """By which a level is had then that was not reached: the one that ends last."""
        holding = [grant for grant in self.grants if grant.level == level and grant.holds(at)]
        return max(holding, key=lambda grant: grant.ends_at, default=None) if level != self.level else None

    def loss(self, version: LevelSetVersion, at: datetime) -> Loss | None:
        """When the level that is had then gives way to a lower one; None: it is kept."""
        return loss_ahead(version, self.level, self.grants, self.falls, at)


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
    tallies = _tallies(rows, grants, book.falling_sets)
    found_at = {place: _standing(tally, book, place[1], zone, at) for place, tally in tallies.items()}
    return {place: replace(standing, grants=tuple(grants.get(place, ()))) for place, standing in found_at.items()}


def _grants(customer_ids: Iterable[UUID]) -> dict[Place, list[Grant]]:
    found: dict[Place, list[Grant]] = {}
    for row in LevelGrant.objects.filter(tenant_id=tenant_here(), customer_id__in=customer_ids).order_by("starts_at", "grant_id"):
        joined_id = None if row.grant_id in {row.purchase_id, row.set_id} else row.grant_id
        grant = Grant(row.level, row.starts_at, row.ends_at, row.purchase_id, joined_id=joined_id)
        found.setdefault((row.customer_id, row.set_id), []).append(grant)
    return found


def grants_to_note(at: datetime) -> list[UUID]:
    """The customers of whose levels, given or paid for, it is to be noted that they ended, or that they are told of their end."""
    warned = max((version.terms.downgrade.warn_days for version in levels_here().in_force(at)), default=0)
    rows = LevelGrant.objects.filter(tenant_id=tenant_here(), ends_at__lte=at + timedelta(days=warned))
    ends = list(rows.values_list("customer_id", "ends_at"))
    ended, ending = ({customer for customer, end in ends if (end <= at) == gone} for gone in (True, False))
    told = {customer for (customer, _), standing in standings(ending - ended, at).items() if standing.to_note}
    return sorted(ended | told)


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


def _tallies(rows: dict[Place, CustomerLevel], grants: dict[Place, list[Grant]], falling: Collection[UUID]) -> dict[Place, Tally]:
    """What counts for each, as their events would tell it; purchases only where levels go with time."""
    made = {place: _tally(rows.get(place), grants.get(place, [])) for place in rows.keys() | grants.keys()}
    sets = {set_id for _, set_id in rows if set_id in falling}
    if not sets:
        return made
    counted = Progress.objects.filter(tenant_id=tenant_here(), customer_id__in={c for c, _ in rows}, set_id__in=sets)
    for row in counted:
        if (place := (row.customer_id, row.set_id)) in made:
            count = Count(set_id=row.set_id, version=0, points=row.points, amount=row.amount, purchases=row.purchases)
            made[place].take(row.purchase_id, count, row.purchased_at, row.counted_at or row.purchased_at)
    return made


def _tally(row: CustomerLevel | None, grants: Iterable[Grant]) -> Tally:
    tally = Tally()
    tally.grants = {grant.key: grant for grant in grants}
    if row is None:
        return tally
    tally.resets = [row.reset_at] if row.reset_at else []
    tally.climb(Step(row.level, 0, row.since, earned=not row.fallen))
    tally.announced = (row.announced_level, row.announced_end) if row.announced_end else None
    return tally


def _standing(tally: Tally, book: LevelBook, set_id: UUID, zone: ZoneInfo, at: datetime) -> Standing:
    before = len(tally.moves)
    while fall := first_fall(tally, book, set_id, zone, at):
        tally.fall(len(tally.steps), fall.step, resets=resets(tally, fall))
    to_note = len(tally.moves) != before or loss_to_announce(tally, book, set_id, zone, at) is not None
    since = tally.steps[-1].at if tally.steps else None
    reset_at = tally.resets[-1] if tally.resets else None
    return Standing(tally.level, since, falls_ahead(tally, book, set_id, zone, at), to_note, reset_at=reset_at)
