"""A customer's levels in all level sets: what their purchases count, and what they reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.counting import Count, PastPurchase
from earning.domain.levels.falling import Fall, first_fall, loss_to_announce, resets
from earning.domain.levels.grants import NO_FEE, Fee, Grant, Paid
from earning.domain.levels.tally import LONG_AGO, Step, Tally
from earning.events import (
    LevelGiven,
    LevelGrantEnded,
    LevelLossAnnounced,
    LevelLost,
    LevelPaid,
    LevelReached,
    LevelStepsJoined,
    LossReason,
    PastCounted,
    ProgressCounted,
)
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.identity import derived_id

Moved = ProgressCounted | PastCounted | LevelReached | LevelStepsJoined | LevelLost | LevelLossAnnounced
LONGEST_GIVEN = timedelta(days=3650)
NO_STEP = Step("", 0, LONG_AGO)


def customer_levels_id(tenant_id: int, customer_id: UUID) -> UUID:
    """The stream of a customer's levels."""
    return derived_id("customer_levels", tenant_id, customer_id)


class CustomerLevels(Aggregate):
    """Counts purchases of goods that are kept. More than a threshold is a level at once; spending points never costs one.

    What comes back counts no longer: a level that was reached only through it is lost at once. What else goes with time, the set
    says; deciding begins with `settle`, so that it has gone, whether a job had noticed or not.
    """

    stream = "customer_levels"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.tallies: dict[UUID, Tally] = {}
        self.customer_id: UUID | None = None
        self.told: set[tuple[UUID, datetime]] = set()
        """The losses with which points ended that were dealt with, of those that are pending."""

    def level(self, version: LevelSetVersion, now: datetime) -> str:
        """The code of the level in a set: the highest that was reached, given or paid for, or the one that everybody has."""
        return self.tally(version.set_id).had(version, now)

    def levels(self, book: LevelBook, now: datetime) -> tuple[str, ...]:
        """The codes of the levels in all sets that are in force."""
        return tuple(code for version in book.in_force(now) if (code := self.level(version, now)))

    def tally(self, set_id: UUID) -> Tally:
        """What counts in a set so far."""
        return self.tallies.get(set_id) or Tally()

    def losses_of_points(self) -> list[tuple[UUID, datetime]]:
        """The set and the time of each loss with which points ended, the first of them first."""
        return sorted(((set_id, at) for set_id, tally in self.tallies.items() for at in tally.points_ended), key=lambda loss: loss[1])

    def count(
        self,
        customer_id: UUID,
        purchase_id: UUID,
        counts: Sequence[Count],
        purchased_at: datetime,
        book: LevelBook,
        zone: ZoneInfo,
        now: datetime,
        return_id: UUID | None = None,
    ) -> None:
        """A purchase counts so much from now on: levels are reached, and after a return lost, at once.

        One that a fast clock made ahead of now meets what has gone by its own time.
        """
        at = max(now, purchased_at)
        self.settle(book, zone, at)
        changed = tuple(count for count in counts if self.tally(count.set_id).counts.get(purchase_id) != count)
        if not changed:
            return
        self.record(
            ProgressCounted(customer_id=customer_id, purchase_id=purchase_id, counts=changed, purchased_at=purchased_at, counted_at=at)
        )
        in_force = {version.set_id: version for version in book.in_force(now)}
        for version in (in_force[count.set_id] for count in changed if count.set_id in in_force):
            if return_id is not None:
                self.fall(customer_id, version, book, zone, at, return_id)
            self.climb(customer_id, version, zone, at, purchase_id)
        if return_id is not None:
            self.settle(book, zone, at)

    def count_past(self, customer_id: UUID, purchases: Sequence[PastPurchase], book: LevelBook, zone: ZoneInfo, now: datetime) -> None:
        """Purchases that could not count when they were made do so from now on: what they earn is reached now."""
        self.settle(book, zone, now)
        self.record(PastCounted(customer_id=customer_id, purchases=tuple(purchases), counted_at=now))
        for version in book.in_force(now):
            self.climb(customer_id, version, zone, now, None)

    def settle(self, book: LevelBook, zone: ZoneInfo, now: datetime) -> None:
        """Note which levels have gone by now, by the policies of their sets."""
        for set_id, tally in self.tallies.items():
            while fall := first_fall(tally, book, set_id, zone, now):
                self._lose(fall)
            for grant in [grant for grant in tally.grants.values() if grant.ends_at <= now]:
                self.end_grant(set_id, grant, "ended", grant.ends_at)

    def give(self, customer_id: UUID, version: LevelSetVersion, level: str, ends_at: datetime, reason: str, now: datetime) -> None:
        """Let the customer have a level until then, whatever they earn; it takes the place of one given before."""
        if not now < ends_at <= now + LONGEST_GIVEN:
            raise DomainError("earning.level_end_invalid", field="ends_at", years=LONGEST_GIVEN.days // 365)
        told: dict[str, Any] = {"customer_id": customer_id, "set_id": version.set_id, "version": version.version, "level": level}
        self.record(LevelGiven(**told, reason=reason, given_at=now, ends_at=ends_at))

    def withdraw(self, level: str, reason: str, now: datetime) -> None:
        """Take a level back that was given. Raises Conflict when it was not."""
        grants = ((set_id, grant) for set_id, tally in self.tallies.items() for grant in tally.grants.values())
        given = [(set_id, grant) for set_id, grant in grants if grant.purchase_id is None and grant.level == level]
        if not given:
            raise Conflict("earning.level_not_given", field="level", level=level)
        for set_id, grant in given:
            self.end_grant(set_id, grant, "by_hand", now, reason)

    def pay(self, customer_id: UUID, purchase_id: UUID, version: LevelSetVersion, bought: Paid, zone: ZoneInfo, at: datetime) -> None:
        """A purchase pays for so many periods of a level from now on, instead of what it paid for before; what was bought to follow
        it follows it without a gap.
        """
        tally = self.tally(version.set_id)
        before = tally.grants.get((purchase_id, bought.level))
        start = before.starts_at if before else tally.begins(bought, at, zone)
        grant = Grant(bought.level, start, bought.fee.end(start, bought.periods, zone), purchase_id, bought.time)
        if before is not None and not bought.periods:
            self.end_grant(version.set_id, before, "goods_returned", at)
        elif bought.periods and (before is None or before.ends_at != grant.ends_at):
            self.note_paid(customer_id, version, grant)
        if before is not None and grant.ends_at < before.ends_at:
            self._close_up(customer_id, version, before, max(grant.ends_at, at), zone)

    def announce(self, book: LevelBook, zone: ZoneInfo, now: datetime) -> None:
        """Note that it is time to tell the customer of levels that go within the days that their sets warn before, each once."""
        self.settle(book, zone, now)
        for set_id, tally in self.tallies.items():
            found = loss_to_announce(tally, book, set_id, zone, now)
            if found is not None:
                version, loss = found
                facts = self._facts(version, loss.level, loss.after)
                self.record(LevelLossAnnounced(**facts, loses_at=loss.at, announced_at=now, source=loss.source, resets=loss.resets))

    def evolve(self, event: Moved | LevelGiven | LevelPaid | LevelGrantEnded) -> None:
        self.customer_id = event.customer_id
        match event:
            case ProgressCounted():
                for count in event.counts:
                    self._own(count.set_id).take(event.purchase_id, count, event.purchased_at, event.counted_at or event.purchased_at)
            case PastCounted():
                for purchase in event.purchases:
                    for count in purchase.counts:
                        self._own(count.set_id).take(purchase.purchase_id, count, purchase.purchased_at, event.counted_at)
            case LevelReached():
                self._own(event.set_id).climb(Step(event.level, event.version, event.reached_at))
            case LevelStepsJoined():
                self._own(event.set_id).join(event.steps, instead=event.instead)
            case LevelLost():
                earned = event.reason in {"goods_returned", "by_hand"}
                step = Step(event.after, event.version, event.lost_at, earned=earned)
                self._own(event.set_id).fall(event.standing, step, resets=event.resets)
            case LevelGiven() | LevelPaid():
                grant = _grant(event)
                self._own(event.set_id).hold(grant, grant.starts_at)
            case LevelGrantEnded():
                key = (event.purchase_id, event.level) if event.purchase_id else (event.joined_id, "")
                self._own(event.set_id).let_go(key, event.ended_at)
            case LevelLossAnnounced():
                self._own(event.set_id).announced = (event.level, event.loses_at)
            case _:
                assert_never(event)

    def _own(self, set_id: UUID) -> Tally:
        return self.tallies.setdefault(set_id, Tally())

    def climb(self, customer_id: UUID, version: LevelSetVersion, zone: ZoneInfo, at: datetime, purchase_id: UUID | None) -> None:
        """Reach what is earned by now, through a purchase or by what is known of the past."""
        tally = self.tally(version.set_id)
        earned = tally.earned(version.terms, at, zone)
        if version.rank(earned) > version.rank(tally.level):
            self.record(
                LevelReached(
                    customer_id=customer_id,
                    set_id=version.set_id,
                    version=version.version,
                    level=earned,
                    before=tally.level,
                    purchase_id=purchase_id,
                    reached_at=at,
                )
            )

    def fall(
        self, customer_id: UUID, version: LevelSetVersion, book: LevelBook, zone: ZoneInfo, at: datetime, return_id: UUID | None
    ) -> None:
        """Lose what is not earned any more, by goods that came back, or by purchases that turned out to be somebody else's."""
        tally = self.tally(version.set_id)
        standing = tally.standing(lambda step: book.version(version.set_id, step.version) or version, zone)
        held = tally.steps[standing - 1] if standing else NO_STEP
        after = max(held.level, tally.earned(version.terms, at, zone), key=version.rank)
        stays = held.level == after
        if version.rank(after) < version.rank(tally.level):
            self.record(
                LevelLost(
                    customer_id=customer_id,
                    set_id=version.set_id,
                    version=version.version,
                    level=tally.level,
                    after=after,
                    standing=standing,
                    reason="goods_returned" if return_id else "by_hand",
                    return_id=return_id,
                    lost_at=at,
                    since=held.at if stays and standing else None,
                    fallen=stays and not held.earned,
                )
            )

    def _lose(self, fall: Fall) -> None:
        reason: LossReason = "period_end" if fall.version.terms.downgrade.when == "period_end" else "not_earned"
        tally = self.tally(fall.version.set_id)
        facts = self._facts(fall.version, fall.level, fall.after)
        self.record(LevelLost(**facts, reason=reason, standing=len(tally.steps), lost_at=fall.at, resets=resets(tally, fall)))

    def _close_up(self, customer_id: UUID, version: LevelSetVersion, before: Grant, at: datetime, zone: ZoneInfo) -> None:
        """What was bought to follow a grant begins when that ends now, each after the one before it."""
        follows = before.ends_at
        for grant in sorted(self.tally(version.set_id).grants.values(), key=lambda grant: grant.starts_at):
            if grant.paid != NO_FEE and (grant.level, grant.starts_at) == (before.level, follows):
                follows = grant.ends_at
                moved = replace(grant, starts_at=at, ends_at=grant.paid.end(at, 1, zone))
                self.note_paid(customer_id, version, moved)
                at = moved.ends_at

    def note_paid(self, customer_id: UUID, version: LevelSetVersion, grant: Grant) -> None:
        """Note that a level is paid for."""
        assert grant.purchase_id is not None
        self.record(
            LevelPaid(
                customer_id=customer_id,
                set_id=version.set_id,
                version=version.version,
                level=grant.level,
                purchase_id=grant.purchase_id,
                months=grant.paid.months,
                days=grant.paid.days,
                starts_at=grant.starts_at,
                ends_at=grant.ends_at,
            )
        )

    def end_grant(self, set_id: UUID, grant: Grant, cause: LossReason, at: datetime, reason: str = "") -> None:
        """Let a level end that was given or paid for."""
        assert self.customer_id is not None
        self.record(
            LevelGrantEnded(
                customer_id=self.customer_id,
                set_id=set_id,
                level=grant.level,
                purchase_id=grant.purchase_id,
                joined_id=grant.joined_id,
                cause=cause,
                reason=reason,
                ended_at=at,
            )
        )

    def _facts(self, version: LevelSetVersion, level: str, after: str) -> dict[str, Any]:
        """Whose level it is, and which."""
        return {
            "customer_id": self.customer_id,
            "set_id": version.set_id,
            "version": version.version,
            "level": level,
            "after": after,
        }


def _grant(event: LevelGiven | LevelPaid) -> Grant:
    if isinstance(event, LevelGiven):
        return Grant(event.level, event.given_at, event.ends_at, joined_id=event.joined_id)
    return Grant(event.level, event.starts_at, event.ends_at, event.purchase_id, Fee(months=event.months, days=event.days))
